#[coframe::coroutine(yield = u32)]
fn numbers() {
    let n: Option<u32> = try { 1 };
    yield_!(n.unwrap_or(2));
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
