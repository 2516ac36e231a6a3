//! The part of a promise that another thread may have.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::rc::Rc;

use super::{Promise, PromiseError, State};
use crate::Exception;
use crate::context::Scope;
use crate::event_loop::{EventLoop, LoopError, RemoteHandle};

/// What settles a [`Promise`] from another thread: [`Promise::remote`] gives it.
///
/// It is used once, and the promise is settled by way of the loop, which is woken if it sleeps: in Python
/// `loop.call_soon_threadsafe(future.set_result, value)`. If it is dropped unused, because its thread returned early or
/// panicked, the promise fails with [`PromiseError::Abandoned`], so that nobody waits forever.
///
/// A promise that was cancelled meanwhile stays cancelled, and the value is dropped in the loop's thread; if it is done in
/// another way, the loop's exception handler is told of [`PromiseError::AlreadyDone`].
///
/// While there is one, a loop with a virtual clock that has nothing else to do waits for it. It does not hold the clock:
/// timers go first.
///
/// Three tasks that each await what a thread will answer:
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use coframe::{Exception, Promise, RemotePromise, yield_from};
/// use std::thread;
/// use std::time::Duration;
///
/// fn answer(promise: RemotePromise<u64>, n: u64) {
///     thread::sleep(Duration::from_millis(30 - 10 * n));
///     // Nobody is left to be told if the loop is closed.
///     _ = promise.set_result(n);
/// }
///
/// #[coframe::coroutine(task)]
/// fn ask(promise: Promise<u64>, n: u64) -> u64 {
///     let remote = promise.remote();
///     thread::spawn(move || answer(remote, n));
///     yield_from!(promise)
/// }
///
/// let event_loop = EventLoop::new()?;
/// let tasks: Vec<_> = (0..3).map(|n| event_loop.create_task(ask(event_loop.create_promise(), n))).collect();
/// let sum = event_loop.run_until_complete(async move {
///     let mut sum = 0;
///     for task in tasks {
///         sum += task.await?;
///     }
///     Ok(sum)
/// })?;
/// assert_eq!(sum, 3);
/// # Ok::<(), Exception>(())
/// ```
#[must_use = "the promise fails when it is dropped"]
pub struct RemotePromise<T: Send + 'static> {
    /// `None` once it was used, and where there is no loop.
    way: Option<Way>,
    value: PhantomData<fn(T)>,
}

/// Where the promise is.
struct Way {
    remote: RemoteHandle,
    id: u64,
}

impl<T: Send + 'static> Promise<T> {
    /// What another thread settles it with; see [`RemotePromise`] for an example.
    ///
    /// The loop keeps the promise until then. There may be several; the first one that is used settles it.
    pub fn remote(&self) -> RemotePromise<T> {
        self.keep_for_thread(false).1
    }

    /// As [`remote`](Promise::remote), with the number of the deposit. `None` if the loop is closed, or there is none.
    pub(crate) fn keep_for_thread(&self, holds_clock: bool) -> (Option<u64>, RemotePromise<T>) {
        let way = self.event_loop().map(|event_loop| {
            let remote = event_loop.remote();
            // A closed loop never frees what it is given, and tells the thread that it is closed.
            let id = if event_loop.is_closed() {
                0
            } else {
                event_loop.deposits().insert(Rc::new(self.clone()), holds_clock)
            };
            Way { remote, id }
        });
        (way.as_ref().map(|way| way.id), RemotePromise { way, value: PhantomData })
    }
}

impl<T: Send + 'static> RemotePromise<T> {
    /// Gives the promise its value.
    ///
    /// # Errors
    ///
    /// [`LoopError::Closed`] if the loop is closed or gone; the value is dropped. [`LoopError::NotRunning`] if it is that of
    /// a task which was spawned where no loop ran. [`LoopError::Io`] if the loop could not be woken; the promise is settled
    /// when it wakes for another reason.
    #[track_caller]
    pub fn set_result(self, value: T) -> Result<(), LoopError> {
        self.settle(State::Done(value))
    }

    /// Lets the promise fail: those who wait for it get a clone of `exception`.
    ///
    /// # Errors
    ///
    /// As [`set_result`](RemotePromise::set_result).
    #[track_caller]
    pub fn set_exception(self, exception: impl Into<Exception>) -> Result<(), LoopError> {
        self.settle(State::Failed(exception.into()))
    }

    #[track_caller]
    pub(crate) fn settle(mut self, state: State<T>) -> Result<(), LoopError> {
        let Way { remote, id } = self.way.take().ok_or(LoopError::NotRunning)?;
        remote.post(Scope::copy_current(), Location::caller(), move || match promise_of::<T>(id) {
            Some(promise) if !promise.cancelled() => promise.settle_by_hand(state),
            _ => Ok(()),
        })
    }
}

/// In the thread of the loop: the promise, if it was not cancelled by its maker or lost with the loop.
fn promise_of<T: 'static>(id: u64) -> Option<Promise<T>> {
    let promise = EventLoop::running()?.deposits().remove::<Promise<T>>(id)?;
    Some(Promise::clone(&promise))
}

impl<T: Send + 'static> Drop for RemotePromise<T> {
    fn drop(&mut self) {
        let Some(Way { remote, id }) = self.way.take() else { return };
        // If the loop is closed, nobody waits.
        _ = remote.post(Scope::copy_current(), Location::caller(), move || match promise_of::<T>(id) {
            Some(promise) if !promise.done() => promise.settle_by_hand(State::Failed(PromiseError::Abandoned.into())),
            _ => Ok(()),
        });
    }
}

impl<T: Send + 'static> fmt::Debug for RemotePromise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemotePromise").finish_non_exhaustive()
    }
}
