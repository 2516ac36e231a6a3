use coframe::prelude::*;
use std::rc::Rc;

#[coframe::coroutine(yield = u32)]
async fn holds_an_rc() {
    let local = Rc::new(1);
    std::future::ready(()).await;
    yield_!(*local);
}

#[coframe::coroutine]
async fn consumes() {
    coframe::for_await!(n in holds_an_rc() { println!("{n}"); });
}

fn main() {
    tokio::spawn(holds_an_rc().next());
    tokio::spawn(consumes());
}
