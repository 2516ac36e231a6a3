//! The `LocalPool` of `futures`. It has no timers, and its tasks cannot be joined once they are cancelled.

use coframe_benches::Run;
use futures::channel::oneshot;
use futures::executor::{LocalPool, LocalSpawner};
use futures::future::RemoteHandle;
use futures::task::LocalSpawnExt;

use super::Executor;

#[derive(Clone)]
struct Futures(LocalSpawner);

impl Executor for Futures {
    type Task<T: 'static> = RemoteHandle<T>;
    type Sender = oneshot::Sender<u64>;
    type Receiver = oneshot::Receiver<u64>;

    fn run(main: impl AsyncFnOnce(Self) -> u64) -> u64 {
        let mut pool = LocalPool::new();
        let spawner = pool.spawner();
        pool.run_until(main(Futures(spawner)))
    }

    fn spawn<T: 'static>(&self, task: impl Future<Output = T> + 'static) -> RemoteHandle<T> {
        self.0.spawn_local_with_handle(task).expect("the pool is there")
    }

    fn detach(&self, task: impl Future<Output = ()> + 'static) {
        self.0.spawn_local(task).expect("the pool is there");
    }

    async fn join<T: 'static>(task: RemoteHandle<T>) -> T {
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

pub(crate) const KERNELS: &[(&str, Run)] = &[
    ("switch1", |items| super::switch::<Futures>(1, items)),
    ("switch100", |items| super::switch::<Futures>(100, items)),
    ("switch10000", |items| super::switch::<Futures>(10_000, items)),
    ("spawn", super::spawn::<Futures>),
    ("hops", super::hops::<Futures>),
    ("threads", super::threads::<Futures>),
    ("callbacks", super::callbacks::<Futures>),
    ("idle", super::idle::<Futures>),
];
