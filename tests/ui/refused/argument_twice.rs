#[coframe::coroutine(yield = u32, send = (), yield = u64)]
fn numbers() {
    yield_!(1);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
