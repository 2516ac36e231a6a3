#[coframe::coroutine(yield)]
fn numbers() {
    yield_!();
}

#[coframe::coroutine(yield = u32 send = u32)]
fn no_comma() {
    yield_!(1);
}

fn main() {
    drop(numbers());
    drop(no_comma());
}
