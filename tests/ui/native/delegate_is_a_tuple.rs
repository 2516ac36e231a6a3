#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_from!((1, 2));
}

fn main() {
    let _ = numbers();
}
