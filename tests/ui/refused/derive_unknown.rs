#[coframe::coroutine(yield = u32, derive(Clone, Copy))]
fn numbers() {
    yield_!(1);
}

fn main() {
    let first = numbers();
    for n in first.clone() {
        println!("{n}");
    }
}
