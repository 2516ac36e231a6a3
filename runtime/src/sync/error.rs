//! What the primitives refuse.

use std::error::Error;
use std::fmt;

use crate::Exception;

/// The error of a primitive that was used out of place. It prints as the `RuntimeError` or `ValueError` of asyncio does.
///
/// ```
/// use coframe::sync::{Lock, SyncError};
///
/// let refused = Lock::new().release().unwrap_err();
/// assert_eq!(refused, SyncError::NotAcquired);
/// assert_eq!(refused.to_string(), "Lock is not acquired.");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncError {
    /// A lock was to be released that nobody holds.
    NotAcquired,
    /// A condition was to be waited for without its lock.
    WaitUnlocked,
    /// A condition was to be notified of without its lock.
    NotifyUnlocked,
    /// A bounded semaphore was to be released more often than acquired.
    ReleasedTooOften,
    /// A barrier was to be made for nobody.
    NoParties,
    /// More items of a queue were said to be done than were put into it.
    DoneTooOften,
    /// Somebody was to wait in another loop than the one that the primitive belongs to.
    OfAnotherLoop,
}

impl fmt::Display for SyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SyncError::NotAcquired => "Lock is not acquired.",
            SyncError::WaitUnlocked => "cannot wait on un-acquired lock",
            SyncError::NotifyUnlocked => "cannot notify on un-acquired lock",
            SyncError::ReleasedTooOften => "BoundedSemaphore released too many times",
            SyncError::NoParties => "parties must be > 0",
            SyncError::DoneTooOften => "task_done() called too many times",
            SyncError::OfAnotherLoop => "the primitive is bound to a different event loop",
        })
    }
}

impl Error for SyncError {}

/// What a wait at a [`Barrier`](super::Barrier) fails with that was aborted or reset: asyncio's `BrokenBarrierError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BrokenBarrier {
    /// It was aborted before the wait began.
    Aborted,
    /// It was aborted or reset during the wait.
    Interrupted,
}

impl fmt::Display for BrokenBarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BrokenBarrier::Aborted => "Barrier aborted",
            BrokenBarrier::Interrupted => "Abort or reset of barrier",
        })
    }
}

impl Error for BrokenBarrier {}

/// There is nothing in the queue: asyncio's `QueueEmpty`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueEmpty;

/// There is no room in the queue: asyncio's `QueueFull`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueFull;

/// The queue was shut down: asyncio's `QueueShutDown`, of Python 3.13.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueShutDown;

impl fmt::Display for QueueEmpty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is empty")
    }
}

impl fmt::Display for QueueFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is full")
    }
}

impl fmt::Display for QueueShutDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is shut down")
    }
}

impl Error for QueueEmpty {}
impl Error for QueueFull {}
impl Error for QueueShutDown {}

/// An item that a queue did not take, and why.
///
/// It becomes an [`Exception`] with [`QueueFull`] or [`QueueShutDown`] in it, by `?` and by `or_raise!`; the item is
/// dropped then. That is also why it is no [`Error`] itself.
///
/// ```
/// use coframe::Exception;
/// use coframe::sync::{PutError, Queue, QueueFull};
///
/// let queue = Queue::new(1);
/// queue.put_nowait("first")?;
/// let refused = queue.put_nowait("second").unwrap_err();
/// assert_eq!(refused, PutError::Full("second"));
/// assert!(Exception::from(refused).is::<QueueFull>());
/// # Ok::<(), Exception>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PutError<T> {
    /// There is no room.
    Full(T),
    /// The queue was shut down.
    ShutDown(T),
}

impl<T> PutError<T> {
    /// The item.
    pub fn into_item(self) -> T {
        match self {
            PutError::Full(item) | PutError::ShutDown(item) => item,
        }
    }
}

/// Without the item, which need not be `Debug`.
impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PutError::Full(_) => "Full(..)",
            PutError::ShutDown(_) => "ShutDown(..)",
        })
    }
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PutError::Full(_) => QueueFull.fmt(f),
            PutError::ShutDown(_) => QueueShutDown.fmt(f),
        }
    }
}

impl<T> From<PutError<T>> for Exception {
    fn from(refused: PutError<T>) -> Self {
        match refused {
            PutError::Full(_) => QueueFull.into(),
            PutError::ShutDown(_) => QueueShutDown.into(),
        }
    }
}
