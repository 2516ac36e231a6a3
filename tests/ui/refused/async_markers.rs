use coframe::prelude::*;
use std::future::ready;

#[coframe::coroutine]
async fn in_places() {
    let closure = || raise!(std::fmt::Error);
    let block = async { try_await!(ready(1)) };
    let asynchronous = async || attempt! { ready(1).await };
    async fn inner() {
        or_raise!(Ok::<_, Exception>(1));
    }
    let text = format!("{}", (|| or_raise!(Ok::<_, Exception>(1)))());
    inner().await;
}

#[coframe::coroutine]
async fn arguments() {
    let nothing = try_await!();
    let two = try_await!(ready(1), ready(2));
    or_raise!();
    println!("{}", raise!());
    raise!(std::fmt::Error, because = 1);
}

fn main() {
    coframe::run(in_places()).unwrap();
    coframe::run(arguments()).unwrap();
}
