use coframe::{attempt, raise, try_yield, try_yield_from, yield_, yield_from};

fn plain() {
    yield_!(1);
    let _ = try_yield!(2);
    yield_from!([3]);
    let _ = try_yield_from!([4]);
    let _ = attempt! { 5 };
    raise!(std::fmt::Error);
}

fn main() {
    plain();
}
