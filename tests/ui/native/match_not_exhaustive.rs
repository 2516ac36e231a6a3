#[coframe::coroutine(yield = u32)]
fn numbers(n: Option<u32>) {
    match n {
        Some(n) => yield_!(n),
    }
    let Some(n) = n;
    yield_!(n);
}

fn main() {
    for n in numbers(None) {
        println!("{n}");
    }
}
