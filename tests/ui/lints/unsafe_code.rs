#![forbid(unsafe_code)]

#[coframe::coroutine(yield = u32)]
fn numbers(pointer: *const u32) {
    yield_!(1);
    let n = unsafe { *pointer };
    yield_!(n);
}

fn main() {
    numbers(&1).for_each(drop);
}
