//! Primitives: PRM-01 to PRM-06, and the programs for them.
//!
//! Most tests are those of CPython that the semantics name. What is added is what Rust adds: waits that are dropped, in
//! `dropped`; and all of it in any order, in `stress`.

mod barriers;
mod conditions;
mod dropped;
mod events;
mod locks;
mod ports;
mod queues;
mod semaphores;
mod stress;
mod support;
