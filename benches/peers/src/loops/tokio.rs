//! Tokio's current-thread runtime, with a `LocalSet`.

use std::time::Duration;

use coframe_benches::Run;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, LocalSet, spawn_local};

use super::{Cancels, Executor, Timers};

#[derive(Clone)]
struct Tokio;

impl Executor for Tokio {
    type Task<T: 'static> = JoinHandle<T>;
    type Sender = oneshot::Sender<u64>;
    type Receiver = oneshot::Receiver<u64>;

    fn run(main: impl AsyncFnOnce(Self) -> u64) -> u64 {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime can be had");
        LocalSet::new().block_on(&runtime, main(Tokio))
    }

    fn spawn<T: 'static>(&self, task: impl Future<Output = T> + 'static) -> JoinHandle<T> {
        spawn_local(task)
    }

    fn detach(&self, task: impl Future<Output = ()> + 'static) {
        drop(spawn_local(task));
    }

    async fn join<T: 'static>(task: JoinHandle<T>) -> T {
        task.await.expect("the task neither panics nor is cancelled")
    }

    fn channel() -> (Self::Sender, Self::Receiver) {
        oneshot::channel()
    }

    fn send(sender: Self::Sender, value: u64) {
        _ = sender.send(value);
    }

    async fn receive(receiver: Self::Receiver) -> u64 {
        receiver.await.unwrap_or_default()
    }
}

impl Timers for Tokio {
    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        tokio::time::sleep(duration)
    }
}

impl Cancels for Tokio {
    async fn cancel(tasks: Vec<JoinHandle<()>>) -> u64 {
        tasks.iter().for_each(JoinHandle::abort);
        let mut cancelled = 0;
        for task in tasks {
            cancelled += u64::from(task.await.is_err_and(|error| error.is_cancelled()));
        }
        cancelled
    }
}

pub(crate) const KERNELS: &[(&str, Run)] = &[
    ("switch1", |items| super::switch::<Tokio>(1, items)),
    ("switch100", |items| super::switch::<Tokio>(100, items)),
    ("switch10000", |items| super::switch::<Tokio>(10_000, items)),
    ("spawn", super::spawn::<Tokio>),
    ("hops", super::hops::<Tokio>),
    ("timers", super::timers::<Tokio>),
    ("cancelled_timers", super::cancelled_timers::<Tokio>),
    ("threads", super::threads::<Tokio>),
    ("callbacks", super::callbacks::<Tokio>),
    ("cancel", super::cancel::<Tokio>),
    ("idle", super::idle::<Tokio>),
];
