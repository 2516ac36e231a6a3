#[coframe::coroutine(yield = u32)]
fn numbers() {
    fn tries() {
        let _ = try_yield!(1);
    }
    fn delegates() {
        yield_from!([2]);
    }
    fn tries_to_delegate() {
        let _ = try_yield_from!([3]);
    }
    fn attempts() {
        let _ = attempt! { 4 };
    }
    fn raises() {
        raise!(std::fmt::Error);
    }
    async fn delegates_later() {
        yield_from!([5]);
    }
    yield_!(6);
}

fn main() {
    let _ = numbers();
}
