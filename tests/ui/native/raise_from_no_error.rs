#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_!(1);
    raise!(std::fmt::Error, from = 3);
}

fn main() {
    let _ = numbers();
}
