//! Pending: `allow(deprecated)` on a block that pauses does not reach the lowered form.
#![deny(warnings)]

#[coframe::coroutine(yield = u32)]
fn numbers() {
    #[allow(deprecated)]
    {
        old();
        yield_!(3);
    }
    #[allow(deprecated)]
    for _ in 0..2 {
        yield_!(old());
    }
}

#[deprecated]
fn old() -> u32 {
    1
}

fn main() {
    assert_eq!(numbers().collect::<Vec<_>>(), [3, 1, 1]);
}
