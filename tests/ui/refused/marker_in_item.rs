use coframe::yield_;

#[coframe::coroutine(yield = u32)]
fn numbers() {
    fn inner(n: u32) {
        yield_!(n);
    }
    const ONE: u32 = {
        yield_!(2);
        1
    };
    inner(ONE);
    yield_!(3);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
