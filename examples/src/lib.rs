//! The parts of the examples that have tests of their own.

pub mod csv;
pub mod grep;
pub mod json;
pub mod log;
pub mod pool;
pub mod scheduler;
pub mod tree;
