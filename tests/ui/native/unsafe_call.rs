unsafe fn dangerous() -> u32 {
    1
}

#[coframe::coroutine(yield = u32)]
fn numbers() {
    yield_!(dangerous());
    let n = dangerous();
    yield_!(n);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
