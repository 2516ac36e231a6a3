#[coframe::coroutine(yield = u32)]
fn numbers() {
    #[cfg(unix)]
    yield_!(1);
    #[cfg_attr(unix, allow(unused))]
    let n = yield_!(2);
    #[cfg(unix)]
    {
        yield_!(3);
    }
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
