#[coframe::coroutine(yield = u32)]
unsafe extern "C" fn numbers(_: u32, ...) {
    yield_!(1);
}

fn main() {}
