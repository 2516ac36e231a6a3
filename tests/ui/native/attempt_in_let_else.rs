#[coframe::coroutine(yield = u32)]
fn numbers() {
    let Err(exception) = attempt! { yield_!(1) } else {
        return;
    };
    raise!(exception);
}

fn main() {
    let _ = numbers();
}
