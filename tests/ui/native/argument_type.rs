#[coframe::coroutine(yield = u32)]
fn numbers(n: u32) {
    yield_!(n);
}

fn main() {
    numbers("one").for_each(drop);
    numbers().for_each(drop);
}
