macro_rules! twice {
    ($e:expr) => {
        ($e, $e)
    };
}

#[coframe::coroutine(yield = u32, send = u32)]
fn numbers() -> (u32, u32) {
    twice!(yield_!(1));
    let pair = twice!(yield_!(2) + 1);
    pair
}

fn main() {
    let _ = numbers();
}
