//! What asks a contestant for its items, and adds them up.
//!
//! None is inlined, so that each contestant has one of its own, which is not optimised together with what stands around
//! it. All that goes in is hidden from the optimiser in the same way for all.

use std::error::Error;
use std::hint::black_box;

use crate::data::{self, Tree};

/// The first `items` of an iterator.
#[inline(never)]
pub fn items(mut source: impl Iterator<Item = u64>, items: u64) -> u64 {
    let mut sum = 0_u64;
    for _ in 0..items {
        let Some(item) = source.next() else { break };
        sum = sum.wrapping_add(item);
    }
    sum
}

/// Made, asked for six items, and dropped, until there are `items`. What is made of it is given to `six`, so that it may
/// be pinned.
#[inline(never)]
pub fn sixes(mut six: impl FnMut(u64) -> u64, items: u64) -> u64 {
    (0..items / 6).fold(0, |sum, start| sum.wrapping_add(six(black_box(start | 0x1_0000))))
}

/// The sum of the first six.
#[inline(always)]
pub fn six(source: impl Iterator<Item = u64>) -> u64 {
    source.take(6).fold(0, u64::wrapping_add)
}

/// A number in for each number out.
#[inline(never)]
pub fn sends(mut send: impl FnMut(u64) -> u64, items: u64) -> u64 {
    (0..items).fold(0, |sum, item| sum.wrapping_add(send(black_box(item))))
}

/// The text in pieces of 16 bytes; an item is a byte.
#[inline(never)]
pub fn pieces(mut send: impl FnMut(&'static [u8]) -> u64, items: u64) -> u64 {
    let (mut sum, mut seen) = (0_u64, 0);
    while seen < items {
        for piece in data::text().chunks(16) {
            sum = sum.wrapping_add(send(black_box(piece)));
        }
        seen += data::text().len() as u64;
    }
    sum
}

/// Whole walks from node 1, each given its root and giving its sum, until there were `items` nodes.
#[inline(never)]
pub fn walks(tree: &'static Tree, walk: impl Fn(u32) -> u64, items: u64) -> u64 {
    let (mut sum, mut seen) = (0_u64, 0);
    while seen < items {
        sum = sum.wrapping_add(walk(black_box(1)));
        seen += tree.nodes();
    }
    sum
}

/// All there are.
#[inline(always)]
pub fn all(source: impl Iterator<Item = u64>) -> u64 {
    source.fold(0, u64::wrapping_add)
}

/// Hidden, so that the calls stay virtual.
pub fn boxed<'a>(source: impl Iterator<Item = u64> + 'a) -> Box<dyn Iterator<Item = u64> + 'a> {
    black_box(Box::new(source))
}

/// What is thrown in; it is boxed, as errors are.
#[derive(Debug)]
pub struct Fault(pub u64);

impl Fault {
    /// Hidden, so that it stays on the heap.
    #[must_use]
    pub fn boxed(self) -> Box<dyn Error + Send + Sync> {
        black_box(Box::new(self))
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "fault {}", self.0)
    }
}

impl Error for Fault {}

/// A fault in for each number out.
#[inline(never)]
pub fn throws(mut throw: impl FnMut(Fault) -> u64, items: u64) -> u64 {
    (0..items).fold(0, |sum, item| sum.wrapping_add(throw(Fault(black_box(item)))))
}

/// What has given its first item already is cloned, and the clone asked for the next.
#[inline(never)]
pub fn clones(mut next_of_clone: impl FnMut() -> u64, first: u64, items: u64) -> u64 {
    (0..items).fold(first, |sum, _| sum.wrapping_add(black_box(&mut next_of_clone)()))
}
