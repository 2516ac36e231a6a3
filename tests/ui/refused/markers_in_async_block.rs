#[coframe::coroutine(yield = u32)]
fn numbers() {
    let _ = async { try_yield!(1) };
    let _ = async { yield_from!([2]) };
    let _ = async { try_yield_from!([3]) };
    let _ = async { attempt! { 4 } };
    let _ = async { raise!(std::fmt::Error) };
    yield_!(5);
}

fn main() {
    let _ = numbers();
}
