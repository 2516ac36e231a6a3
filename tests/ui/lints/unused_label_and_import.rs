#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn numbers() {
    use std::collections::HashMap;
    'outer: for n in 0..3 {
        yield_!(n);
    }
}

fn main() {
    numbers().for_each(drop);
}
