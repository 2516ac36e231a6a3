fn take(_: Vec<u32>) {}

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let list = vec![1];
    for n in 0..3 {
        take(list);
        yield_!(n);
    }
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
