#[coframe::coroutine(yield = u32)]
fn numbers() {
    let mut count = 0;
    let counter = &mut count;
    *counter += 1;
    yield_!(1);
    *counter += 1;
    yield_!(count);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
