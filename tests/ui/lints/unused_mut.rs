#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn numbers(mut argument: u32) {
    let mut n = 1;
    yield_!(n + argument);
    let mut inside = 2;
    println!("{inside}");
    yield_!(3);
}

fn main() {
    numbers(1).for_each(drop);
}
