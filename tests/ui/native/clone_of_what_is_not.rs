struct Plain;

#[coframe::coroutine(yield = u32, derive(Clone))]
fn numbers() {
    let plain = Plain;
    yield_!(1);
    drop(plain);
}

fn main() {
    for n in numbers().clone() {
        println!("{n}");
    }
}
