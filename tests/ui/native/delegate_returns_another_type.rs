#[coframe::coroutine(yield = u32)]
fn inner() -> &'static str {
    yield_!(1);
    "done"
}

#[coframe::coroutine(yield = u32)]
fn numbers() -> u32 {
    yield_from!(inner())
}

fn main() {
    let _ = numbers();
}
