use coframe::prelude::*;

#[coframe::coroutine(yield = u32)]
async fn value() -> u32 {
    yield_!(1);
    return 5;
}

#[coframe::coroutine(yield = u32)]
async fn value_in_a_result() -> Result<u32, std::fmt::Error> {
    yield_!(1);
    Ok(5)
}

#[coframe::coroutine(yield = u32)]
async fn nothing_was_declared() {
    yield_!(1);
    return 5;
}

fn main() {
    let _ = (value(), value_in_a_result(), nothing_was_declared());
}
