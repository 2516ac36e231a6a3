use coframe::or_raise;

#[coframe::coroutine(yield = u32)]
fn nothing() {
    or_raise!();
}

#[coframe::coroutine(yield = u32)]
fn in_a_closure(texts: Vec<String>) {
    let numbers = texts.iter().map(|text| or_raise!(text.parse::<u32>()));
    yield_!(numbers.sum());
}

fn outside() -> u32 {
    or_raise!("1".parse())
}

fn main() {
    drop(nothing());
    drop(in_a_closure(Vec::new()));
    outside();
}
