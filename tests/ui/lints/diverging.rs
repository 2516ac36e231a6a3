#![deny(unused)]

#[coframe::coroutine(yield = u32)]
fn for_ever() -> u32 {
    loop {
        yield_!(1);
    }
}

#[coframe::coroutine(yield = u32)]
fn ends_in_return(n: u32) -> u32 {
    yield_!(1);
    if n > 1 {
        return 1;
    }
    return 2;
}

#[coframe::coroutine(yield = u32)]
fn panics() {
    yield_!(1);
    panic!("at the end");
}

// Only this is a mistake.
#[coframe::coroutine(yield = u32)]
fn after_panic() {
    yield_!(1);
    panic!("not at the end");
    yield_!(2);
}

fn main() {
    for_ever().chain(ends_in_return(1)).chain(panics()).chain(after_panic()).for_each(drop);
}
