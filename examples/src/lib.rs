//! The parts of the examples that have tests of their own, and what is the same around all of them.

pub mod command_line;
pub mod crawler;
pub mod csv;
pub mod draw;
pub mod durable;
pub mod grep;
pub mod interleavings;
pub mod json;
pub mod log;
pub mod pages;
pub mod pool;
pub mod scheduler;
pub mod solver;
pub mod tree;
