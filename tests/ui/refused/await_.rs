#[coframe::coroutine(yield = u32)]
fn numbers() {
    let n = std::future::ready(1).await;
    yield_!(n);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
