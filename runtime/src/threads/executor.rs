//! Functions that run in a thread while tasks wait for them: asyncio's executor. The only file that names the crate
//! `blocking`.

use std::cell::RefCell;
use std::rc::Rc;

use super::ThreadPanicked;
use crate::context::Scope;
use crate::event_loop::{EventLoop, LoopError};
use crate::promise::{Awaited, Hook, Promise, State};
use crate::unraisable::contain;
use crate::{Cancelled, TaskOutput, or_raise, yield_from};

/// Runs a blocking function in a thread, and waits for what it gives: asyncio's `to_thread`.
///
/// It begins when it is first awaited, in a copy of the context that is current then. What it returns may be a `Result`,
/// as that of a task; see [`TaskOutput`].
///
/// ```
/// use coframe::{to_thread, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn program() -> u64 {
///     yield_from!(to_thread(|| (1..=10).product::<u64>())) // others run meanwhile
/// }
///
/// assert_eq!(coframe::run(program())?, 3_628_800);
/// assert!(coframe::run(to_thread(|| Ok(std::fs::read("no such file")?))).is_err());
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// What awaiting it gives or raises: the error of the function, [`ThreadPanicked`] if it panics, and
/// [`LoopError::NotRunning`] where no loop runs. For cancellation see
/// [`run_in_executor`](EventLoop::run_in_executor).
#[coframe_macros::coroutine(task, crate = crate)]
pub fn to_thread<F, R>(function: F) -> R::Value
where
    F: FnOnce() -> R + Send + 'static,
    R: TaskOutput<Value: Send> + 'static,
{
    let event_loop = or_raise!(EventLoop::running().ok_or(LoopError::NotRunning));
    yield_from!(event_loop.run_in_executor(function).take())
}

impl EventLoop {
    /// Runs a blocking function in a thread, from now on: asyncio's `loop.run_in_executor(None, …)`. The promise is
    /// settled when it is over. It runs in a copy of the current context, other than in asyncio, where only
    /// [`to_thread`] sees to that.
    ///
    /// Threads come from the pool of the crate [`blocking`](https://docs.rs/blocking), which the whole process shares:
    /// they are made when they are needed, at most 500 of them or as many as `BLOCKING_MAX_THREADS` says, and end when
    /// there is no work. So there is no `set_default_executor`: whoever has a pool of their own gives its threads a
    /// [`RemotePromise`](crate::RemotePromise).
    ///
    /// Cancelling the promise, or a task that waits for it, does not stop a function that runs: what it returns is dropped
    /// in the loop's thread. One that has not begun is dropped. A loop with a virtual clock lets no time pass while a
    /// function runs, unless its promise was cancelled; so that a function which waits for the loop's time to pass waits
    /// forever there.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// let (one, two) = (event_loop.run_in_executor(|| 20_u32), event_loop.run_in_executor(|| 22_u32)); // side by side
    /// assert_eq!(event_loop.run_until_complete(async move { Ok(one.await? + two.await?) })?, 42);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the promise fails with: the error of the function; [`ThreadPanicked`] if it panics; [`LoopError::Closed`] if
    /// the loop is closed, and [`LoopError::ExecutorShutDown`] after
    /// [`shutdown_default_executor`](EventLoop::shutdown_default_executor), and then the function is dropped.
    pub fn run_in_executor<R>(&self, function: impl FnOnce() -> R + Send + 'static) -> Promise<R::Value>
    where
        R: TaskOutput<Value: Send>,
    {
        let job = Rc::new(RefCell::new(None));
        let promise = Promise::hooked(self, OnThread(job.clone()));
        let joined = self.check_open().and_then(|()| self.crew().join().ok_or(LoopError::ExecutorShutDown));
        let working = match joined {
            Ok(working) => working,
            Err(refused) => {
                // It has no callbacks yet.
                _ = promise.settle(State::Failed(refused.into()));
                return promise;
            }
        };
        let (deposit, remote) = promise.keep_for_thread(true);
        let scope = Scope::copy_current();
        let thread = blocking::unblock(move || {
            // To the end, so that its result is there when all are over.
            let _working = working;
            let result = contain(move || {
                let _inside = scope.enter()?;
                function().into_result()
            });
            let state = result.map_or_else(|panic| State::Failed(ThreadPanicked::new(panic).into()), State::of);
            // A loop that is closed waits for nobody.
            _ = remote.settle(state);
        });
        job.replace(Some(Job { event_loop: self.clone(), deposit, thread: Some(thread) }));
        promise
    }

    /// Refuses functions for threads from now on, and waits for those of this loop that run, cancelled ones among them:
    /// asyncio's `loop.shutdown_default_executor`. [`run`](crate::run) and [`Runner`](crate::Runner) do it in the end. The
    /// pool itself stays, for others.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// static WRITTEN: AtomicBool = AtomicBool::new(false);
    ///
    /// let event_loop = EventLoop::new()?;
    /// drop(event_loop.run_in_executor(|| WRITTEN.store(true, Ordering::Release))); // nobody waits for it
    /// event_loop.run_until_complete(event_loop.shutdown_default_executor())?;
    /// assert!(WRITTEN.load(Ordering::Acquire));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn shutdown_default_executor(&self) -> Promise<()> {
        self.crew().shut();
        let promise = self.create_promise();
        if self.crew().is_idle() {
            // It has no callbacks yet.
            _ = promise.settle(State::Done(()));
        } else {
            self.crew().when_idle(promise.keep_for_thread(true).1);
        }
        promise
    }
}

/// What the promise of a function has of it.
struct OnThread(Rc<RefCell<Option<Job>>>);

struct Job {
    event_loop: EventLoop,
    deposit: Option<u64>,
    thread: Option<blocking::Task<()>>,
}

impl<T: 'static> Hook<T> for OnThread {
    fn cancel(&self, promise: &Promise<T>, cancelled: Cancelled) -> bool {
        let job = self.0.take();
        let taken = promise.settle(State::Cancelled(cancelled)).is_ok();
        if let Some(mut job) = job {
            // The loop no longer waits for it, and forgets the promise.
            let deposit = job.deposit.and_then(|id| job.event_loop.deposits().remove::<Promise<T>>(id));
            drop(deposit);
            // A function that has not begun is dropped, in a thread of the pool.
            drop(job.thread.take());
        }
        taken
    }

    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        Vec::new()
    }

    fn kind(&self) -> &'static str {
        "thread"
    }
}

/// Nobody holds the promise; the function runs all the same.
impl Drop for Job {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.detach();
        }
    }
}
