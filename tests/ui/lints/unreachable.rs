#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn after_return() {
    yield_!(1);
    return;
    println!("never");
}

#[coframe::coroutine(yield = u32)]
fn after_loop() {
    loop {
        yield_!(1);
    }
    yield_!(2);
}

fn main() {
    after_return().chain(after_loop()).for_each(drop);
}
