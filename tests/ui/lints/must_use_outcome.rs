#![deny(unused_must_use)]

#[coframe::coroutine(yield = u32)]
fn numbers() {
    attempt! {
        yield_!(1);
    };
    try_yield!(2);
    try_yield_from!([3]);
}

fn main() {
    let _ = numbers();
}
