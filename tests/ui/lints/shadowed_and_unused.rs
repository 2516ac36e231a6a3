#![deny(unused)]

#[coframe::coroutine(yield = u32, send = u32)]
fn numbers(n: u32) {
    let n = yield_!(n);
    let n = yield_!(n);
    let other = yield_!(1);
    match yield_!(2) {
        1 => {}
        x => {}
    }
    while let Some(y) = Some(yield_!(3)) {}
}

fn main() {
    let _ = numbers(1);
}
