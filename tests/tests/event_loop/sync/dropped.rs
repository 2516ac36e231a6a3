//! Waits that are dropped: by a `select!`, by another executor, with a plain future. Each counts as cancelled: nothing that
//! it was woken for is lost, nothing stays locked, nobody waits behind a hole.
//!
//! Everything here is polled by hand. No loop runs, except where it is said; so these are tests of other executors, too.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use coframe::sync::{Barrier, BoundedSemaphore, Condition, Event, Lock, PriorityQueue, Queue, Semaphore};
use coframe::{Exception, sleep, spawn, yield_from};

use super::support::run;
use crate::support::Trace;

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

/// A future that is polled by hand.
struct Waiting<T> {
    future: Pin<Box<dyn Future<Output = Result<T, Exception>>>>,
    woken: Arc<Woken>,
}

/// Begins a wait that does not end at once.
#[track_caller]
fn wait<T>(future: impl IntoFuture<Output = Result<T, Exception>, IntoFuture: 'static>) -> Waiting<T> {
    let mut waiting = Waiting { future: Box::pin(future.into_future()), woken: Arc::default() };
    assert!(waiting.poll().is_none(), "it waits");
    waiting
}

/// A wait that ends at once.
#[track_caller]
fn now<T>(future: impl IntoFuture<Output = Result<T, Exception>, IntoFuture: 'static>) -> T {
    let mut waiting = Waiting { future: Box::pin(future.into_future()), woken: Arc::default() };
    waiting.poll().expect("it does not wait")
}

impl<T> Waiting<T> {
    #[track_caller]
    fn poll(&mut self) -> Option<T> {
        let waker = Waker::from(self.woken.clone());
        match self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => Some(result.unwrap()),
            Poll::Pending => None,
        }
    }

    fn woken(&self) -> bool {
        self.woken.0.load(Relaxed)
    }

    /// Goes on, as it was woken.
    #[track_caller]
    fn ends(mut self) -> T {
        assert!(self.woken());
        self.poll().expect("it was woken for a reason")
    }
}

#[test]
fn prm_01_a_dropped_waiter_of_a_lock() {
    let lock = Lock::new();
    let guard = now(lock.acquire());
    let (one, two, three) = (wait(lock.acquire()), wait(lock.acquire()), wait(lock.acquire()));
    drop(one);
    assert!(!two.woken());
    drop(guard);
    assert!(two.woken() && !three.woken());
    drop(two);
    let guard = three.ends();
    assert!(guard.holds());
    drop(guard);
    assert!(!lock.locked());
    // One that was woken and got the lock, but not looked at what it got.
    let guard = now(lock.acquire());
    let mut taken = wait(lock.acquire());
    drop(guard);
    let guard = taken.poll();
    assert!(lock.locked());
    drop((taken, guard));
    assert_eq!(format!("{lock:?}"), "<Lock [unlocked]>");
}

#[test]
fn prm_02_a_dropped_waiter_of_a_semaphore() {
    let semaphore = Semaphore::new(0);
    let waiting = [(); 5].map(|()| wait(semaphore.acquire()));
    let [one, two, three, four, five] = waiting;
    drop(one);
    semaphore.release();
    semaphore.release();
    assert!(two.woken() && three.woken() && !four.woken());
    drop(three);
    assert!(four.woken());
    drop(two);
    assert!(five.woken());
    let permits = (four.ends(), five.ends());
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [locked]>");
    drop(permits);
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [unlocked, value:2]>");
}

#[test]
fn prm_02_a_dropped_waiter_of_a_bounded_semaphore() {
    let semaphore = BoundedSemaphore::new(1);
    let permit = now(semaphore.acquire());
    let (one, two) = (wait(semaphore.acquire()), wait(semaphore.acquire()));
    drop(permit);
    drop(one);
    drop(two.ends());
    assert_eq!(format!("{semaphore:?}"), "<BoundedSemaphore [unlocked, value:1]>");
}

