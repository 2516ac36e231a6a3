#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_!(1 +);
    yield_!(let);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
