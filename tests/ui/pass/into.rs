//! Pending: `into` is not among the consuming methods that are known (E0382).

#[coframe::coroutine(yield = u64)]
fn numbers<T: Into<u64>>(first: T) {
    yield_!(1);
    yield_!(first.into());
    yield_!(2);
}

fn main() {
    assert_eq!(numbers(7u32).collect::<Vec<_>>(), [1, 7, 2]);
}
