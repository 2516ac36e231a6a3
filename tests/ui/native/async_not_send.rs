use std::future::ready;
use std::rc::Rc;

#[coframe::coroutine]
async fn holds() -> u32 {
    let shared = Rc::new(1);
    ready(()).await;
    *shared
}

fn main() {
    std::thread::spawn(|| holds());
    let future = holds();
    std::thread::spawn(move || drop(future));
}
