#[coframe::coroutine(yield = (u32, u32))]
fn numbers() {
    yield_!(1, 2);
}

fn main() {
    for (a, b) in numbers() {
        println!("{a} {b}");
    }
}
