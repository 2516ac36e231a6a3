fn two(_: u32, _: u32) {}

#[coframe::coroutine(yield = u32, send = u32)]
fn numbers() {
    two(yield_!(1));
    two(yield_!(2), "x");
    println!("{} {}", yield_!(3));
}

fn main() {
    let _ = numbers();
}
