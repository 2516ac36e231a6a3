#[coframe::coroutine(yield = usize, send = bool)]
fn lengths(text: String) {
    let length = if yield_!(0) { 1 } else { (move || text.len())() };
    yield_!(length);
}

fn main() {
    let _ = lengths(String::new());
}
