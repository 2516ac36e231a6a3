#[coframe::coroutine(yield = u32, send = bool)]
fn numbers() {
    let n: u32;
    if yield_!(1) {
        n = 1;
    }
    yield_!(n);
}

fn main() {
    let _ = numbers();
}
