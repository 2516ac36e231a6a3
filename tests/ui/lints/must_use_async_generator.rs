#![deny(unused_must_use)]

use coframe::prelude::*;

#[coframe::coroutine(yield = u32, send = Option<u32>)]
async fn numbers() {
    let _sent = yield_!(1);
}

#[coframe::coroutine]
async fn forgets() {
    numbers();
    let mut g = numbers();
    g.next();
    g.asend(None);
    g.athrow(std::fmt::Error);
    g.aclose();
}

fn main() {
    coframe::run(forgets()).unwrap();
}
