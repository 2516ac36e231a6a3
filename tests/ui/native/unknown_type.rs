#[coframe::coroutine(yield = Item, send = ())]
fn numbers(of: Source) -> Rest {
    yield_!(of.first());
    of.rest()
}

#[coframe::coroutine(yield = u32)]
fn local() {
    let n: Number = 1;
    yield_!(n);
}

fn main() {
    for n in local() {
        println!("{n}");
    }
}
