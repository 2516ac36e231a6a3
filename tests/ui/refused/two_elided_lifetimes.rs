#[coframe::coroutine(yield = usize, send = bool)]
fn longest(a: &str, b: &str) -> usize {
    let mut best = a;
    if yield_!(a.len()) {
        best = b;
    }
    yield_!(best.len());
    best.len()
}

fn main() {
    let _longest = longest("a", "bb");
}
