#![deny(unused)]

fn check() -> Result<u32, String> {
    Ok(1)
}

#[coframe::coroutine(yield = u32, send = Result<u32, String>)]
fn numbers() {
    check();
    yield_!(1);
    check();
    [1].iter().map(|n| n + 1);
    1 + 1;
    if yield_!(2).is_ok() {
        check();
        yield_!(3);
    }
}

fn main() {
    let _ = numbers();
}
