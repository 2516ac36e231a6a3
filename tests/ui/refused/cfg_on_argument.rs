#[coframe::coroutine(yield = u32)]
fn numbers(#[cfg(any())] left_out: u32, #[cfg(all())] kept: u32) {
    yield_!(kept);
}

fn main() {
    numbers(1).for_each(drop);
}
