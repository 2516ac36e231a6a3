#[coframe::coroutine(pinned, yield = u32)]
fn pinned() {
    yield_!(1);
}

#[coframe::coroutine(task)]
fn task() {
    yield_!();
}

fn main() {
    drop(pinned());
    drop(task());
}
