#[coframe::coroutine(yield = u32)]
const fn numbers() {
    yield_!(1);
}

fn main() {
    drop(numbers());
}
