#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_from!(3);
}

fn main() {
    let _ = numbers();
}
