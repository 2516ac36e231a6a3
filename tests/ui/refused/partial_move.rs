struct Pair {
    a: String,
    b: String,
}

#[coframe::coroutine(yield = usize)]
fn lengths() {
    let pair = Pair { a: String::new(), b: String::new() };
    drop(pair.a);
    yield_!(1);
    yield_!(pair.b.len());
}

fn main() {
    for n in lengths() {
        println!("{n}");
    }
}
