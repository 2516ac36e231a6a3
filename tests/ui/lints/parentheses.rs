#![deny(unused)]

#[coframe::coroutine(yield = u32, send = bool)]
fn numbers(n: u32) {
    if (n > 1) {
        yield_!(1);
    }
    while (yield_!(2)) {}
    let m = (n + 1);
    yield_!((m));
    match (n) {
        1 => {
            yield_!({ 3 });
        }
        _ => {}
    };
    unsafe {
        yield_!(4);
    }
}

fn main() {
    let _ = numbers(1);
}
