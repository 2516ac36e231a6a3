#[coframe::coroutine(yield = usize)]
fn lengths() {
    let list = Vec::new();
    list.push(1);
    yield_!(list.len());
}

#[coframe::coroutine(yield = usize)]
fn later(list: Vec<u32>) {
    yield_!(list.len());
    list.push(1);
    yield_!(list.len());
}

fn main() {
    for n in lengths().chain(later(Vec::new())) {
        println!("{n}");
    }
}
