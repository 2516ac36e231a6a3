fn make(n: u32) -> String {
    n.to_string()
}

#[coframe::coroutine(yield = u32, send = bool)]
fn numbers(long: bool) {
    let _text = if long { &make(1000) } else { &make(1) };
    yield_!(1);
}

fn main() {
    let _numbers = numbers(true);
}
