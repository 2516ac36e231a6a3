#[coframe::coroutine(yield = usize)]
fn lengths(list: Vec<u32>) {
    yield_!(list.length());
    yield_!(list.size);
}

fn main() {
    for n in lengths(Vec::new()) {
        println!("{n}");
    }
}
