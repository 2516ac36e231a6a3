#[coframe::coroutine(yield = u32)]
fn numbers(big: bool) {
    if big {
        const SIZE: u32 = 1000;
        yield_!(SIZE);
    } else {
        const SIZE: u32 = 1;
        yield_!(SIZE);
    }
}

fn main() {
    for n in numbers(true) {
        println!("{n}");
    }
}
