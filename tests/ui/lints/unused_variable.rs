#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn numbers(argument: u32, (a, b): (u32, u32)) {
    let before = 1;
    yield_!(a);
    let after = 2;
    for n in 0..3 {
        yield_!(2);
    }
    if let Some(some) = Some(1) {
        yield_!(3);
    }
}

fn main() {
    numbers(1, (2, 3)).for_each(drop);
}
