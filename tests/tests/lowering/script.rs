//! What a body is sent: for each type a fixed sequence, a different one for each seed.

use crate::things::{C, D};

/// A type that can be sent.
pub(crate) trait Script {
    /// What the `index`-th yield evaluates to, from 1.
    fn script(seed: usize, index: usize) -> Self;
}

const NUMBERS: [[i32; 8]; 4] =
    [[3, 1, 4, 1, 5, 2, 0, 6], [0, 0, 1, 0, 2, 0, 0, 3], [1, 2, 3, 4, 5, 6, 7, 8], [2, 0, 7, 3, 0, 1, 1, 0]];
const FLAGS: [u8; 4] = [0b0110_1101, 0b0000_0000, 0b1111_1111, 0b1010_0010];

impl Script for i32 {
    fn script(seed: usize, index: usize) -> i32 {
        NUMBERS[seed][(index - 1) % 8]
    }
}

impl Script for usize {
    fn script(seed: usize, index: usize) -> usize {
        usize::from(u8::script(seed, index))
    }
}

impl Script for u8 {
    fn script(seed: usize, index: usize) -> u8 {
        i32::script(seed, index).try_into().expect("no number is negative")
    }
}

impl Script for u32 {
    fn script(seed: usize, index: usize) -> u32 {
        u32::from(u8::script(seed, index))
    }
}

impl Script for bool {
    fn script(seed: usize, index: usize) -> bool {
        FLAGS[seed] >> ((index - 1) % 8) & 1 == 1
    }
}

impl Script for () {
    fn script(_: usize, _: usize) {}
}

impl Script for String {
    fn script(seed: usize, index: usize) -> String {
        format!("s{}", i32::script(seed, index))
    }
}

impl Script for &str {
    fn script(seed: usize, index: usize) -> Self {
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight"][usize::script(seed, index)]
    }
}

impl Script for &[i32] {
    fn script(seed: usize, index: usize) -> Self {
        &NUMBERS[seed][..usize::script(seed, index)]
    }
}

impl Script for C {
    fn script(seed: usize, index: usize) -> C {
        C(i32::script(seed, index))
    }
}

impl Script for D {
    fn script(seed: usize, index: usize) -> D {
        D::sent(format!("sent{index}:{}", i32::script(seed, index)))
    }
}

impl<T: Script> Script for Option<T> {
    fn script(seed: usize, index: usize) -> Option<T> {
        bool::script(seed, index).then(|| T::script(seed, index))
    }
}

impl<T: Script, E: Script> Script for Result<T, E> {
    fn script(seed: usize, index: usize) -> Result<T, E> {
        if bool::script(seed, index) { Ok(T::script(seed, index)) } else { Err(E::script(seed, index)) }
    }
}

impl<T: Script, U: Script> Script for (T, U) {
    fn script(seed: usize, index: usize) -> (T, U) {
        (T::script(seed, index), U::script(seed, index))
    }
}

impl<T: Script> Script for Vec<T> {
    fn script(seed: usize, index: usize) -> Vec<T> {
        (0..usize::script(seed, index)).map(|_| T::script(seed, index)).collect()
    }
}

impl<T: Script> Script for Box<T> {
    fn script(seed: usize, index: usize) -> Box<T> {
        Box::new(T::script(seed, index))
    }
}
