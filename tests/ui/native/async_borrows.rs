use std::future::ready;

#[coframe::coroutine]
async fn moved(text: String) -> usize {
    drop(text);
    ready(()).await;
    text.len()
}

#[coframe::coroutine]
async fn conflict() -> usize {
    let mut list = vec![1];
    let first = &list[0];
    list.push(ready(2).await);
    *first + list.len()
}

#[coframe::coroutine]
async fn not_mutable() {
    let n = 1;
    n += ready(1).await;
}

#[coframe::coroutine]
async fn moved_in_attempt(text: String) {
    while ready(true).await {
        _ = coframe::attempt! {
            ready(text).await;
        };
    }
}

fn main() {
    let _ = (moved(String::new()), conflict(), not_mutable(), moved_in_attempt(String::new()));
}
