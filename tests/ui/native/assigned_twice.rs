#[coframe::coroutine(yield = u32)]
fn numbers() {
    let n = 1;
    yield_!(n);
    n = 2;
    yield_!(n);
}

#[coframe::coroutine(yield = u32)]
fn argument(n: u32) {
    yield_!(n);
    n += 1;
    yield_!(n);
}

fn main() {
    for n in numbers().chain(argument(1)) {
        println!("{n}");
    }
}
