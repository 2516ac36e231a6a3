#[coframe::coroutine(yield = u32)]
fn tail() -> u32 {
    yield_!(1);
    "one"
}

#[coframe::coroutine(yield = u32)]
fn early(n: u32) -> u32 {
    if n > 1 {
        return "one";
    }
    yield_!(1);
    1
}

#[coframe::coroutine(yield = u32)]
fn nothing() -> u32 {
    yield_!(1);
}

#[coframe::coroutine(yield = u32)]
fn unit() {
    yield_!(1);
    1
}

fn main() {
    for n in tail().chain(early(1)).chain(nothing()).chain(unit()) {
        println!("{n}");
    }
}
