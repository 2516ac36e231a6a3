#![deny(missing_docs)]
//! Documented.

#[coframe::coroutine(yield = u32)]
pub fn numbers() {
    yield_!(1);
}

fn main() {
    numbers().for_each(drop);
}
