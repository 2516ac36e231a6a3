#[coframe::coroutine(yield = u32, send = u32)]
fn numbers() {
    #[inline]
    yield_!(1);
    #[cold]
    let sent = yield_!(2);
    #[rustfmt::skip]
    let other = yield_!( sent );
    match other {
        #[must_use]
        _ => yield_!(3),
    };
}

fn main() {
    let _ = numbers();
}
