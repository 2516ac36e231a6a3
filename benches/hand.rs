//! The kernels as one writes them without coroutines: the state in a struct, the position where there is one in a small
//! enum, everything used in place.

pub(crate) struct Xorshift {
    x: u64,
}

impl Xorshift {
    pub(crate) fn new(seed: u64) -> Self {
        Xorshift { x: seed }
    }
}

impl Iterator for Xorshift {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.x ^= self.x << 13;
        self.x ^= self.x >> 7;
        self.x ^= self.x << 17;
        Some(self.x)
    }
}

pub(crate) struct ThreePoints {
    x: u64,
    next: Point,
}

enum Point {
    Whole,
    Half,
    Shifted,
}

impl ThreePoints {
    pub(crate) fn new(seed: u64) -> Self {
        ThreePoints { x: seed, next: Point::Whole }
    }
}

impl Iterator for ThreePoints {
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

pub(crate) struct Table {
    table: [u8; 4096],
    at: usize,
}

impl Table {
    pub(crate) fn new(seed: u64) -> Self {
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

pub(crate) struct EightVecs {
    vecs: [Vec<u64>; 8],
    at: u64,
}

impl EightVecs {
    pub(crate) fn new(seed: u64) -> Self {
        let vecs = [vec![seed; 64], vec![1; 1], vec![2; 2], vec![3; 3], vec![4; 4], vec![5; 5], vec![6; 6], vec![7; 7]];
        EightVecs { vecs, at: 0 }
    }
}

impl Iterator for EightVecs {
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

pub(crate) struct Collatz {
    x: u64,
}

impl Collatz {
    pub(crate) fn new(start: u64) -> Self {
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

pub(crate) struct Average {
    sum: u64,
    weight: u32,
}

impl Average {
    pub(crate) fn new() -> Self {
        Average { sum: 0, weight: 0 }
    }

    pub(crate) fn send(&mut self, value: u64) -> u64 {
        self.sum += value;
        self.weight = (self.weight + 1) % 8;
        self.sum >> self.weight
    }
}
