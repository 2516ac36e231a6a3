use coframe::CoroutineExt;

#[coframe::coroutine(yield = u32, send = u32)]
fn numbers() {
    yield_!(1);
}

fn main() {
    let mut numbers = numbers();
    let _ = numbers.start();
    let _ = numbers.send("one");
    for n in numbers {
        println!("{n}");
    }
}
