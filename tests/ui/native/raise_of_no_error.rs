struct Problem;

#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_!(1);
    raise!(Problem);
}

fn main() {
    let _ = numbers();
}
