use coframe::{for_await, prelude::*};

#[coframe::coroutine(yield = u32)]
fn frame(list: Vec<u32>) {
    for_await!(n in list { yield_!(n); });
}

#[coframe::coroutine(pinned, yield = u32)]
fn pinned(list: Vec<u32>) {
    for_await!(n in list { yield_!(n); });
}

#[coframe::coroutine]
async fn malformed(list: Vec<u32>) {
    for_await!();
    for_await!(n);
    for_await!(n in);
    for_await!(n in list);
    for_await!(for n in list {});
    for_await!(n in list {} 1);
    for_await!(outer: n in list {});
}

#[coframe::coroutine]
async fn in_a_closure(list: Vec<u32>) {
    let closure = || {
        for_await!(n in list { println!("{n}"); });
    };
    closure();
    async {
        for_await!(n in list { println!("{n}"); });
    }
    .await;
}

fn outside(list: Vec<u32>) {
    for_await!(n in list { println!("{n}"); });
}

fn main() {}
