#[coframe::coroutine(yield = u32)]
fn numbers() {
    let n: u32 = "one";
    yield_!(n);
    let mut m = 1u32;
    yield_!(m);
    m = "two";
    yield_!(m);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
