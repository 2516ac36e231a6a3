//! Async generators under other executors, and streams of other libraries in ours.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coframe::{AsyncGenerator, AsyncMachine, Exception, State, attempt, for_await, or_raise, raise, yield_};
use futures::{FutureExt, Stream, StreamExt, TryStreamExt, stream};

/// What was said, in any thread.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

impl Said {
    fn say(&self, line: impl ToString) {
        self.0.lock().unwrap().push(line.to_string());
    }

    fn line(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap()).join(" ")
    }
}

#[derive(Debug)]
struct TooBig(u32);

impl std::fmt::Display for TooBig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is too big", self.0)
    }
}

impl std::error::Error for TooBig {}

/// Doubles what comes out of a channel, and says when that is over.
#[coframe::coroutine(yield = u32)]
async fn doubles(receiver: async_channel::Receiver<u32>, said: Said) {
    let done = attempt! {
        for_await!(n in receiver {
            if n > 100 {
                raise!(TooBig(n));
            }
            yield_!(2 * n);
        });
    };
    said.say("over");
    or_raise!(done);
}

fn filled(numbers: impl IntoIterator<Item = u32>) -> async_channel::Receiver<u32> {
    let (sender, receiver) = async_channel::unbounded();
    numbers.into_iter().for_each(|n| sender.try_send(n).unwrap());
    receiver
}

const fn is_send<T: Send>(value: T) -> T {
    value
}

#[coframe::coroutine]
async fn sum(receiver: async_channel::Receiver<u32>, said: Said) -> u32 {
    let mut sum = 0;
    for_await!(n in doubles(receiver, said) { sum += n; });
    sum
}

#[test]
fn adaptors_and_an_executor_of_futures() {
    let said = Said::default();
    let g = doubles(filled(1..=5), said.clone());
    let found = g.try_filter(|n| std::future::ready(n % 4 == 0)).map_ok(|n| n + 1).try_collect::<Vec<_>>();
    assert_eq!(futures::executor::block_on(found).unwrap(), [5, 9]);
    let g = doubles(filled([1, 200, 3]), said.clone());
    let items: Vec<_> = futures::executor::block_on_stream(g).map(|item| item.map_err(|e| e.to_string())).collect();
    assert_eq!(items, [Ok(2), Err("200 is too big".to_owned())]);
    assert_eq!(said.line(), "over over");
}

#[test]
fn tokio_runs_it_in_one_thread_and_in_many() {
    let current = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let many = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    for runtime in [&current, &many] {
        let said = Said::default();
        let sums = runtime.block_on(async {
            let tasks: Vec<_> = (1..=8).map(|n| tokio::spawn(is_send(sum(filled(0..n), said.clone())))).collect();
            let mut sums = Vec::new();
            for task in tasks {
                sums.push(task.await.unwrap().unwrap());
            }
            sums
        });
        assert_eq!(sums, [0, 2, 6, 12, 20, 30, 42, 56]);
        assert_eq!(said.line().split(' ').count(), 8);
    }
}

#[test]
fn it_moves_from_thread_to_thread_between_two_values() {
    let mut g = is_send(doubles(filled(1..=4), Said::default()));
    for n in 1..=4 {
        let (back, item) = std::thread::spawn(move || {
            let item = pollster::block_on(g.next()).unwrap();
            (g, item)
        })
        .join()
        .unwrap();
        g = back;
        assert_eq!(item, Some(2 * n));
    }
}

#[test]
fn an_executor_of_smol_runs_it() {
    let said = Said::default();
    let executor = async_executor::Executor::new();
    let tasks: Vec<_> = (1..=3).map(|n| executor.spawn(sum(filled(0..n), said.clone()))).collect();
    let sums = pollster::block_on(executor.run(async {
        let mut sums = Vec::new();
        for task in tasks {
            sums.push(task.await.unwrap());
        }
        sums
    }));
    assert_eq!((sums, said.line()), (vec![0, 2, 6], "over over over".to_owned()));
}

