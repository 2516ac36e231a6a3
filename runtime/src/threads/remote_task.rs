//! A coroutine that another thread submits to a loop and waits for.
//!
//! The two threads share an [`Outcome`]. What completes it is a [`Completion`], which stays in the loop's thread, first
//! in a letter and then as a deposit of the loop: wherever it is dropped, the other thread hears of it.

use std::fmt;
use std::future::IntoFuture;
use std::mem;
use std::panic::Location;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::context::Scope;
use crate::event_loop::{EventLoop, LoopError, RemoteHandle};
use crate::{Cancelled, Exception, PromiseError, Task, TaskOutput, TimeoutError};

/// A coroutine that another thread has submitted to a loop: what [`run_coroutine_threadsafe`] gives, Python's
/// `concurrent.futures.Future`.
///
/// Dropping it does not cancel the coroutine. While there is one, a loop with a virtual clock that has nothing to do
/// waits and reports no [`Deadlock`](LoopError::Deadlock).
///
/// [`run_coroutine_threadsafe`]: RemoteHandle::run_coroutine_threadsafe
#[must_use = "the coroutine runs all the same; drop it explicitly if that is meant"]
pub struct RemoteTask<T> {
    outcome: Arc<Outcome<T>>,
    remote: RemoteHandle,
}

/// What the threads share. Nothing foreign is dropped, cloned or called while it is locked.
struct Outcome<T> {
    state: Mutex<State<T>>,
    is_there: Condvar,
}

enum State<T> {
    /// The number of its deposit, once there is a task.
    Pending(Option<u64>),
    /// Cancelled by the thread that waits.
    Cancelled(Cancelled),
    Done(Result<T, Exception>),
    /// It was given.
    Taken,
}

impl RemoteHandle {
    /// Runs a coroutine or a future in the loop's thread, and gives a handle to wait for it in this one: asyncio's
    /// `run_coroutine_threadsafe`.
    ///
    /// What is sent is a function that makes it, because a coroutine need not be `Send`. The task runs in a copy of the
    /// context that is current in the calling thread.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use coframe::{sleep, yield_from};
    /// use std::thread;
    ///
    /// #[coframe::coroutine(task)]
    /// fn double(n: u32) -> u32 {
    ///     yield_from!(sleep(0.01));
    ///     2 * n
    /// }
    ///
    /// let event_loop = EventLoop::new()?;
    /// let (remote, stop) = (event_loop.remote(), event_loop.remote());
    /// let worker = thread::spawn(move || {
    ///     let answer = remote.run_coroutine_threadsafe(|| double(21))?.result(None);
    ///     stop.call_soon_threadsafe(|| EventLoop::running().unwrap().stop())?;
    ///     answer
    /// });
    /// event_loop.run_forever()?;
    /// assert_eq!(worker.join().unwrap()?, 42);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call_soon_threadsafe`](RemoteHandle::call_soon_threadsafe).
    #[track_caller]
    pub fn run_coroutine_threadsafe<F>(
        &self,
        make: impl FnOnce() -> F + Send + 'static,
    ) -> Result<RemoteTask<<F::Output as TaskOutput>::Value>, LoopError>
    where
        F: IntoFuture<Output: TaskOutput<Value: Send>, IntoFuture: 'static>,
    {
        let outcome = Arc::new(Outcome { state: Mutex::new(State::Pending(None)), is_there: Condvar::new() });
        let completion = Completion { outcome: Arc::clone(&outcome), remote: self.clone() };
        self.post(Scope::copy_current(), Location::caller(), move || completion.begin(make))?;
        Ok(RemoteTask { outcome, remote: self.clone() })
    }
}

