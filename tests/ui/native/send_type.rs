#[coframe::coroutine(yield = u32, send = u32)]
fn numbers() {
    let text: String = yield_!(1);
    drop(text);
}

#[coframe::coroutine(yield = u32)]
fn nothing_sent() {
    let n: u32 = yield_!(1);
    yield_!(n);
}

#[coframe::coroutine(yield = u32, send = &str)]
fn method() {
    let n = yield_!(1).length();
    yield_!(n);
}

fn main() {
    let _ = numbers();
    let _ = nothing_sent();
    let _ = method();
}
