#[coframe::coroutine(yield = usize, send = bool)]
fn numbers() {
    let text = String::from("text");
    let taken = yield_!(0) && { drop(text); true };
    yield_!(usize::from(taken));
}

fn main() {
    let _ = numbers();
}
