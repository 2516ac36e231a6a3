//! Tasks, promises and coroutines of ours under the executors of `futures`, `pollster` and Tokio.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use coframe::{Awaitable, CoroutineFuture, Exception, Promise, spawn, try_yield_from, yield_, yield_from};
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;

use crate::{Trace, end, virtual_loop};

#[coframe::coroutine(task)]
fn doubles(mut receiver: tokio::sync::mpsc::Receiver<u32>, threads: Threads) -> u32 {
    let mut sum = 0;
    loop {
        let (received, back) = yield_from!(async move { (receiver.recv().await, receiver) });
        receiver = back;
        note(&threads);
        yield_from!(tokio::time::sleep(Duration::from_micros(10)));
        yield_from!(tokio::task::yield_now());
        yield_!(Awaitable::turn());
        note(&threads);
        match received {
            Some(n) => sum += yield_from!(double(n)),
            None => return sum,
        }
    }
}

#[coframe::coroutine(task)]
fn double(n: u32) -> u32 {
    yield_from!(tokio::task::yield_now());
    2 * n
}

type Threads = Arc<Mutex<HashSet<ThreadId>>>;

fn note(threads: &Threads) {
    threads.lock().unwrap().insert(thread::current().id());
}

const fn is_send<T: Send>(_: &T) {}

/// At compile time: coroutines whose locals are `Send` are, also while they wait in a future that is.
#[test]
fn a_coroutine_is_send_if_its_locals_are() {
    let (_, receiver) = tokio::sync::mpsc::channel(1);
    let co = doubles(receiver, Threads::default());
    is_send(&co);
    let future = co.into_future();
    is_send(&future);
    let nested = async move { future.await.map(|sum| sum + 1) };
    is_send(&nested);
}

#[test]
fn coroutines_run_in_the_threads_of_tokio() {
    let threads = Threads::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    let sums = runtime.block_on(async {
        let mut tasks = Vec::new();
        for _ in 0..16 {
            let (sender, receiver) = tokio::sync::mpsc::channel(1);
            tasks.push(tokio::spawn(doubles(receiver, threads.clone()).into_future()));
            tokio::spawn(async move {
                for n in 0..20 {
                    sender.send(n).await.unwrap();
                }
            });
        }
        let mut sums = Vec::new();
        for task in tasks {
            sums.push(task.await.unwrap().unwrap());
        }
        sums
    });
    assert_eq!(sums, [380; 16]);
    assert!(!threads.lock().unwrap().contains(&thread::current().id()), "none ran in the thread that waits");
}

#[test]
fn a_coroutine_moves_from_thread_to_thread() {
    let threads = Threads::default();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let mut future = doubles(receiver, threads.clone()).into_future();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // It is polled a little in one thread after the other, and each time it is suspended somewhere else.
    let mut sender = Some(sender);
    let mut sum = None;
    for n in 0..1000 {
        let handle = runtime.handle().clone();
        if let Some(sending) = &sender {
            if n == 20 {
                sender = None;
            } else {
                _ = sending.try_send(1);
            }
        }
        (future, sum) = thread::spawn(move || {
            let _entered = handle.enter();
            let polled = futures::FutureExt::now_or_never(&mut future);
            (future, polled)
        })
        .join()
        .unwrap();
        if sum.is_some() {
            break;
        }
        runtime.block_on(async { tokio::time::sleep(Duration::from_micros(50)).await });
    }
    let sum = sum.unwrap().unwrap();
    assert!(sum > 0 && sum % 2 == 0, "{sum}");
    assert!(threads.lock().unwrap().len() > 2);
}

#[test]
fn tokio_aborts_a_coroutine_by_dropping_it() {
    #[coframe::coroutine(task)]
    fn waits(said: Arc<Mutex<Vec<&'static str>>>) {
        let waited = try_yield_from!(std::future::pending::<()>());
        match waited {
            Err(Exception::Exit) => {
                said.lock().unwrap().push("closed");
                coframe::raise!(Exception::Exit);
            }
            _ => said.lock().unwrap().push("another end"),
        }
    }

    let said = Arc::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let task = tokio::spawn(waits(Arc::clone(&said)).into_future());
        tokio::task::yield_now().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
    drop(runtime);
    // It is dropped whether or not it had begun.
    assert!(matches!(said.lock().unwrap()[..], [] | ["closed"]));
}

#[test]
fn a_task_of_a_loop_that_is_run_by_hand_is_awaited_in_a_local_pool() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(async {
        coframe::sleep(1).await?;
        Ok(42_u32)
    });
    let promise: Promise<&str> = event_loop.create_promise();
    let mut pool = LocalPool::new();
    let (said, awaited, handle, late) = (trace.clone(), task.clone(), task.handle().clone(), promise.clone());
    pool.spawner()
        .spawn_local(async move {
            said.say(awaited.await.unwrap());
            handle.await.unwrap();
            said.say(late.await.unwrap());
        })
        .unwrap();
    pool.run_until_stalled();
    assert_eq!(trace.line(), "");
    event_loop.run_until_complete(task).unwrap();
    pool.run_until_stalled();
    assert_eq!(trace.line(), "42");
    promise.set_result("late").unwrap();
    pool.run_until_stalled();
    assert_eq!(trace.line(), "late");
}

#[test]
fn coroutines_and_promises_under_pollster() {
    #[coframe::coroutine(task)]
    fn adds(one: Promise<u32>, two: Promise<u32>) -> u32 {
        let sum = yield_from!(one) + yield_from!(two.clone());
        while !two.done() {
            yield_!(Awaitable::from(&two));
        }
        yield_!(Awaitable::turn());
        sum
    }

    let (event_loop, _) = virtual_loop();
    let (one, two) = (event_loop.create_promise(), event_loop.create_promise());
    two.set_result(2).unwrap();
    let setting = one.clone();
    let sum = pollster::block_on(async {
        futures::join!(adds(one, two).into_future(), async { setting.set_result(40).unwrap() }).0
    });
    assert_eq!(sum.unwrap(), 42);
    // A loop's own things say so where no loop runs.
    assert_eq!(end(pollster::block_on(coframe::sleep(1))), "failed(no running event loop)");
    assert_eq!(end(pollster::block_on(spawn(async {}))), "failed(no running event loop)");
    let gone = event_loop.create_promise();
    assert!(gone.cancel());
    let sum = pollster::block_on(CoroutineFuture::new(adds(gone, event_loop.create_promise())));
    assert_eq!(end(sum.map(drop)), "cancelled(cancelled)");
}

#[test]
fn a_loop_inside_of_a_future_of_another_executor() {
    let sum = pollster::block_on(async {
        let (event_loop, trace) = virtual_loop();
        let said = trace.clone();
        let sum = event_loop.run_until_complete(async move {
            coframe::sleep(1).await?;
            // And another executor inside of a task of it.
            said.say(pollster::block_on(async { std::future::ready(1).await }));
            Ok(41_u32)
        });
        assert_eq!(trace.line(), "1");
        sum.unwrap() + std::future::ready(1).await
    });
    assert_eq!(sum, 42);
    drop(Trace::default());
}
