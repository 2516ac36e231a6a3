#[coframe::coroutine(yield = u32)]
async fn yields() {}

#[coframe::coroutine(send = u32)]
async fn is_sent() {}

#[coframe::coroutine(task)]
async fn task() {}

#[coframe::coroutine(recursive)]
async fn recursive() {}

#[coframe::coroutine(derive(Clone))]
async fn cloned() {}

#[coframe::coroutine]
const async fn constant() -> u32 {}

fn main() {
    let all = async {
        let () = yields().await?;
        let () = is_sent().await?;
        let () = task().await?;
        let () = recursive().await?;
        cloned().await
    };
    coframe::run(all).unwrap();
}
