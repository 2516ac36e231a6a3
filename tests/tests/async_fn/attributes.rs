//! Attributes on what suspends: rustc applies them, since it compiles the body.

use coframe::event_loop::EventLoop;
use coframe::{attempt, or_raise, try_await, yield_};
use std::future::ready;

#[coframe::coroutine(pinned, yield = u32)]
#[allow(unused_must_use, clippy::vec_init_then_push)]
fn yields() -> Vec<u32> {
    #[cfg(any())]
    yield_!(1);
    #[cfg(not(any()))]
    yield_!(2);
    #[cfg(any())]
    println!("{:?}", yield_!(3));
    #[cfg(any())]
    attempt! { yield_!(4); };
    #[cfg(any())]
    let _ = yield_!(5);
    #[cfg(any())]
    {
        yield_!(6);
    }
    let list = vec![1, 2];
    let array = [
        #[cfg(any())]
        {
            yield_!(7);
            1
        },
        {
            yield_!(8);
            2
        },
    ];
    match array.len() {
        #[cfg(any())]
        1 => yield_!(9),
        _ => yield_!(10),
    }
    list
}

#[test]
fn a_suspension_point_that_is_configured_out_is_not_there() {
    let mut co = yields().boxed();
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [2, 8, 10]);
    assert_eq!(values.into_return(), Some(vec![1, 2]));
}

#[coframe::coroutine]
async fn awaits() -> Vec<u32> {
    let mut list = Vec::new();
    #[cfg(any())]
    list.push(ready(1).await);
    #[cfg(not(any()))]
    list.push(ready(2).await);
    #[cfg(any())]
    or_raise!(try_await!(coframe::sleep(3600.0)));
    #[cfg(any())]
    assert_eq!(ready(3).await, 4);
    list
}

#[test]
fn an_await_that_is_configured_out_is_not_there() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    assert_eq!(event_loop.run_until_complete(awaits()).unwrap(), [2]);
    assert_eq!(event_loop.time().as_secs(), 0);
}
