//! The expansion of a frame that is saved gives no warnings.

#![deny(warnings, clippy::all, unsafe_code)]

use coframe::{Generator, Machine, save::Load, yield_, yield_from};

#[coframe::coroutine(yield = u32, derive(Clone, serde::Serialize, serde::Deserialize))]
fn numbers(n: u32) -> u32 {
    let mut sum = 0;
    for i in (0..n).map(u64::from).collect::<Vec<_>>() {
        yield_!('number: i as u32);
        sum += i;
    }
    sum as u32
}

#[coframe::coroutine(yield = u32, derive(Serialize, Deserialize))]
fn twice(n: u32) {
    yield_from!('first: numbers(n));
    yield_from!('second: numbers(n));
    yield_!('end: 'block: {
        if n > 3 {
            break 'block 0;
        }
        1
    });
}

fn saved<M: Machine<Yield = u32> + Load>(co: &Generator<M>) -> String {
    serde_json::to_string(co).unwrap()
}

fn main() {
    let mut co = twice(2);
    co.next();
    let text = saved(&co);
    let mut other = twice(0);
    other.restore(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    assert_eq!(other.collect::<Vec<_>>(), [1, 0, 1, 1]);
}
