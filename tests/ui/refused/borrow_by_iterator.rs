#[coframe::coroutine(yield = u32)]
fn numbers() {
    let list = vec![1, 2, 3];
    let mut each = list.iter();
    while let Some(n) = each.next() {
        yield_!(*n);
    }
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
