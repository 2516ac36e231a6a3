#[coframe::coroutine(yield = u32)]
fn numbers() {
    #[cfg(unix)]
    let first = 1;
    #[cfg(not(unix))]
    let first = 2;
    yield_!(first);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
