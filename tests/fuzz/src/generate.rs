//! Random programs.
use crate::program::Program;
pub fn program(_seed: u64, _index: u64) -> Program { Program::default() }
