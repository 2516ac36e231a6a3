fn take(_: String) -> bool {
    true
}

#[coframe::coroutine(yield = usize, send = bool)]
fn numbers(yes: bool) {
    let text = String::from("text");
    let taken = yes && take(text);
    yield_!(usize::from(taken));
}

fn main() {
    let _ = numbers(true);
}
