#[coframe::coroutine(yield = usize, send = &str)]
fn lengths() {
    let first = yield_!(0);
    let second = yield_!(first.len());
    yield_!(first.len() + second.len());
}

fn main() {
    let _ = lengths();
}
