#[coframe::coroutine(yield = u32)]
fn numbers(text: &str) {
    let n: u32 = text.parse()?;
    yield_!(n);
}

#[coframe::coroutine(yield = u32)]
fn other(text: &str) -> Option<()> {
    yield_!(1);
    let n: u32 = text.parse()?;
    yield_!(n);
    Some(())
}

fn main() {
    for n in numbers("1").chain(other("1")) {
        println!("{n}");
    }
}
