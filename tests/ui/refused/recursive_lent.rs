#[coframe::coroutine(recursive, send = &str)]
fn lent() {
    yield_!();
}

#[coframe::coroutine(recursive, yield = impl Clone)]
fn opaque() {
    yield_!(1);
}

fn main() {
    let _ = coframe::prelude::coroutine!(recursive, || {
        yield 1;
    });
    lent();
    opaque();
}
