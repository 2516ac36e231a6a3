#![deny(unused)]

#[coframe::coroutine(yield = u32, send = Result<u32, String>)]
fn numbers() {
    yield_!(1);
    yield_!(2);
}

fn main() {
    let _ = numbers();
}
