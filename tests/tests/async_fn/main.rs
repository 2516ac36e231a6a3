use coframe::prelude::*;
use coframe::{sleep, spawn, Exception};

#[coframe::coroutine]
async fn inner(n: u32, (a, _): (u32, String), _: Vec<u8>) -> u32 {
    sleep(1.0).await;
    println!("{} {n}", std::future::ready(a).await);
    assert!(std::future::ready(true).await);
    n + a
}

#[coframe::coroutine]
async fn outer() -> Result<u32, std::num::ParseIntError> {
    let mut sum = 0;
    for i in 0..3 {
        let got = attempt! {
            if i == 1 { continue; }
            if i == 2 { raise!(std::fmt::Error); }
            inner(i, (2, String::new()), vec![]).await
        };
        match got {
            Ok(n) => sum += n,
            Err(e) => println!("{e:?}"),
        }
    }
    let n: u32 = "12".parse()?;
    match try_await!(inner(n, (0, String::new()), Vec::new())) {
        Ok(n) => Ok(sum + n),
        Err(e) => raise!(e),
    }
}

#[test]
fn it_works() {
    let event_loop = coframe::event_loop::EventLoop::with_virtual_clock().unwrap();
    let task = event_loop.create_task(async { Ok::<_, Exception>(outer().await?.unwrap()) });
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 14);
    let _ = spawn::<std::future::Ready<()>>;
}
