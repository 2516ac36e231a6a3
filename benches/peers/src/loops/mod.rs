//! The kernels of the loop for the executors of others, written once; each says how it spawns, joins, and so on.

pub(crate) mod futures;
pub(crate) mod smol;
pub(crate) mod tokio;

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use coframe_benches::allocations;

/// An executor that runs tasks in one thread.
trait Executor: Clone + 'static {
    /// What a task is joined by.
    type Task<T: 'static>;
    /// The two ends of a channel for one number.
    type Sender;
    type Receiver;

    /// Runs `main` on a new one, in which it may spawn.
    fn run(main: impl AsyncFnOnce(Self) -> u64) -> u64;
    fn spawn<T: 'static>(&self, task: impl Future<Output = T> + 'static) -> Self::Task<T>;
    fn detach(&self, task: impl Future<Output = ()> + 'static);
    fn join<T: 'static>(task: Self::Task<T>) -> impl Future<Output = T>;
    fn channel() -> (Self::Sender, Self::Receiver);
    /// To nobody, if the receiver is gone.
    fn send(sender: Self::Sender, value: u64);
    fn receive(receiver: Self::Receiver) -> impl Future<Output = u64>;
}

/// One that has timers.
trait Timers: Executor {
    fn sleep(duration: Duration) -> impl Future<Output = ()>;
}

/// One whose tasks can be cancelled, and joined after that.
trait Cancels: Executor {
    /// Cancels all, then joins all, and says how many were cancelled.
    fn cancel(tasks: Vec<Self::Task<()>>) -> impl Future<Output = u64>;
}

/// Lets the others run.
async fn turn() {
    let mut turned = false;
    poll_fn(|context| {
        if turned {
            return Poll::Ready(());
        }
        turned = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn switch<E: Executor>(tasks: u64, items: u64) -> u64 {
    E::run(async |executor| {
        let spawned = |_| {
            executor.spawn(async move {
                for _ in 0..items / tasks {
                    turn().await;
                }
                items / tasks
            })
        };
        let mut sum = 0;
        for task in (0..tasks).map(spawned).collect::<Vec<_>>() {
            sum += E::join(task).await;
        }
        sum
    })
}

fn spawn<E: Executor>(items: u64) -> u64 {
    E::run(async |executor| {
        let mut sum = 0;
        for batch in 0..items / 100 {
            let tasks: Vec<_> = (0..100).map(|number| executor.spawn(async move { batch ^ number })).collect();
            for task in tasks {
                sum += E::join(task).await;
            }
        }
        sum
    })
}

fn hops<E: Executor>(items: u64) -> u64 {
    type Table<E> = Rc<[RefCell<Option<<E as Executor>::Sender>>; 2]>;

    async fn player<E: Executor>(table: Table<E>, mut mine: E::Receiver, me: usize, turns: u64) -> u64 {
        let mut sum = 0;
        for _ in 0..turns {
            let ball = E::receive(mine).await;
            sum += ball;
            let (sender, receiver) = E::channel();
            mine = receiver;
            *table[me].borrow_mut() = Some(sender);
            let other = table[1 - me].borrow_mut().take();
            if let Some(other) = other {
                E::send(other, ball + 1);
            }
        }
        sum
    }

    E::run(async |executor| {
        let ((to_one, one), (to_other, other)) = (E::channel(), E::channel());
        let table: Table<E> = Rc::new([RefCell::new(None), RefCell::new(Some(to_other))]);
        let one = executor.spawn(player::<E>(table.clone(), one, 0, items / 2));
        let other = executor.spawn(player::<E>(table.clone(), other, 1, items / 2));
        E::send(to_one, 1);
        E::join(one).await + E::join(other).await
    })
}

fn timers<E: Timers>(items: u64) -> u64 {
    E::run(async |executor| {
        let spawned = |at: u64| {
            let micros = at * 7919 % 1000;
            executor.spawn(async move {
                E::sleep(Duration::from_micros(micros)).await;
                micros
            })
        };
        let mut sum = 0;
        for task in (0..items).map(spawned).collect::<Vec<_>>() {
            sum += E::join(task).await;
        }
        sum
    })
}

/// They are set when they are polled first.
fn cancelled_timers<E: Timers>(items: u64) -> u64 {
    E::run(async |_| {
        for at in 0..items {
            let mut timer = pin!(E::sleep(Duration::from_millis(1000 + at % 1000)));
            poll_fn(|context| Poll::Ready(timer.as_mut().poll(context).is_ready())).await;
        }
        items
    })
}

fn threads<E: Executor>(items: u64) -> u64 {
    let (wakers, woken) = mpsc::channel::<Waker>();
    let waking = thread::spawn(move || woken.into_iter().for_each(Waker::wake));
    let sum = E::run(async |executor| {
        let spawned = |_| {
            let (mut left, wakers) = (items / 100, wakers.clone());
            executor.spawn(async move {
                poll_fn(|context| {
                    if left == 0 {
                        return Poll::Ready(());
                    }
                    left -= 1;
                    wakers.send(context.waker().clone()).map_or(Poll::Ready(()), |()| Poll::Pending)
                })
                .await;
                items / 100
            })
        };
        let mut sum = 0;
        for task in (0..100).map(spawned).collect::<Vec<_>>() {
            sum += E::join(task).await;
        }
        sum
    });
    drop(wakers);
    waking.join().expect("waking does not panic");
    sum
}

/// A task that never waits is the nearest that they have.
fn callbacks<E: Executor>(items: u64) -> u64 {
    E::run(async |executor| {
        let count = Rc::new(Cell::new(0));
        for batch in 1..=items / 100 {
            for _ in 0..100 {
                let count = count.clone();
                executor.detach(async move { count.set(count.get() + 1) });
            }
            while count.get() < 100 * batch {
                turn().await;
            }
        }
        count.get()
    })
}

fn cancel<E: Cancels>(items: u64) -> u64 {
    E::run(async |executor| {
        let tasks = (0..items).map(|_| executor.spawn(pending::<()>())).collect();
        turn().await;
        E::cancel(tasks).await
    })
}

fn idle<E: Executor>(items: u64) -> u64 {
    E::run(async |executor| {
        let mut tasks = Vec::with_capacity(items as usize);
        let before = allocations::alive();
        for _ in 0..items {
            tasks.push(executor.spawn(pending::<()>()));
        }
        turn().await;
        (allocations::alive() - before) as u64
    })
}
