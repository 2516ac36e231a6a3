#[coframe::coroutine(yield = usize)]
fn lengths(text: String, long: bool) {
    let length = if long { 1 } else { (move || text.len())() };
    yield_!(length);
}

fn main() {
    for n in lengths(String::new(), true) {
        println!("{n}");
    }
}
