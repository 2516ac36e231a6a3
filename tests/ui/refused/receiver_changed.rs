#[coframe::coroutine(yield = u32, send = usize)]
fn numbers() {
    let (mut index, mut rows) = (0, vec![vec![1], vec![2]]);
    rows[index].push({
        index = yield_!(1);
        3
    });
    yield_!(rows[index][0]);
}

fn main() {
    let _ = numbers();
}
