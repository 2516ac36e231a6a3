#[coframe::coroutine(yield = u32)]
fn numbers() {
    let later = async {
        yield_!(1);
    };
    drop(later);
    yield_!(2);
}

fn main() {
    for n in numbers() {
        println!("{n}");
    }
}
