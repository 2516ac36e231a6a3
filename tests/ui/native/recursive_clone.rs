use coframe::{yield_, yield_from};

#[coframe::coroutine(recursive, yield = u32)]
fn plain() -> u32 {
    yield_!(1);
    2
}

#[coframe::coroutine(recursive, yield = u32, derive(Clone))]
fn calls_one_that_is_not() -> u32 {
    yield_from!(plain()) + 1
}

struct Token;

#[coframe::coroutine(recursive, yield = u32, derive(Clone))]
fn has_a_local_that_is_not() {
    let token = Token;
    yield_!(1);
    drop(token);
}

fn main() {
    for n in calls_one_that_is_not() {
        println!("{n}");
    }
    has_a_local_that_is_not();
    plain().clone();
}
