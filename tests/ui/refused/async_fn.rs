#[coframe::coroutine(yield = u32)]
async fn numbers() {
    yield_!(1);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
