#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_!(1);
}

fn main() {
    for n in numbers().clone() {
        println!("{n}");
    }
}
