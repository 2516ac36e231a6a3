// Pending: it builds, and the marker under `cfg(any())` yields.
#[coframe::coroutine(yield = u32)]
fn numbers() {
    #[cfg(any())]
    yield_!(1);
    yield_!(2);
}

#[coframe::coroutine(yield = u32)]
fn tail() {
    yield_!(1);
    #[cfg(any())]
    yield_!(2)
}

fn main() {
    numbers().chain(tail()).for_each(drop);
}
