#[coframe::coroutine(yield = u32)]
fn numbers(n) {
    yield_!(n);
}

fn main() {
    numbers(1).for_each(drop);
}
