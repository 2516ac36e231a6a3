#[coframe::coroutine(yield = u32)]
fn numbers() {
    let _ = || try_yield!(1);
    let _ = || yield_from!([2]);
    let _ = || try_yield_from!([3]);
    let _ = || attempt! { 4 };
    let _ = || raise!(std::fmt::Error);
    yield_!(5);
}

fn main() {
    let _ = numbers();
}