#[test]
fn prm_03_a_dropped_waiter_of_an_event() {
    let event = Event::new();
    let (one, two, three) = (wait(event.wait()), wait(event.wait()), wait(event.wait()));
    drop(one);
    event.set();
    event.clear();
    drop(two);
    three.ends();
    assert_eq!(format!("{event:?}"), "<Event [unset]>");
}

#[coframe::coroutine(task)]
fn waits(condition: Condition) -> bool {
    let guard = yield_from!(condition.acquire());
    yield_from!(condition.wait());
    guard.holds()
}

#[test]
fn prm_04_a_dropped_waiter_of_a_condition() {
    let condition = Condition::new();
    let [one, two, three] = [(); 3].map(|()| wait(waits(condition.clone())));
    drop(one);
    assert!(two.woken(), "the notification that it may have had is passed on, perhaps for no reason");
    let [four, five] = [(); 2].map(|()| wait(waits(condition.clone())));
    let guard = now(condition.acquire());
    condition.notify(1).unwrap();
    assert!(three.woken() && !four.woken());
    drop(three);
    assert!(four.woken() && !five.woken());
    drop(guard);
    assert!(two.ends());
    // Dropped while it waits for the lock again.
    let guard = now(condition.acquire());
    let mut four = four;
    assert!(four.poll().is_none());
    drop(four);
    assert!(five.woken());
    assert_eq!(format!("{condition:?}"), "<Condition [locked, waiters:1]>");
    drop(guard);
    assert!(five.ends());
    assert_eq!(format!("{condition:?}"), "<Condition [unlocked]>");
}

#[test]
fn prm_04_a_dropped_wait_leaves_its_guard_without_the_lock() {
    let condition = Condition::new();
    let guard = now(condition.acquire());
    let waiting = wait(condition.wait());
    assert!(!guard.holds() && !condition.locked());
    let other = now(condition.acquire());
    drop(waiting);
    assert!(!guard.holds() && other.holds());
    drop(guard);
    assert!(other.holds(), "it releases nothing that is another's");
}

#[test]
fn prm_05_a_dropped_waiter_of_a_barrier() {
    let barrier = Barrier::new(2).unwrap();
    drop(wait(barrier.wait()));
    assert_eq!(barrier.n_waiting(), 0);
    let one = wait(barrier.wait());
    assert_eq!(now(barrier.wait()), 1);
    assert!(one.woken());
    // The next ones wait for it to leave, which it does by being dropped.
    let next = wait(barrier.wait());
    drop(one);
    let mut next = next;
    assert!(next.woken() && next.poll().is_none());
    assert_eq!(barrier.n_waiting(), 1);
    assert_eq!(now(barrier.wait()), 1);
    assert_eq!(next.ends(), 0);
    assert_eq!(format!("{barrier:?}"), "<Barrier [filling, waiters:0/2]>");
}

#[test]
fn prm_06_a_dropped_getter() {
    let queue = PriorityQueue::new(0);
    let [one, two, three, four] = [(); 4].map(|()| wait(queue.get()));
    drop(one);
    queue.put_nowait(1).unwrap();
    queue.put_nowait(2).unwrap();
    assert!(two.woken() && three.woken() && !four.woken());
    drop(two);
    assert!(four.woken());
    assert_eq!((three.ends(), four.ends()), (1, 2));
    assert!(queue.empty());
}

#[test]
fn prm_06_a_dropped_putter() {
    let queue = Queue::new(1);
    queue.put_nowait(0).unwrap();
    let [one, two, three] = [1, 2, 3].map(|item| wait(queue.put(item)));
    drop(one);
    queue.get_nowait().unwrap();
    assert!(two.woken() && !three.woken());
    drop(two);
    three.ends();
    assert_eq!(queue.get_nowait().unwrap(), 3);
}

#[test]
fn prm_06_a_dropped_join() {
    let queue = Queue::new(0);
    queue.put_nowait(1).unwrap();
    let (one, two) = (wait(queue.join()), wait(queue.join()));
    drop(one);
    queue.task_done().unwrap();
    two.ends();
}

