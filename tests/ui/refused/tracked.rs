#[coframe::coroutine(tracked)]
async fn future() {}

#[coframe::coroutine(pinned, tracked, yield = u32)]
fn pinned() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32, code = yes)]
fn answered() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32, code)]
fn unanswered() {
    yield_!(1);
}

fn main() {}
