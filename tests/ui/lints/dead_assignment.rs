#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let mut n = 1;
    yield_!(n);
    n = 2;
    yield_!(3);
    let mut m = 1;
    m = 2;
    yield_!(m);
    n = 4;
}

fn main() {
    numbers().for_each(drop);
}
