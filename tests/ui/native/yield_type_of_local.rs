#[coframe::coroutine(yield = u32)]
fn numbers(list: &[u64]) {
    for n in list {
        yield_!(*n);
    }
}

fn main() {
    for n in numbers(&[1]) {
        println!("{n}");
    }
}
