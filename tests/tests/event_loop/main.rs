//! The event loop: what asyncio's own tests pin of it, and ports of programs for it.
//!
//! A test has the number of its line of the semantics in its name. Those of the heap of timers (LOP-04) are in the crate
//! itself. No test waits by a sleep, and none measures time: they run on virtual clocks, or wait for each other.

mod support;

mod as_completed;
mod call_graph;
mod cancellation;
mod clocks;
mod contexts;
mod coverage;
mod exception_groups;
mod failures;
mod gather;
mod life;
mod mistakes;
mod nesting;
mod order;
mod ports;
mod ports_tasks;
mod ports_waits;
mod promises;
mod remote_promises;
mod remote_tasks;
mod runners;
mod shield;
mod sync;
mod task_group_life;
mod task_groups;
mod tasks;
mod threads;
mod timeouts;
mod timers;
mod to_thread;
mod wait;
mod wait_for;
mod wakers;
