use std::future::ready;

#[coframe::coroutine]
async fn mismatched() -> u32 {
    let text: String = ready(1).await;
    let caught: u32 = coframe::attempt! { ready(2).await };
    takes(ready("text").await);
    ready("three").await
}

fn takes(_: u32) {}

fn main() {
    coframe::run(mismatched()).unwrap();
}
