//! Pending: refused as a borrow of `words`, though only what its field refers to is borrowed.
#![deny(warnings)]

struct Words<'a> {
    rest: &'a [u32],
}

#[coframe::coroutine(yield = u32)]
fn first(list: &[u32]) {
    let words = Words { rest: list };
    let first = &words.rest[0];
    yield_!(1);
    yield_!(*first);
}

fn main() {
    assert_eq!(first(&[7]).collect::<Vec<_>>(), [1, 7]);
}
