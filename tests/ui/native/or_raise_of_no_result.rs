#[coframe::coroutine(yield = u32)]
fn number() {
    let n: u32 = or_raise!(Some(1));
    yield_!(n);
}

#[coframe::coroutine(yield = u32)]
fn text() {
    let n: u32 = or_raise!(Err("no error type"));
    yield_!(n);
}

fn main() {
    drop(number());
    drop(text());
}
