use coframe::prelude::*;

#[coframe::coroutine(pinned, recursive, yield = u32)]
fn recursive() {
    yield_!(1);
}

#[coframe::coroutine(pinned, derive(Clone), yield = u32)]
fn cloned() {
    yield_!(1);
}

#[coframe::coroutine(pinned, yield = u8, send = &[u8])]
fn sent_a_borrow() {
    let bytes = yield_!(1);
    drop(bytes);
}

#[coframe::coroutine(pinned, yield = u32)]
fn awaits() {
    std::future::ready(()).await;
    let caught = try_await!(std::future::ready(()));
    drop(caught);
    yield_!(1);
}

fn main() {}
