//! smol: `async-executor`'s local one, with `async-io`'s timers, and the oneshot channel of `futures`.

use std::rc::Rc;
use std::time::Duration;

use async_executor::{LocalExecutor, Task};
use async_io::{Timer, block_on};
use coframe_benches::Run;
use futures::channel::oneshot;

use super::{Cancels, Executor, Timers};

#[derive(Clone)]
struct Smol(Rc<LocalExecutor<'static>>);

impl Executor for Smol {
    type Task<T: 'static> = Task<T>;
    type Sender = oneshot::Sender<u64>;
    type Receiver = oneshot::Receiver<u64>;

    fn run(main: impl AsyncFnOnce(Self) -> u64) -> u64 {
        let executor = Rc::new(LocalExecutor::new());
        block_on(executor.run(main(Smol(executor.clone()))))
    }

    fn spawn<T: 'static>(&self, task: impl Future<Output = T> + 'static) -> Task<T> {
        self.0.spawn(task)
    }

    fn detach(&self, task: impl Future<Output = ()> + 'static) {
        self.0.spawn(task).detach();
    }

    async fn join<T: 'static>(task: Task<T>) -> T {
        task.await
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

impl Timers for Smol {
    async fn sleep(duration: Duration) {
        Timer::after(duration).await;
    }
}

impl Cancels for Smol {
    /// Cancelling is waiting for the end.
    async fn cancel(tasks: Vec<Task<()>>) -> u64 {
        let mut cancelled = 0;
        for task in tasks {
            cancelled += u64::from(task.cancel().await.is_none());
        }
        cancelled
    }
}

pub(crate) const KERNELS: &[(&str, Run)] = &[
    ("switch1", |items| super::switch::<Smol>(1, items)),
    ("switch100", |items| super::switch::<Smol>(100, items)),
    ("switch10000", |items| super::switch::<Smol>(10_000, items)),
    ("spawn", super::spawn::<Smol>),
    ("hops", super::hops::<Smol>),
    ("timers", super::timers::<Smol>),
    ("cancelled_timers", super::cancelled_timers::<Smol>),
    ("threads", super::threads::<Smol>),
    ("callbacks", super::callbacks::<Smol>),
    ("cancel", super::cancel::<Smol>),
    ("idle", super::idle::<Smol>),
];
