#[coframe::coroutine(yield = u32)]
fn numbers(n: u32) {
    match n {
        #[cfg(unix)]
        1 => yield_!(10),
        _ => yield_!(n),
    }
}

fn main() {
    for n in numbers(1) {
        println!("{n}");
    }
}
