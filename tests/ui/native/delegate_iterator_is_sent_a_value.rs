#[coframe::coroutine(yield = u32, send = u32)]
fn numbers(list: Vec<u32>) {
    yield_from!(list);
}

fn main() {
    let _ = numbers(vec![1]);
}
