//! What a promise refuses.

use std::fmt;

/// The error of a promise or a task that was asked for something out of place: asyncio's `InvalidStateError`, and what
/// it raises when a wrong thing is awaited.
///
/// ```
/// use coframe::PromiseError;
/// use coframe::event_loop::EventLoop;
///
/// let promise = EventLoop::new()?.create_promise::<u32>();
/// assert!(promise.result().unwrap_err().is::<PromiseError>());
/// promise.set_result(1)?;
/// assert_eq!(promise.set_result(2).unwrap_err().downcast_ref(), Some(&PromiseError::AlreadyDone));
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PromiseError {
    /// It is done or cancelled, and what it is cannot change.
    AlreadyDone,
    /// It was asked for its result or exception, and has none yet.
    NotReady,
    /// Its value was taken out of it.
    Taken,
    /// It was to be settled, but is a task: that gets its result from what it runs.
    IsATask,
    /// It is a task that panicked.
    Panicked,
    /// The other thread that was to settle it has dropped its [`RemotePromise`](crate::RemotePromise).
    Abandoned,
    /// A task was to wait for itself.
    AwaitsItself,
    /// A task was to wait for what belongs to another loop.
    OfAnotherLoop,
    /// The first of no promises was to be waited for.
    NothingToAwait,
}

impl fmt::Display for PromiseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PromiseError::AlreadyDone => "the promise is done already",
            PromiseError::NotReady => "the promise has no result yet",
            PromiseError::Taken => "the result of the promise was taken out of it",
            PromiseError::IsATask => "a task gets its result from what it runs",
            PromiseError::Panicked => "the task panicked",
            PromiseError::Abandoned => "the thread that was to settle the promise has dropped it",
            PromiseError::AwaitsItself => "a task cannot await itself",
            PromiseError::OfAnotherLoop => "a task cannot await what belongs to another event loop",
            PromiseError::NothingToAwait => "the set of tasks and promises is empty",
        })
    }
}

impl std::error::Error for PromiseError {}
