#[coframe::coroutine(yield = u32)]
fn numbers() {
    let _ = try_yield!(1, 2);
}

fn main() {
    let _ = numbers();
}
