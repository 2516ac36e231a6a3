#[coframe::coroutine(yield = u32)]
pub extern "C" fn numbers() {
    yield_!(1);
}

fn main() {
    drop(numbers());
}
