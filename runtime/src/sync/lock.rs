//! Mutual exclusion.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::SyncError;
use super::waiters::{Home, Line, Place, Waiters};
use crate::{Awaitable, Generator, Machine, or_raise, yield_from};

/// One at a time, across waits: asyncio's `Lock`.
///
/// Who waits gets it in the order in which it came. A release hands it over: nobody who comes later gets in before the one
/// that was woken. It belongs to no task: one may acquire it and another release it.
///
/// [`acquire`](Lock::acquire) gives a [`LockGuard`], which releases when it is dropped: the end of its scope, an exception
/// and a cancellation all do that, as Python's `async with` does.
///
/// ```
/// use coframe::sync::Lock;
/// use coframe::{sleep, spawn, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn second(lock: Lock) -> &'static str {
///     let _guard = yield_from!(lock.acquire());
///     "second"
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> &'static str {
///     let lock = Lock::new();
///     let guard = yield_from!(lock.acquire());
///     let task = spawn(second(lock.clone()));
///     yield_from!(sleep(0.01));
///     assert!(!task.done());
///     drop(guard);
///     yield_from!(task)
/// }
///
/// assert_eq!(coframe::run(program())?, "second");
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Default)]
pub struct Lock(Rc<Inner>);

/// Free, or held by one acquisition. If it is free and somebody is in line, the first in line is woken.
#[derive(Default)]
struct Inner {
    holder: Cell<Option<Hold>>,
    /// How often it was acquired.
    count: Cell<u64>,
    line: Waiters,
    home: Home,
}

/// One acquisition. A guard releases only its own: not that of another after an explicit release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hold(u64);

impl Lock {
    /// A free one. No loop need run.
    #[must_use]
    pub fn new() -> Self {
        Lock::default()
    }

    /// Waits until the lock is free, and takes it. It is taken at once where it is free and nobody waits.
    ///
    /// # Errors
    ///
    /// [`SyncError::OfAnotherLoop`] if it has to wait, in another loop than others did before.
    pub fn acquire(&self) -> Generator<impl Machine<Yield = Awaitable, Return = LockGuard> + use<>> {
        acquire(self.clone(), None)
    }

    /// Releases the lock, whoever holds it, and wakes the first in line. A guard of that acquisition no longer holds it
    /// then, and will release nothing.
    ///
    /// ```
    /// use coframe::sync::Lock;
    ///
    /// let lock = Lock::new();
    /// let inner = lock.clone();
    /// coframe::run(async move {
    ///     inner.acquire().await?.forget(); // as `await lock.acquire()` does
    ///     Ok(())
    /// })?;
    /// assert!(lock.locked());
    /// lock.release()?;
    /// assert!(!lock.locked());
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SyncError::NotAcquired`] if nobody holds it.
    pub fn release(&self) -> Result<(), SyncError> {
        self.put_down().map(drop)
    }

    /// Whether somebody holds it. It is not held yet by one that was woken.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.0.holder.get().is_some()
    }

    /// [`release`](Lock::release) for one that will take it up again.
    pub(super) fn put_down(&self) -> Result<Hold, SyncError> {
        let hold = self.0.holder.take().ok_or(SyncError::NotAcquired)?;
        self.0.line.wake_first();
        Ok(hold)
    }

    /// [`acquire`](Lock::acquire) for one that has put it down, so that its guard holds again.
    pub(super) fn take_up(&self, hold: Hold) -> Generator<impl Machine<Yield = Awaitable, Return = LockGuard> + use<>> {
        acquire(self.clone(), Some(hold))
    }

    fn give(&self, hold: Option<Hold>) -> LockGuard {
        let hold = hold.unwrap_or_else(|| {
            self.0.count.set(self.0.count.get() + 1);
            Hold(self.0.count.get())
        });
        self.0.holder.set(Some(hold));
        LockGuard { lock: self.clone(), hold: Some(hold) }
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
fn acquire(lock: Lock, hold: Option<Hold>) -> LockGuard {
    if !lock.locked() && !lock.0.line.is_any_left() {
        return lock.give(hold);
    }
    let place = or_raise!(Place::join(lock.clone()));
    yield_from!(place.promise());
    let guard = lock.give(hold);
    place.leave_served();
    guard
}

impl Line for Lock {
    fn home(&self) -> &Home {
        &self.0.home
    }

    fn waiters(&self) -> &Waiters {
        &self.0.line
    }

    /// The invariant of the lock, whichever way somebody leaves: CPython's `if not self._locked: self._wake_up_first()`.
    fn left(&self, _: bool) {
        if !self.locked() {
            self.0.line.wake_first();
        }
    }
}

/// As in CPython: `<Lock [locked, waiters:2]>`.
impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Lock [{}{}]>", if self.locked() { "locked" } else { "unlocked" }, self.0.line)
    }
}

/// An acquisition of a [`Lock`], which ends when this is dropped.
///
/// While a [`Condition::wait`](super::Condition::wait) has released the lock, its guard holds nothing, and holds again
/// after it.
#[derive(Debug)]
#[must_use = "the lock is released when the guard is dropped; `forget` it to keep the lock"]
pub struct LockGuard {
    lock: Lock,
    hold: Option<Hold>,
}

impl LockGuard {
    /// Whether this holds the lock: not after [`Lock::release`], nor while a condition waits or after such a wait was
    /// dropped.
    ///
    /// ```
    /// use coframe::sync::Lock;
    ///
    /// coframe::run(async {
    ///     let lock = Lock::new();
    ///     let one = lock.acquire().await?;
    ///     lock.release()?;
    ///     let other = lock.acquire().await?;
    ///     assert!(!one.holds() && other.holds());
    ///     drop(one); // releases nothing: the lock is another's now
    ///     assert!(lock.locked());
    ///     Ok(())
    /// })?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn holds(&self) -> bool {
        self.hold.is_some() && self.lock.0.holder.get() == self.hold
    }

    /// Gives up the guard and not the lock, which stays locked until [`Lock::release`].
    pub fn forget(mut self) {
        self.hold = None;
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        if self.holds() {
            // Refused only where nobody holds it.
            _ = self.lock.release();
        }
    }
}
