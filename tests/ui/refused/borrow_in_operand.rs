#[coframe::coroutine(yield = usize, send = usize)]
fn lengths() {
    let text = String::from("text");
    let sum = text.as_str().get(..yield_!(1));
    println!("{sum:?}");
    let pair = (&text, yield_!(2));
    println!("{pair:?}");
}

fn main() {
    let _ = lengths();
}
