//! What a promise refuses.

use std::fmt;

/// The error of a promise that was asked for something out of place: asyncio's `InvalidStateError`.
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
}

impl fmt::Display for PromiseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PromiseError::AlreadyDone => "the promise is done already",
            PromiseError::NotReady => "the promise has no result yet",
        })
    }
}

impl std::error::Error for PromiseError {}