#[test]
fn a_step_that_select_drops_goes_on() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let said = Said::default();
    let (sender, receiver) = async_channel::unbounded();
    let mut g = doubles(receiver, said.clone());
    runtime.block_on(async {
        tokio::select! {
            biased;
            item = g.next() => panic!("nothing was sent: {item:?}"),
            () = tokio::task::yield_now() => (),
        }
        assert_eq!(g.state(), State::Running);
        sender.send(4).await.unwrap();
        tokio::select! {
            biased;
            item = g.next() => assert_eq!(item.unwrap(), Some(8)),
            () = std::future::pending() => (),
        }
        // As a stream as well.
        tokio::select! {
            biased;
            item = StreamExt::next(&mut g) => panic!("nothing was sent: {item:?}"),
            () = tokio::task::yield_now() => (),
        }
        sender.send(5).await.unwrap();
        assert_eq!(g.next().await.unwrap(), Some(10));
        // One that is given up is ended where it waits.
        assert!(g.next().now_or_never().is_none());
        g.aclose().await.unwrap();
    });
    assert_eq!((g.state(), said.line()), (State::Closed, "over".to_owned()));
}

#[test]
fn a_timeout_of_tokio_drops_a_step_and_an_error_is_raised_where_it_waited() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let said = Said::default();
    #[coframe::coroutine(yield = u32)]
    async fn slow(said: Said) {
        if let Err(exception) = attempt! { tokio::time::sleep(Duration::from_secs(10)).await } {
            said.say(&exception);
            tokio::time::sleep(Duration::from_secs(1)).await;
            if exception.is_exit() {
                raise!(exception);
            }
            yield_!(0);
        }
        yield_!(1);
    }
    runtime.block_on(async {
        let mut g = slow(said.clone());
        assert!(tokio::time::timeout(Duration::from_secs(3), g.next()).await.is_err());
        assert_eq!(g.athrow(TooBig(3)).await.unwrap(), Some(0));
        assert_eq!(g.next().await.unwrap(), Some(1));
        assert_eq!(said.line(), "3 is too big");
        let mut g = slow(said.clone());
        assert!(tokio::time::timeout(Duration::from_secs(3), g.next()).await.is_err());
        // The step goes on: it has waited for three seconds.
        let began = tokio::time::Instant::now();
        assert_eq!(g.next().await.unwrap(), Some(1));
        assert_eq!(began.elapsed().as_secs(), 7);
    });
}

#[test]
fn an_aborted_task_closes_it_in_its_thread() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let said = Said::default();
    runtime.block_on(async {
        let (sender, receiver) = async_channel::bounded::<u32>(1);
        let (waits, waiting) = async_channel::bounded::<()>(1);
        let g = doubles(receiver, said.clone());
        let task = tokio::spawn(async move {
            let mut g = pin!(g);
            while let Some(item) = g.as_mut().next().await {
                drop(item);
                waits.send(()).await.unwrap();
            }
        });
        sender.send(1).await.unwrap();
        waiting.recv().await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
    drop(runtime);
    assert_eq!(said.line(), "over");
}

#[test]
fn streams_of_other_libraries_in_a_loop_of_ours() {
    #[coframe::coroutine]
    async fn all(receiver: async_channel::Receiver<u32>) -> Vec<u32> {
        let mut seen = Vec::new();
        for_await!(n in stream::iter([1, 2])  { seen.push(n); });
        for_await!(n in stream::iter([3]).then(async |n| n + 1).boxed_local() { seen.push(n); });
        for_await!(n in receiver { seen.push(n); });
        for_await!(n in stream::unfold(7, async |n| (n < 9).then_some((n, n + 1))) { seen.push(n); });
        let mut kept = pin!(stream::iter([9, 10, 11]));
        for_await!(n in kept.as_mut() {
            seen.push(n);
            if n == 10 {
                break;
            }
        });
        for_await!(n in kept { seen.push(n); });
        seen
    }
    assert_eq!(coframe::run(all(filled(5..7))).unwrap(), [1, 2, 4, 5, 6, 7, 8, 9, 10, 11]);
}

#[test]
fn it_is_what_takes_streams_and_generators_by_their_traits() {
    async fn last<S: Stream<Item = Result<u32, Exception>>>(stream: S) -> Option<u32> {
        let mut last = None;
        let mut stream = pin!(stream);
        while let Some(Ok(n)) = stream.next().await {
            last = Some(n);
        }
        last
    }
    async fn second<M: AsyncMachine<Yield = u32>>(mut g: AsyncGenerator<M>) -> Result<Option<u32>, Exception> {
        g.next().await?;
        g.next().await
    }
    let both = async {
        (last(doubles(filled(1..4), Said::default())).await, second(doubles(filled(1..4), Said::default())).await)
    };
    let (last, second) = pollster::block_on(both);
    assert_eq!((last, second.unwrap()), (Some(6), Some(4)));
}
