//! What a promise refuses.

use std::fmt;

/// The error of a promise or a task that was asked for something out of place: asyncio's `InvalidStateError`, and what
/// it raises when a wrong thing is awaited. It prints as asyncio's do, without the tasks and promises that those show.
///
/// ```
/// use coframe::PromiseError;
/// use coframe::event_loop::EventLoop;
///
/// let promise = EventLoop::new()?.create_promise::<u32>();
/// assert_eq!(promise.result().unwrap_err().to_string(), "Result is not set.");
/// promise.set_result(1)?;
/// assert_eq!(promise.set_result(2).unwrap_err().downcast_ref(), Some(&PromiseError::AlreadyDone));
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PromiseError {
    /// It is done or cancelled, and what it is cannot change.
    AlreadyDone,
    /// It was asked for its result, and has none yet.
    NotReady,
    /// It was asked for its exception, and is not done yet.
    ExceptionNotReady,
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
            PromiseError::AlreadyDone => "invalid state",
            PromiseError::NotReady => "Result is not set.",
            PromiseError::ExceptionNotReady => "Exception is not set.",
            PromiseError::Taken => "the result of the promise was taken out of it",
            PromiseError::IsATask => "Task does not support set_result and set_exception operations",
            PromiseError::Panicked => "the task panicked",
            PromiseError::Abandoned => "the thread that was to settle the promise has dropped it",
            PromiseError::AwaitsItself => "Task cannot await on itself",
            PromiseError::OfAnotherLoop => "Task got Future attached to a different loop",
            PromiseError::NothingToAwait => "Set of Tasks/Futures is empty.",
        })
    }
}

impl std::error::Error for PromiseError {}
