#[coframe::coroutine(yield = usize, send = bool)]
fn names(first: String) -> Option<String> {
    match Some(first + "!") {
        Some(name) if yield_!(1) && name.len() > 2 => Some(name),
        _ => None,
    }
}

fn main() {
    let _names = names("a".to_owned());
}
