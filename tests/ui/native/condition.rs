#[coframe::coroutine(yield = u32, send = u32)]
fn numbers(n: u32) {
    if yield_!(1) {
        yield_!(2);
    }
    while n {
        yield_!(3);
    }
}

fn main() {
    let _ = numbers(1);
}
