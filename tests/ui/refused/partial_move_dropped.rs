struct Pair {
    a: String,
    b: String,
}

#[coframe::coroutine(yield = usize)]
fn lengths(pair: Pair) {
    let a = pair.a;
    yield_!(a.len());
}

fn main() {
    let pair = Pair { a: String::new(), b: String::new() };
    println!("{}", pair.b);
    for n in lengths(pair) {
        println!("{n}");
    }
}
