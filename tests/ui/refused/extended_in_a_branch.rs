fn make(n: u32) -> String {
    n.to_string()
}

#[coframe::coroutine(yield = u32, send = u32)]
fn numbers(long: bool) {
    let _text = if long { &make(1000) } else { &make(1) };
    let Some(ref last) = Some(make(yield_!(1))) else { return };
    println!("{last}");
}

fn main() {
    let _numbers = numbers(true);
}
