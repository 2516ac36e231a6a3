#[coframe::coroutine(yield = usize)]
fn lengths() {
    let text: String;
    let outcome = attempt! {
        yield_!(1);
        text = String::new();
        yield_!(2);
    };
    yield_!(text.len());
    if let Err(exception) = outcome {
        raise!(exception);
    }
}

fn main() {
    let _ = lengths();
}
