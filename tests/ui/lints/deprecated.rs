#![deny(warnings)]

#[deprecated]
fn old() -> u32 {
    1
}

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let n = old();
    yield_!(n);
    yield_!(old());
}

fn main() {
    numbers().for_each(drop);
}
