#[coframe::coroutine(yield = usize, send = bool)]
fn length(x: Option<String>) -> usize {
    match x {
        Some(s) if yield_!(s.len()) => s.len(),
        _ => 0,
    }
}

fn main() {
    let _ = length(None);
}
