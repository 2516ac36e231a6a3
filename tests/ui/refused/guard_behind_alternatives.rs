#[coframe::coroutine(yield = u32, send = bool)]
fn numbers(pair: (u32, u32)) -> u32 {
    match pair {
        (n, 0) | (0, n) if yield_!(n) => n,
        _ => 0,
    }
}

fn main() {
    let _numbers = numbers((1, 0));
}
