use coframe::prelude::*;

#[coframe::coroutine(yield = u32)]
async fn yields_a_text() {
    yield_!("text");
}

#[coframe::coroutine(yield = u32, send = u32)]
async fn takes_a_text() {
    let text: &str = yield_!(1);
    println!("{text}");
}

#[coframe::coroutine]
async fn consumes() {
    let mut g = takes_a_text();
    let first: Option<u32> = g.next().await;
    let second: Option<u32> = g.asend("text").await;
    println!("{first:?} {second:?}");
}

fn main() {
    let _ = (yields_a_text(), consumes());
}
