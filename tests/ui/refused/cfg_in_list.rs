#[coframe::coroutine(yield = u32, send = u32)]
fn list() -> [u32; 2] {
    [
        #[cfg(any())]
        yield_!(1),
        yield_!(2),
        yield_!(3),
    ]
}

fn main() {
    let _ = list();
}
