#[coframe::coroutine(yield = u32)]
fn numbers() -> u32 {
    let outcome: Result<u32, coframe::Exception> = attempt! {
        yield_!(1);
        "one"
    };
    match outcome {
        Ok(number) => number,
        Err(exception) => raise!(exception),
    }
}

fn main() {
    let _ = numbers();
}
