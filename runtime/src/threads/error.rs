//! What becomes of a function that panics in a thread.

use std::fmt;

/// The error of a function that panicked in the thread it was given to by [`to_thread`](crate::to_thread) or
/// [`run_in_executor`](crate::event_loop::EventLoop::run_in_executor).
///
/// What Python raises there reaches the one who waits, who may catch it; so does this. The panic hook was called when it
/// happened.
///
/// ```
/// use coframe::{ThreadPanicked, to_thread};
///
/// let end = coframe::run(to_thread(|| -> u32 { panic!("out of ideas") })).unwrap_err();
/// assert_eq!(end.downcast_ref::<ThreadPanicked>().unwrap().message(), "out of ideas");
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadPanicked {
    message: String,
}

impl ThreadPanicked {
    pub(super) fn new(message: String) -> Self {
        ThreadPanicked { message }
    }

    /// What it panicked with, if that was a text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ThreadPanicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the function panicked in its thread: {}", self.message)
    }
}

impl std::error::Error for ThreadPanicked {}
