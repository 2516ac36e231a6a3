#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn never_called() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32)]
fn numbers() {
    const UNUSED: u32 = 1;
    fn unused() {}
    struct Used {
        never_read: u32,
    }
    let used = Used { never_read: 1 };
    yield_!(1);
    drop(used);
}

fn main() {
    numbers().for_each(drop);
}
