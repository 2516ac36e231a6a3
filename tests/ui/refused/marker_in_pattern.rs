macro_rules! one {
    ($($t:tt)*) => {
        1
    };
}

#[coframe::coroutine(yield = u32, send = u32)]
fn numbers() {
    match 1 {
        one!(yield_!(2)) => {}
        _ => {}
    }
    let array: [u32; yield_!(3)];
}

fn main() {
    let _ = numbers();
}
