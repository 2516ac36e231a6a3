#[coframe::coroutine(yield = &'static str)]
fn words() {
    yield_!("word");
}

#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_from!(words());
}

fn main() {
    let _ = numbers();
}
