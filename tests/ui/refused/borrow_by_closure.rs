#[coframe::coroutine(yield = u32)]
fn numbers() {
    let offsets = vec![10];
    let add = |n: u32| n + offsets[0];
    yield_!(add(1));
    yield_!(add(2));
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
