struct Pair {
    a: u32,
    b: u32,
}

#[coframe::coroutine(yield = u32, send = usize)]
fn numbers() {
    let (mut list, mut n) = ([0; 3], 0);
    Pair { a: n, b: list[yield_!(n)] } = Pair { a: 1, b: 2 };
    yield_!(n + list[0]);
}

fn main() {
    let _ = numbers();
}
