#[coframe::coroutine(yield = u32)]
fn numbers(text: str) {
    yield_!(text.len() as u32);
}

fn main() {}
