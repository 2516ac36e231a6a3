#[coframe::coroutine(yield = &'a str)]
fn other<'a, 'b>(a: &'a str, b: &'b str) {
    yield_!(a);
    yield_!(b);
}

#[coframe::coroutine(yield = &str)]
fn ambiguous(a: &str, b: &str) {
    yield_!(a);
    yield_!(b);
}

fn main() {
    other("", "").chain(ambiguous("", "")).for_each(drop);
}
