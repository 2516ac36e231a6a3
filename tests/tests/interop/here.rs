//! Futures of `futures`, `async-channel`, `event-listener` and `tokio::sync` as tasks of our loop.

use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use coframe::event_loop::EventLoop;
use coframe::{Exception, Promise, sleep, spawn, try_yield_from, yield_from};
use event_listener::Event;
use futures::future::{self, Either};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, pin_mut, select};

use crate::{Trace, end, virtual_loop};

/// Keeps a loop with a virtual clock waiting for other threads.
fn run_with_threads<T: Clone + 'static>(event_loop: &EventLoop, future: impl Future<Output = T> + 'static) -> T {
    let _remote = event_loop.remote();
    event_loop.run_until_complete(async { Ok(Rc::new(future.await)) }).map(|value| (*value).clone()).unwrap()
}

#[coframe::coroutine(task)]
fn naps(name: &'static str, seconds: i32, trace: Trace) -> &'static str {
    yield_from!(sleep(seconds));
    trace.say(name);
    name
}

#[test]
fn join_and_select_of_coroutines() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let (two, one) =
                future::join(naps("two", 2, inner.clone()).into_future(), naps("one", 1, inner.clone()).into_future())
                    .await;
            assert_eq!((two?, one?), ("two", "one"));
            let slow = naps("never", 5, inner.clone()).into_future();
            match future::select(slow, naps("fast", 1, inner.clone()).into_future()).await {
                Either::Left(_) => unreachable!("it is slower"),
                Either::Right((name, slow)) => {
                    assert_eq!(name?, "fast");
                    drop(slow);
                }
            }
            let (left, right) = (naps("left", 1, inner.clone()).into_future().fuse(), sleep(3).fuse());
            pin_mut!(left, right);
            select! { name = left => assert_eq!(name?, "left"), _ = right => unreachable!("it is slower") }
            let both = future::try_join(naps("a", 1, inner.clone()).into_future(), async {
                Err::<(), Exception>(std::fmt::Error.into())
            });
            assert!(both.await.is_err());
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "one two fast left");
    assert_eq!(event_loop.time().as_secs(), 4, "nobody waits for what was dropped");
}

#[test]
fn streams_and_unordered_futures_of_tasks_promises_and_coroutines() {
    let (event_loop, trace) = virtual_loop();
    let (inner, late) = (trace.clone(), event_loop.create_promise());
    let setting: Promise<&str> = late.clone();
    event_loop.call_later(4, move || setting.set_result("promise")).unwrap();
    event_loop
        .run_until_complete(async move {
            let mut all = FuturesUnordered::new();
            all.push(naps("coroutine", 2, inner.clone()).into_future().left_future());
            all.push(spawn(naps("task", 1, inner.clone())).left_future().right_future());
            all.push(late.right_future().right_future());
            while let Some(name) = all.next().await {
                inner.say(format!("got:{}", name?));
            }
            let squares: Vec<u32> = futures::stream::iter(1..=4)
                .map(|n| async move {
                    sleep(5 - n).await.unwrap();
                    (n * n) as u32
                })
                .buffered(4)
                .collect()
                .await;
            inner.say(format!("{squares:?}"));
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "task got:task coroutine got:coroutine got:promise [1, 4, 9, 16]");
    assert_eq!(event_loop.time().as_secs(), 8);
}

#[test]
fn cancelling_a_task_that_waits_in_many_drops_them() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let task = event_loop.create_task(async move {
        let all: FuturesUnordered<_> = (0..3).map(|_| naps("never", 9, inner.clone()).into_future()).collect();
        all.collect::<Vec<_>>().await;
    });
    let cancelled = task.clone();
    event_loop.call_later(1, move || assert!(cancelled.cancel())).unwrap();
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
    assert_eq!((trace.line().as_str(), event_loop.time().as_secs()), ("", 1));
}

