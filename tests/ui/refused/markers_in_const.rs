#[coframe::coroutine(yield = u32)]
fn numbers() {
    const TRY: () = {
        let _ = try_yield!(1);
    };
    const FROM: () = yield_from!([2]);
    const TRY_FROM: () = {
        let _ = try_yield_from!([3]);
    };
    const ATTEMPT: () = {
        let _ = attempt! { 4 };
    };
    const RAISE: () = raise!(std::fmt::Error);
    yield_!(5);
}

fn main() {
    let _ = numbers();
}
