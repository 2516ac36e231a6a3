#[coframe::coroutine]
async fn nothing() -> u32 {
    std::future::ready(()).await;
}

#[coframe::coroutine]
async fn another(n: u32) -> u32 {
    if n > 1 {
        return "text";
    }
    n
}

#[coframe::coroutine]
async fn question_mark(text: &str) -> u32 {
    let n: u32 = text.parse()?;
    n
}

#[coframe::coroutine]
async fn wrapped() -> u32 {
    Ok(1)
}

fn main() {
    coframe::run(async { Ok(nothing().await? + another(1).await? + question_mark("").await? + wrapped().await?) }).unwrap();
}