/// A wait that is part of a plain future is dropped when its task is cancelled.
#[coframe::coroutine(task)]
fn in_a_plain_future(trace: Trace) {
    let lock = Lock::new();
    let guard = yield_from!(lock.acquire());
    let parts = [(); 2].map(|()| {
        let (lock, trace) = (lock.clone(), trace.clone());
        spawn(async move {
            let (mut acquiring, mut sleeping) = (lock.acquire().into_future(), sleep(3600.0));
            // Two parts: there is no one place to raise a cancellation in.
            let guard = std::future::poll_fn(|context| match Pin::new(&mut acquiring).poll(context) {
                Poll::Ready(result) => Poll::Ready(result),
                Poll::Pending => Pin::new(&mut sleeping).poll(context).map(|_| unreachable!("not in an hour")),
            })
            .await?;
            assert!(guard.holds());
            trace.say("got it");
            Ok(())
        })
    });
    yield_from!(sleep(1.0));
    let [one, two] = parts;
    drop(guard);
    one.cancel();
    yield_from!(two);
    assert!(one.cancelled() && !lock.locked());
    assert_eq!(trace.line(), "got it");
}

#[test]
fn prm_01_a_cancelled_plain_future_passes_the_lock_on() {
    run(in_a_plain_future);
}

type Running = Pin<Box<dyn Future<Output = ()>>>;

/// An executor that knows nothing of coframe: it polls what was woken, in that order.
#[derive(Default)]
struct Executor {
    futures: RefCell<Vec<Option<Running>>>,
    woken: Arc<Mutex<VecDeque<usize>>>,
}

struct WakesOne(usize, Arc<Mutex<VecDeque<usize>>>);

impl Wake for WakesOne {
    fn wake(self: Arc<Self>) {
        self.1.lock().unwrap().push_back(self.0);
    }
}

impl Executor {
    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> usize {
        let mut futures = self.futures.borrow_mut();
        futures.push(Some(Box::pin(future)));
        self.woken.lock().unwrap().push_back(futures.len() - 1);
        futures.len() - 1
    }

    fn run(&self) {
        loop {
            let Some(id) = self.woken.lock().unwrap().pop_front() else { return };
            let Some(mut future) = self.futures.borrow_mut()[id].take() else { continue };
            let waker = Waker::from(Arc::new(WakesOne(id, self.woken.clone())));
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.futures.borrow_mut()[id] = Some(future);
            }
        }
    }

    fn abort(&self, id: usize) {
        let future = self.futures.borrow_mut()[id].take();
        drop(future);
    }
}

#[test]
fn another_executor_runs_them_in_order() {
    let (executor, trace) = (Executor::default(), Trace::default());
    let (queue, lock, sum) = (Queue::new(2), Lock::new(), Rc::new(Cell::new(0)));
    let consumers = [1, 2, 3].map(|name| {
        let (queue, lock, trace, sum) = (queue.clone(), lock.clone(), trace.clone(), sum.clone());
        executor.spawn(async move {
            while let Ok(n) = queue.get().await {
                let _guard = lock.acquire().await.unwrap();
                trace.say(format!("{name}:{n}"));
                sum.set(sum.get() + n);
                queue.task_done().unwrap();
            }
        })
    });
    executor.run();
    executor.abort(consumers[0]);
    let producing = queue.clone();
    executor.spawn(async move {
        for n in 1..=4 {
            producing.put(n).await.unwrap();
        }
        producing.join().await.unwrap();
        producing.shutdown(false);
    });
    executor.run();
    assert_eq!(sum.get(), 10);
    assert_eq!(
        trace.line(),
        "2:1 2:2 2:3 2:4",
        "as in asyncio: who gets without waiting is quicker than who was woken"
    );
    assert!(executor.futures.borrow().iter().all(Option::is_none), "all are over");
}
