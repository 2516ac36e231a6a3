//! What an event loop refuses, and what keeps it from running.

use std::{error, fmt, io};

/// The error of an event loop that was asked for something out of place, or cannot go on.
///
/// Methods of the loop give it inside an [`Exception`](crate::Exception), where `is` and `downcast_ref` find it.
/// It prints as the `RuntimeError` of asyncio does, where there is one.
///
/// ```
/// use coframe::event_loop::{EventLoop, LoopError};
///
/// let event_loop = EventLoop::new()?;
/// event_loop.close()?;
/// let refused = event_loop.call_soon(|| ()).unwrap_err();
/// assert!(matches!(refused.downcast_ref(), Some(LoopError::Closed)));
/// assert_eq!(refused.to_string(), "Event loop is closed");
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum LoopError {
    /// The loop is closed: it neither runs nor takes callbacks.
    Closed,
    /// The loop was to be run while it runs.
    AlreadyRunning,
    /// The loop was to be run while another one runs in this thread.
    AnotherRunning,
    /// A [`run`](crate::run) or a [`Runner::run`](crate::Runner::run) was called where a loop runs.
    RunInsideLoop,
    /// There is no loop that runs in this thread.
    NotRunning,
    /// [`run_until_complete`](super::EventLoop::run_until_complete) was ended by a [`stop`](super::EventLoop::stop).
    Stopped,
    /// The loop was to be closed while it runs.
    CloseRunning,
    /// A loop with a virtual clock has nothing more to do: no callback is ready, none has a time that ever comes, and no
    /// [`RemoteHandle`](super::RemoteHandle) is left that could bring one. With a real clock it would wait forever.
    Deadlock,
    /// A function was given to a thread after the loop's
    /// [`shutdown_default_executor`](super::EventLoop::shutdown_default_executor).
    ExecutorShutDown,
    /// Somebody pressed Ctrl-C, and the main task was cancelled for it; see
    /// [`Runner::cancel_on_interrupt`](crate::Runner::cancel_on_interrupt). Python's `KeyboardInterrupt`.
    Interrupted,
    /// A delay or a time was [NaN](f64::NAN).
    NotANumber,
    /// The operating system refused what the loop waits with.
    Io(io::Error),
}

impl fmt::Display for LoopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LoopError::Closed => "Event loop is closed",
            LoopError::AlreadyRunning => "This event loop is already running",
            LoopError::AnotherRunning => "Cannot run the event loop while another loop is running",
            LoopError::RunInsideLoop => "run() cannot be called from a running event loop",
            LoopError::NotRunning => "no running event loop",
            LoopError::Stopped => "Event loop stopped before Future completed.",
            LoopError::CloseRunning => "Cannot close a running event loop",
            LoopError::Deadlock => "Event loop would wait forever: nothing is scheduled",
            LoopError::ExecutorShutDown => "Executor shutdown has been called",
            LoopError::Interrupted => "interrupted by the user",
            LoopError::NotANumber => "Invalid delay: NaN (not a number)",
            LoopError::Io(_) => "Event loop cannot wait for events",
        })
    }
}

impl error::Error for LoopError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            LoopError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for LoopError {
    fn from(error: io::Error) -> Self {
        LoopError::Io(error)
    }
}
