//! The event loop: what asyncio's own tests pin of it, and ports of programs for it.
//!
//! A test has the number of its line of the semantics in its name. Those of the heap of timers (LOP-04) are in the crate
//! itself. No test waits by a sleep, and none measures time: they run on virtual clocks, or wait for each other.

mod support;

mod cancellation;
mod clocks;
mod contexts;
mod failures;
mod life;
mod mistakes;
mod nesting;
mod order;
mod ports;
mod ports_tasks;
mod promises;
mod runners;
mod tasks;
mod threads;
mod timers;
mod wakers;