#[test]
fn async_channel_in_both_directions_and_to_threads() {
    #[coframe::coroutine(task)]
    fn consumer(receiver: async_channel::Receiver<u32>) -> u32 {
        let mut sum = 0;
        loop {
            match yield_from!(next(receiver.clone())) {
                Some(n) => sum += n,
                None => return sum,
            }
        }
    }

    async fn next(receiver: async_channel::Receiver<u32>) -> Option<u32> {
        receiver.recv().await.ok()
    }

    let (event_loop, _) = virtual_loop();
    let (sender, receiver) = async_channel::bounded(2);
    let sum = event_loop.create_task(consumer(receiver));
    event_loop
        .run_until_complete(async move {
            for n in 0..100 {
                sender.send(n).await?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(event_loop.run_until_complete(sum).unwrap(), 4950);

    let (to_thread, in_thread) = async_channel::bounded::<u32>(1);
    let (back, doubled) = async_channel::bounded(1);
    let doubling = thread::spawn(move || {
        while let Ok(n) = in_thread.recv_blocking() {
            back.send_blocking(2 * n).unwrap();
        }
    });
    let sum = run_with_threads(&event_loop, async move {
        let mut sum = 0;
        for n in 0..100 {
            to_thread.send(n).await.unwrap();
            sum += doubled.recv().await.unwrap();
        }
        sum
    });
    assert_eq!(sum, 9900);
    doubling.join().unwrap();
}

#[test]
fn event_listener_from_a_thread() {
    #[coframe::coroutine(task)]
    fn listens(event: Arc<Event>, ready: std::sync::mpsc::Sender<()>) -> &'static str {
        let listener = event.listen();
        or_raise(ready.send(()));
        yield_from!(listener);
        "heard"
    }

    fn or_raise<E: std::fmt::Debug>(result: Result<(), E>) {
        result.unwrap();
    }

    let (event_loop, _) = virtual_loop();
    let (event, (ready, is_ready)) = (Arc::new(Event::new()), std::sync::mpsc::channel());
    let notifying = event.clone();
    let thread = thread::spawn(move || {
        is_ready.recv().unwrap();
        notifying.notify(1);
    });
    let heard = run_with_threads(&event_loop, async move { listens(event, ready).await.unwrap() });
    assert_eq!(heard, "heard");
    thread.join().unwrap();
}

#[test]
fn tokio_sync_needs_no_runtime() {
    #[coframe::coroutine(task)]
    fn holder(name: &'static str, lock: Arc<tokio::sync::Mutex<()>>, trace: Trace) {
        let guard = yield_from!(lock.clone().lock_owned());
        trace.say(format!("{name}+"));
        yield_from!(sleep(1));
        trace.say(format!("{name}-"));
        drop(guard);
    }

    let (event_loop, trace) = virtual_loop();
    let lock = Arc::new(tokio::sync::Mutex::new(()));
    let holders = ["a", "b", "c"].map(|name| event_loop.create_task(holder(name, lock.clone(), trace.clone())));
    let cancelled = holders[1].clone();
    event_loop.call_soon(move || assert!(cancelled.cancel())).unwrap();
    event_loop.run_until_complete(future::join_all(holders).map(|ends| ends.len())).unwrap();
    assert_eq!(trace.line(), "a+ a- c+ c-", "the one that was cancelled left the queue");

    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
    let (once, answer) = tokio::sync::oneshot::channel();
    let thread = thread::spawn(move || {
        for n in 0..100_u32 {
            sender.blocking_send(n).unwrap();
        }
        once.send("all sent").unwrap();
    });
    let got = run_with_threads(&event_loop, async move {
        let mut sum = 0;
        while let Some(n) = receiver.recv().await {
            sum += n;
        }
        (sum, answer.await.unwrap())
    });
    assert_eq!(got, (4950, "all sent"));
    thread.join().unwrap();
}

#[test]
fn a_coroutine_that_waits_in_a_foreign_future_can_clean_up_when_it_is_cancelled() {
    #[coframe::coroutine(task)]
    fn receives(mut receiver: tokio::sync::mpsc::Receiver<u32>, trace: Trace) {
        let received = try_yield_from!(async move { receiver.recv().await });
        match received {
            Err(Exception::Cancelled(_)) => {
                yield_from!(sleep(1));
                trace.say("cleaned up");
            }
            _ => trace.say("received"),
        }
    }

    let (event_loop, trace) = virtual_loop();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let task = event_loop.create_task(receives(receiver, trace.clone()));
    let cancelled = task.clone();
    event_loop.call_later(1, move || assert!(cancelled.cancel())).unwrap();
    event_loop.run_until_complete(task).unwrap();
    assert_eq!((trace.line().as_str(), event_loop.time().as_secs()), ("cleaned up", 2));
    assert!(sender.is_closed(), "the future, and its receiver with it, was dropped");
}
