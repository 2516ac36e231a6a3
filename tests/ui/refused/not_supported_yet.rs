#[coframe::coroutine(pinned, yield = u32)]
fn pinned() {
    yield_!(1);
}

fn main() {
    drop(pinned());
}
