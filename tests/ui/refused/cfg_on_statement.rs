// Pending: it builds, the statements under `cfg(any())` run, and `returns` loops for ever at its second resume.
#[coframe::coroutine(yield = u32)]
fn drops() {
    #[cfg(any())]
    drop(yield_!(5));
    #[cfg(any())]
    (yield_!(4), 1);
    yield_!(6);
}

#[coframe::coroutine(yield = u32)]
fn breaks() {
    for n in 0..3 {
        yield_!(n);
        #[cfg(any())]
        break;
    }
}

#[coframe::coroutine(yield = u32)]
fn question() -> Option<u32> {
    yield_!(1);
    #[cfg(any())]
    None?;
    yield_!(2);
    None
}

#[coframe::coroutine(yield = u32)]
fn returns() {
    yield_!(1);
    #[cfg(any())]
    return;
    yield_!(2);
}

fn main() {
    drops().chain(breaks()).chain(question()).chain(returns()).for_each(drop);
}
