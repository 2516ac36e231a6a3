#[coframe::coroutine(yield = u32, send = usize)]
fn numbers() {
    let mut rows = vec![vec![1], vec![2]];
    rows[0].push({
        rows = vec![];
        yield_!(1);
        3
    });
}

fn main() {
    let _ = numbers();
}
