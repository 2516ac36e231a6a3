#![deny(warnings)]

#[coframe::coroutine(yield = u32)]
fn badNumbers(badArgument: u32) {
    let badLocal = badArgument;
    yield_!(badLocal);
    yield_!(badLocal);
}

fn main() {
    badNumbers(1).for_each(drop);
}
