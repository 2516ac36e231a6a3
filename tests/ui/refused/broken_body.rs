#[coframe::coroutine(yield = u32)]
fn numbers() {
    let = 1;
    yield_!(1);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
