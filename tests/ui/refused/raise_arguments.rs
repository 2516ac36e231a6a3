use std::fmt::Error;

#[coframe::coroutine(yield = u32)]
fn nothing() {
    raise!();
}

#[coframe::coroutine(yield = u32)]
fn unknown() {
    raise!(Error, because = Error);
}

#[coframe::coroutine(yield = u32)]
fn unnamed() {
    raise!(Error, Error);
}

#[coframe::coroutine(yield = u32)]
fn three() {
    raise!(Error, from = Error, Error);
}

fn main() {
    let _ = (nothing(), unknown(), unnamed(), three());
}
