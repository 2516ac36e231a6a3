#[coframe::coroutine(u32)]
fn numbers() {
    yield_!();
}

#[coframe::coroutine("u32")]
fn quoted() {
    yield_!();
}

fn main() {
    drop(numbers());
    drop(quoted());
}
