#[coframe::coroutine(yield = u32)]
fn numbers(list: &[u32]) {
    yield_from!(list);
}

fn main() {
    let _ = numbers(&[1]);
}
