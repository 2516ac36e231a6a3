#[coframe::coroutine]
async fn awaits(n: u32) -> u32 {
    n.await
}

#[coframe::coroutine]
async fn tries() {
    if let Err(exception) = coframe::try_await!("text") {
        println!("{exception}");
    }
}

fn main() {
    coframe::run(awaits(1)).unwrap();
    coframe::run(tries()).unwrap();
}
