//! CPython's behaviour of generators, line by line: each test is named by the line that it shows.
//!
//! `docs/semantics.md` lists the lines with their tests. Traces are of effects in their order, and not of ends alone.

mod close;
mod coverage;
mod creation;
mod delegation;
mod drops;
mod exhaustion;
mod inspection;
mod matrix;
mod reentrancy;
mod returns;
mod send;
mod throw;
mod tools;
