#[coframe::coroutine(yield = u32)]
fn numbers() {
    (0..3).for_each(|n| yield_!(n));
    (0..3).for_each(|n| {
        println!("{:?}", yield_!(n));
    });
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
