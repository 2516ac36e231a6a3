#[coframe::coroutine(yield = usize)]
fn lengths(text: String) {
    let first = text.as_str();
    yield_!(1);
    yield_!(first.len());
}

fn main() {
    for n in lengths(String::new()) {
        println!("{n}");
    }
}
