//! The kernels as one writes them without coroutines: the state in a struct, the position where there is one in a small
//! enum, everything used in place.

use std::error::Error;

use serde::{Deserialize, Serialize};

use crate::drain::Fault;

pub(super) struct Count {
    n: u64,
}

impl Count {
    pub(super) fn new(seed: u64) -> Self {
        Count { n: seed }
    }
}

impl Iterator for Count {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        loop {
            self.n = self.n.wrapping_add(1);
            if !self.n.is_multiple_of(4) {
                return Some(self.n);
            }
        }
    }
}

pub(super) struct Nested {
    a: u64,
    b: u64,
    c: u64,
}

impl Nested {
    pub(super) fn new(seed: u64) -> Self {
        Nested { a: seed, b: 0, c: 0 }
    }
}

impl Iterator for Nested {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.c == 16 {
            self.c = 0;
            self.b += 1;
            if self.b == 16 {
                self.b = 0;
                self.a += 1;
            }
        }
        if self.a == u64::MAX {
            return None;
        }
        let item = self.a ^ (self.b << 4) ^ self.c;
        self.c += 1;
        Some(item)
    }
}

pub(super) struct Fibonacci {
    a: u64,
    b: u64,
}

impl Fibonacci {
    pub(super) fn new(seed: u64) -> Self {
        Fibonacci { a: 0, b: seed }
    }
}

impl Iterator for Fibonacci {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let item = self.a;
        (self.a, self.b) = (self.b, self.a.wrapping_add(self.b));
        Some(item)
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Points {
    x: u64,
    next: Point,
}

#[derive(Clone, Serialize, Deserialize)]
enum Point {
    Whole,
    Half,
    Shifted,
}

impl Points {
    pub(super) fn new(seed: u64) -> Self {
        Points { x: seed, next: Point::Whole }
    }
}

impl Iterator for Points {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        match self.next {
            Point::Whole => {
                self.next = if self.x.is_multiple_of(2) { Point::Half } else { Point::Shifted };
                Some(self.x)
            }
            Point::Half => {
                self.next = Point::Shifted;
                Some(self.x / 2)
            }
            Point::Shifted => {
                self.next = Point::Whole;
                self.x = self.x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                Some(self.x >> 7)
            }
        }
    }
}

pub(super) struct Table {
    table: [u8; 4096],
    at: usize,
}

impl Table {
    pub(super) fn new(seed: u64) -> Self {
        Table { table: [seed as u8; 4096], at: 0 }
    }
}

impl Iterator for Table {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let cell = &mut self.table[self.at];
        *cell = cell.wrapping_mul(5).wrapping_add(1);
        let item = u64::from(*cell);
        self.at = (self.at + 97) % self.table.len();
        Some(item)
    }
}

pub(super) struct Vecs {
    vecs: [Vec<u64>; 8],
    at: u64,
}

impl Vecs {
    pub(super) fn new(seed: u64) -> Self {
        let vecs = [vec![seed; 64], vec![1; 1], vec![2; 2], vec![3; 3], vec![4; 4], vec![5; 5], vec![6; 6], vec![7; 7]];
        Vecs { vecs, at: 0 }
    }
}

impl Iterator for Vecs {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.at == u64::MAX {
            return None;
        }
        let item = self.vecs[0][self.at as usize % 64].wrapping_add(self.at);
        self.at += 1;
        Some(item)
    }
}

pub(super) struct Collatz {
    x: u64,
}

impl Collatz {
    pub(super) fn new(start: u64) -> Self {
        Collatz { x: start }
    }
}

impl Iterator for Collatz {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let item = self.x;
        if item == 1 {
            return None;
        }
        self.x = if item.is_multiple_of(2) { item / 2 } else { 3 * item + 1 };
        Some(item)
    }
}

pub(super) struct Average {
    sum: u64,
    weight: u32,
}

impl Average {
    pub(super) fn new() -> Self {
        Average { sum: 0, weight: 0 }
    }

    pub(super) fn send(&mut self, value: u64) -> u64 {
        self.sum += value;
        self.weight = (self.weight + 1) % 8;
        self.sum >> self.weight
    }
}

/// The position is which of the two loops a piece ended in.
pub(super) struct Tokens {
    within: bool,
    word: u64,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Tokens { within: false, word: 0 }
    }

    pub(super) fn feed(&mut self, piece: &[u8]) -> u64 {
        let (mut within, mut word, mut ended) = (self.within, self.word, 0_u64);
        for &byte in piece {
            if byte != b' ' {
                let before = if within { word } else { 0 };
                word = before.wrapping_mul(31).wrapping_add(u64::from(byte));
                within = true;
            } else if within {
                ended = ended.wrapping_add(word);
                within = false;
            }
        }
        (self.within, self.word) = (within, word);
        ended
    }
}

pub(super) struct Catching {
    sum: u64,
}

impl Catching {
    pub(super) fn new() -> Self {
        Catching { sum: 0 }
    }

    pub(super) fn throw(&mut self, error: Box<dyn Error + Send + Sync>) -> u64 {
        self.sum = self.sum.wrapping_add(error.downcast_ref::<Fault>().map_or(0, |fault| fault.0));
        self.sum
    }
}
