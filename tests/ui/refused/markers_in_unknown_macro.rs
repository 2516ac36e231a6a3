macro_rules! same {
    ($e:expr) => {
        $e
    };
}

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let _ = same!(try_yield!(1));
    same!(yield_from!([2]));
    let _ = same!(try_yield_from!([3]));
    let _ = same!(attempt! { 4 });
    same!(raise!(std::fmt::Error));
}

fn main() {
    let _: () = same!(());
    let _ = numbers();
}
