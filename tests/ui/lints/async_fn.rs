#![deny(warnings)]

use coframe::{attempt, raise};
use std::future::ready;

#[coframe::coroutine]
async fn unused(argument: u32, mut never_changed: u32) -> u32 {
    let local = ready(1).await;
    let mut also = ready(never_changed).await;
    also
}

#[coframe::coroutine]
async fn unreachable() {
    raise!(std::fmt::Error);
    println!("never");
}

#[coframe::coroutine]
async fn must_be_used() {
    ready(Ok::<u32, std::fmt::Error>(1)).await;
    attempt! { ready(1).await };
    unused(1, 2);
    'label: loop {
        break;
    }
}

fn main() {
    drop((unused(1, 2), unreachable(), must_be_used()));
}
