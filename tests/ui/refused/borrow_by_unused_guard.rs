use std::sync::Mutex;

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let mutex = Mutex::new(1);
    let _guard = mutex.lock();
    yield_!(1);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
