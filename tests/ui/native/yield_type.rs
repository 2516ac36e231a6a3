#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_!("one");
}

#[coframe::coroutine(yield = u32)]
fn nothing() {
    yield_!();
}

#[coframe::coroutine]
fn something() {
    yield_!(1);
}

fn main() {
    for n in numbers().chain(nothing()) {
        println!("{n}");
    }
    something().for_each(drop);
}
