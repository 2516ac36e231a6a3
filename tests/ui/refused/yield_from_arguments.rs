#[coframe::coroutine(yield = u32)]
fn none() {
    yield_from!();
}

#[coframe::coroutine(yield = u32)]
fn two() {
    let (a, b) = ([1], [2]);
    yield_from!(a, b);
}

#[coframe::coroutine(yield = u32)]
fn tried() {
    let _ = try_yield_from!();
}

fn main() {
    let _ = (none(), two(), tried());
}
