#[coframe::coroutine(yield = u32)]
fn numbers() {
    let n = "1".parse().unwrap();
    yield_!(1);
    drop(n);
}

#[coframe::coroutine(yield = usize)]
fn list() {
    let list = Vec::new();
    yield_!(list.len());
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
    list().for_each(drop);
}
