#[coframe::coroutine(yield = u32)]
fn numbers(list: Vec<u32>) {
    for n in list.iter() {
        yield_!(*n);
    }
    for n in &list {
        yield_!(*n);
    }
}

fn main() {
    for n in numbers(vec![1]) {
        println!("{n}");
    }
}
