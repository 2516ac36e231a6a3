#[coframe::coroutine(yield = usize, send = &mut Vec<u32>)]
fn filler() {
    let list = yield_!(0);
    list.push(1);
    yield_!(list.len());
    list.push(2);
}

fn main() {
    let _ = filler();
}
