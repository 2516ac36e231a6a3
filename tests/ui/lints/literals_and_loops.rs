#![deny(warnings)]

#[coframe::coroutine(yield = u8)]
fn numbers() {
    let big: u8 = 256;
    yield_!(big);
    yield_!(257);
    let list = [1, 2];
    yield_!(list[2]);
    yield_!(1 / 0);
    while true {
        yield_!(1);
    }
}

fn main() {
    numbers().for_each(drop);
}
