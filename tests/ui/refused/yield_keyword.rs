// The attribute cannot take the keyword, which rustc refuses before it is asked.
#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield 1;
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
