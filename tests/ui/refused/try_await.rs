#[coframe::coroutine(task)]
fn waits() {
    let _ = try_await!(std::future::ready(1));
    println!("{:?}", coframe::try_await!(std::future::ready(1)));
}

fn main() {
    let _ = coframe::try_await!(1);
    coframe::run(waits()).unwrap();
}
