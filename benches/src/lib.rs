//! The kernels that Coframe is measured with, the same written by hand, and what measures them.
//!
//! `README.md` beside this says which command does what. A contestant is a list of kernels by name, each a function from a
//! number of items to their sum. All contestants of a kernel take their items from [`data`] and are drained by the
//! functions in [`drain`], so that they differ in nothing but in how they are written.

pub mod allocations;
pub mod data;
pub mod drain;
pub mod hand;
mod kernel;
mod measure;
pub mod ours;
mod piped;
mod table;

pub use kernel::{COROUTINES, Kernel, LOOPS, Run, Unit};
pub use measure::{Cell, Contestant, Local, Round, Row, measure};
pub use piped::{Piped, serve};
pub use table::{allocations, times};

#[cfg(test)]
mod tests {
    use super::{COROUTINES, LOOPS, Unit, hand, ours};

    /// A kernel that two write differently measures nothing.
    #[test]
    fn all_come_to_the_same_sums() {
        for kernel in COROUTINES.iter().chain(LOOPS).filter(|kernel| kernel.unit == Unit::Nanoseconds) {
            let sum = |kernels: &[(&str, super::Run)]| {
                kernels.iter().find(|(name, _)| *name == kernel.name).map(|(_, run)| run(10_000))
            };
            let expected = sum(ours::KERNELS);
            assert!(expected.is_some(), "{} is in the list only", kernel.name);
            for other in [sum(hand::KERNELS), sum(ours::pinned::KERNELS)] {
                assert!(other.is_none() || other == expected, "{}: {expected:?} and {other:?}", kernel.name);
            }
        }
    }
}
