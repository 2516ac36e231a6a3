//! Pending: the names that arguments with a pattern get, `arg1`, are not checked against the user's (E0415).
#![deny(warnings)]

#[coframe::coroutine(yield = u32)]
fn arguments(arg0: u32, (a, b): (u32, u32), arg1: u32) {
    yield_!(arg0 + a);
    yield_!(arg1 + b);
}

fn main() {
    assert_eq!(arguments(1, (2, 3), 4).collect::<Vec<_>>(), [3, 7]);
}