impl<T: Send + 'static> RemoteTask<T> {
    /// Blocks this thread until the coroutine is over or `timeout` has passed, and gives its value, which is moved out:
    /// the next call finds [`PromiseError::Taken`]. After a timeout it can be called again.
    ///
    /// # Errors
    ///
    /// - What the coroutine failed with, or [`Exception::Cancelled`] if it was cancelled from either side;
    /// - [`TimeoutError`] if it takes longer, real time;
    /// - [`LoopError::Closed`] if the loop was closed before;
    /// - [`LoopError::AlreadyRunning`] in the thread of the loop while it runs: it would wait for itself;
    /// - [`PromiseError::Abandoned`] if the function that was to make the coroutine has panicked.
    pub fn result(&self, timeout: Option<Duration>) -> Result<T, Exception> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.outcome.lock();
        while let State::Pending(_) = *state {
            if self.remote.is_to_running_loop() {
                return Err(LoopError::AlreadyRunning.into());
            }
            state = match deadline {
                None => self.outcome.is_there.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(TimeoutError.into());
                    }
                    self.outcome.is_there.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        match mem::replace(&mut *state, State::Taken) {
            State::Done(result) => result,
            State::Cancelled(cancelled) => {
                *state = State::Cancelled(cancelled.clone());
                Err(Exception::Cancelled(cancelled))
            }
            State::Taken | State::Pending(_) => Err(PromiseError::Taken.into()),
        }
    }

    /// Whether [`result`](RemoteTask::result) would not block.
    #[must_use]
    pub fn done(&self) -> bool {
        !self.outcome.is_pending()
    }

    /// Whether it was cancelled, from either side.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        matches!(*self.outcome.lock(), State::Cancelled(_) | State::Done(Err(Exception::Cancelled(_))))
    }

    /// Cancels it: it is cancelled at once for this thread, and the task in the loop hears of it, as of any
    /// [cancellation](crate::Task#cancellation). `false` if it was done already.
    ///
    /// A coroutine that was not made yet never is.
    #[track_caller]
    pub fn cancel(&self) -> bool {
        let cancelled = Cancelled::default();
        let id = {
            let mut state = self.outcome.lock();
            let State::Pending(id) = *state else { return false };
            *state = State::Cancelled(cancelled.clone());
            id
        };
        self.outcome.is_there.notify_all();
        if let Some(id) = id {
            // A closed loop has no task.
            _ = self.remote.post(Scope::copy_current(), Location::caller(), move || {
                let deposit = EventLoop::running().and_then(|it| it.deposits().get::<Running<T>>(id));
                if let Some(running) = deposit {
                    running.task.cancel_with(cancelled);
                }
            });
        }
        true
    }
}

impl<T> Outcome<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_pending(&self) -> bool {
        matches!(*self.lock(), State::Pending(_))
    }

    /// The first one to say how it ended is right.
    fn complete(&self, result: Result<T, Exception>) {
        let too_late = {
            let mut state = self.lock();
            match *state {
                State::Pending(_) => {
                    *state = State::Done(result);
                    None
                }
                _ => Some(result),
            }
        };
        drop(too_late);
        self.is_there.notify_all();
    }
}

/// Completes the outcome, at the latest when it is dropped.
struct Completion<T> {
    outcome: Arc<Outcome<T>>,
    remote: RemoteHandle,
}

/// What the loop keeps of a coroutine that runs.
struct Running<T: 'static> {
    task: Task<T>,
    completion: Completion<T>,
}

impl<T: Send + 'static> Completion<T> {
    /// Makes the task, in the thread of the loop.
    fn begin<F>(self, make: impl FnOnce() -> F) -> Result<(), Exception>
    where
        F: IntoFuture<Output: TaskOutput<Value = T>, IntoFuture: 'static>,
    {
        if !self.outcome.is_pending() {
            return Ok(()); // It was cancelled.
        }
        let event_loop = EventLoop::running().ok_or(LoopError::NotRunning)?;
        let task = event_loop.create_task(make());
        let outcome = Arc::clone(&self.outcome);
        let id = event_loop.deposits().insert(Rc::new(Running { task: task.clone(), completion: self }), false);
        let cancelled = {
            let mut state = outcome.lock();
            match &mut *state {
                State::Pending(known) => {
                    *known = Some(id);
                    None
                }
                State::Cancelled(cancelled) => Some(cancelled.clone()),
                State::Done(_) | State::Taken => None,
            }
        };
        if let Some(cancelled) = cancelled {
            task.cancel_with(cancelled);
        }
        task.add_done_callback(move |task| {
            if let Some(running) = event_loop.deposits().remove::<Running<T>>(id) {
                let outcome = &running.completion.outcome;
                // What a task fails with that was cancelled from there is left to be reported.
                if outcome.is_pending() {
                    outcome.complete(task.inner().take());
                }
            }
        })?;
        Ok(())
    }
}

impl<T> Drop for Completion<T> {
    fn drop(&mut self) {
        let reason = if self.remote.is_closed() { LoopError::Closed.into() } else { PromiseError::Abandoned.into() };
        self.outcome.complete(Err(reason));
    }
}

impl<T> fmt::Debug for RemoteTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.outcome.lock() {
            State::Pending(_) => "RemoteTask(pending)",
            State::Cancelled(_) => "RemoteTask(cancelled)",
            State::Done(_) | State::Taken => "RemoteTask(done)",
        })
    }
}
