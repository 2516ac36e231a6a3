#[coframe::coroutine(yield = u32, send = &'static str)]
fn inner() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32, send = u32)]
fn numbers() {
    yield_from!(inner());
}

fn main() {
    let _ = numbers();
}
