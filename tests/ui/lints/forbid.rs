#![forbid(unsafe_code, unused, missing_docs, clippy::all)]
//! Nothing of an expansion may be in the way of `forbid`.

#[coframe::coroutine(yield = u32)]
fn numbers() {
    let unused = 1;
    yield_!(1);
}

fn main() {
    numbers().for_each(drop);
}
