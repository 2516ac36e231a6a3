fn take(_: Vec<u32>) {}

#[coframe::coroutine(yield = usize)]
fn lengths() {
    let list = vec![1];
    take(list);
    yield_!(list.len());
}

#[coframe::coroutine(yield = usize)]
fn later() {
    let list = vec![1];
    take(list);
    yield_!(1);
    yield_!(list.len());
}

fn main() {
    for n in lengths().chain(later()) {
        println!("{n}");
    }
}
