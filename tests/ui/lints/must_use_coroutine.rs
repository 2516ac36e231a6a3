#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_!(1);
}

fn main() {
    numbers();
}
