#[coframe::coroutine(yield = u32)]
fn numbers(c: bool) {
    yield_!(1);
    if c {
        raise!("something went wrong");
    }
    yield_!(2);
}

fn main() {
    let _ = numbers(true);
}
