//! CPython's behaviour of generators, line by line: each test is named by the line that it shows.
//!
//! `docs/semantics.md` lists the lines with their tests. Traces are of effects in their order, and not of ends alone.
//!
//! A module whose bodies say `#[super::coroutine]` is compiled both ways, from the same lines: as frames and, in `pinned`, by
//! rustc. What is in `frames` and `inspection` is about what only a frame
//! has: a clone, and locals that can be looked at.

#![allow(clippy::duplicate_mod, reason = "a module is compiled once by each lowering")]

mod close;
mod coverage;
mod creation;
mod delegation;
mod drops;
mod exhaustion;
mod frames;
mod inspection;
mod matrix;
mod positions;
mod reentrancy;
mod returns;
mod send;
mod throw;
mod tools;

pub(crate) use coframe::{coroutine, prelude::coroutine as expression};

#[path = "."]
mod pinned {
    mod close;
    mod creation;
    mod delegation;
    mod drops;
    mod exhaustion;
    mod matrix;
    mod positions;
    mod reentrancy;
    mod returns;
    mod send;
    mod throw;

    /// `coroutine!(pinned, …)`.
    macro_rules! expression {
        ($($arguments:tt)*) => {
            coframe::prelude::coroutine!(pinned, $($arguments)*)
        };
    }

    pub(crate) use coframe_tests_attributes::pinned as coroutine;
    pub(crate) use expression;
}
