//! Coroutines in coroutines.
#![deny(warnings)]

use coframe::prelude::coroutine;

#[coframe::coroutine(yield = u32)]
fn outer() {
    #[coframe::coroutine(yield = u32)]
    fn inner(n: u32) {
        for n in 0..n {
            yield_!(n);
        }
    }
    for n in inner(2) {
        yield_!(n);
    }
    let squares = coroutine!(|n: u32| {
        for n in 0..n {
            yield n * n;
        }
    });
    for n in squares(3) {
        yield_!(n);
    }
    for n in squares(3) {
        yield_!(n);
    }
}

fn main() {
    assert_eq!(outer().collect::<Vec<_>>(), [0, 1, 0, 1, 4, 0, 1, 4]);
}
