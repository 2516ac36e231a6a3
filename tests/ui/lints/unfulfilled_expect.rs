#![deny(warnings)]

#[coframe::coroutine(yield = u32)]
fn numbers() {
    #[expect(unused_variables)]
    let fulfilled = 1;
    yield_!(1);
    #[expect(unused_variables)]
    let used = 2;
    yield_!(used);
}

fn main() {
    numbers().for_each(drop);
}
