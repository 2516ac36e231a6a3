#[coframe::coroutine(yield = u32)]
fn numbers() {
    'outer: loop {
        yield_!(1);
        break 'outre;
    }
}

#[coframe::coroutine(yield = u32)]
fn no_loop() {
    yield_!(1);
    break;
}

#[coframe::coroutine(yield = u32)]
fn through_closure() {
    loop {
        yield_!(1);
        let leave = || break;
        leave();
    }
}

fn main() {
    numbers().chain(no_loop()).chain(through_closure()).for_each(|n| println!("{n}"));
}
