#[coframe::coroutine(yield = u32)]
fn numbers() {
    let list = vec![1, 2, 3];
    let first = &list[0];
    yield_!(1);
    yield_!(*first);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
