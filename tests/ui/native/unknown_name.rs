#[coframe::coroutine(yield = u32)]
fn numbers() {
    let first = 1;
    yield_!(first);
    yield_!(frist);
    other();
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
