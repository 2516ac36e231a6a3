//! A semaphore that counts no more permits than it had at first.

use std::fmt;

use super::{Semaphore, SemaphorePermit, SyncError};
use crate::{Awaitable, Generator, Machine};

/// A [`Semaphore`] that refuses to be released more often than it was acquired: asyncio's `BoundedSemaphore`.
///
/// ```
/// use coframe::sync::{BoundedSemaphore, SyncError};
///
/// let semaphore = BoundedSemaphore::new(2);
/// coframe::run({
///     let semaphore = semaphore.clone();
///     async move {
///         let _permit = semaphore.acquire().await?;
///         Ok(())
///     }
/// })?;
/// assert_eq!(semaphore.release(), Err(SyncError::ReleasedTooOften));
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone)]
pub struct BoundedSemaphore(Semaphore);

impl BoundedSemaphore {
    /// One with so many permits. No loop need run.
    #[must_use]
    pub fn new(permits: usize) -> Self {
        BoundedSemaphore(Semaphore::with_bound(permits, permits))
    }

    /// As [`Semaphore::acquire`].
    pub fn acquire(&self) -> Generator<impl Machine<Yield = Awaitable, Return = SemaphorePermit> + use<>> {
        self.0.acquire()
    }

    /// Puts a permit back, and wakes the next in line.
    ///
    /// # Errors
    ///
    /// [`SyncError::ReleasedTooOften`] if all permits are there.
    pub fn release(&self) -> Result<(), SyncError> {
        self.0.put_back()
    }

    /// As [`Semaphore::locked`].
    #[must_use]
    pub fn locked(&self) -> bool {
        self.0.locked()
    }
}

/// As in CPython: `<BoundedSemaphore [unlocked, value:1]>`.
impl fmt::Debug for BoundedSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<BoundedSemaphore [{}]>", self.0.describe())
    }
}
