use coframe::prelude::*;

#[coframe::coroutine]
async fn no_yield() {
    yield_!(1);
}

#[coframe::coroutine(send = u32)]
async fn sends_only() {
    std::future::ready(()).await;
}

#[coframe::coroutine(pinned, yield = u32)]
async fn pinned_async() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32)]
async fn delegates(list: Vec<u32>) {
    yield_from!(list);
    if let Err(exception) = try_yield_from!(numbers()) {
        raise!(exception);
    }
}

#[coframe::coroutine(yield = u32)]
async fn numbers() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32, recursive)]
async fn recursive() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32, derive(Clone))]
async fn cloned() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32, task)]
async fn task() {
    yield_!(1);
}

#[coframe::coroutine(yield = u8, send = &[u8])]
async fn sent_a_borrow() {
    let bytes = yield_!(1);
    drop(bytes);
}

fn main() {}
