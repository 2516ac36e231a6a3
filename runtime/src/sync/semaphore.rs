//! So many at a time.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::SyncError;
use super::waiters::{Home, Line, Place, Waiters};
use crate::{Awaitable, Generator, Machine, or_raise, yield_from};

/// So many at a time: asyncio's `Semaphore`.
///
/// It counts permits. Each acquisition takes one, and waits while there is none; each release puts one back, also without
/// an acquisition. Who waits is served in the order in which it came, before all who come later.
///
/// ```
/// use coframe::sync::Semaphore;
/// use coframe::{sleep, spawn, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn download(at_a_time: Semaphore) {
///     let _permit = yield_from!(at_a_time.acquire());
///     yield_from!(sleep(1.0));
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// let at_a_time = Semaphore::new(2);
/// let tasks: Vec<_> = (0..6).map(|_| event_loop.create_task(download(at_a_time.clone()))).collect();
/// for task in tasks {
///     event_loop.run_until_complete(task)?;
/// }
/// assert_eq!(event_loop.time().as_secs(), 3);
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone)]
pub struct Semaphore(Rc<Inner>);

/// Who is woken has its permit taken off `value` then. So while there is a permit and somebody waits, one before it was
/// woken or cancelled and has not run yet: when that one leaves the line, it wakes as many as there are permits for.
struct Inner {
    value: Cell<usize>,
    /// What releases cannot bring the value above.
    bound: usize,
    line: Waiters,
    home: Home,
}

impl Semaphore {
    /// One with so many permits. No loop need run.
    #[must_use]
    pub fn new(permits: usize) -> Self {
        Semaphore::with_bound(permits, usize::MAX)
    }

    pub(super) fn with_bound(permits: usize, bound: usize) -> Self {
        Semaphore(Rc::new(Inner { value: Cell::new(permits), bound, line: Waiters::default(), home: Home::default() }))
    }

    /// Waits until there is a permit, and takes it. It is taken at once where there is one and nobody waits.
    ///
    /// # Errors
    ///
    /// [`SyncError::OfAnotherLoop`] if it has to wait, in another loop than others did before.
    pub fn acquire(&self) -> Generator<impl Machine<Yield = Awaitable, Return = SemaphorePermit> + use<>> {
        acquire(self.clone())
    }

    /// Puts a permit back, or adds one, and wakes the next in line.
    ///
    /// ```
    /// use coframe::sync::Semaphore;
    ///
    /// let semaphore = Semaphore::new(0);
    /// semaphore.release();
    /// assert!(!semaphore.locked());
    /// ```
    pub fn release(&self) {
        // More permits than can be counted are as good as those.
        _ = self.put_back();
    }

    /// Whether an acquisition would have to wait.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.0.value.get() == 0 || self.0.line.is_any_left()
    }

    /// For `{:?}`.
    pub(super) fn describe(&self) -> String {
        if self.locked() {
            format!("locked{}", self.0.line)
        } else {
            format!("unlocked, value:{}{}", self.0.value.get(), self.0.line)
        }
    }

    pub(super) fn put_back(&self) -> Result<(), SyncError> {
        let value = self.0.value.get();
        if value >= self.0.bound {
            return Err(SyncError::ReleasedTooOften);
        }
        self.0.value.set(value + 1);
        self.wake_next();
        Ok(())
    }

    fn take_permit(&self) {
        self.0.value.set(self.0.value.get() - 1);
    }

    /// The permit is taken first: whoever is woken may look at the count.
    fn wake_next(&self) -> bool {
        self.take_permit();
        let woken = self.0.line.wake_next();
        if !woken {
            self.0.value.set(self.0.value.get() + 1);
        }
        woken
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
fn acquire(semaphore: Semaphore) -> SemaphorePermit {
    if !semaphore.locked() {
        semaphore.take_permit();
        return SemaphorePermit(Some(semaphore));
    }
    let place = or_raise!(Place::join(semaphore.clone()));
    yield_from!(place.promise());
    place.leave_served();
    SemaphorePermit(Some(semaphore))
}

impl Line for Semaphore {
    fn home(&self) -> &Home {
        &self.0.home
    }

    fn waiters(&self) -> &Waiters {
        &self.0.line
    }

    fn left(&self, woken: bool) {
        if woken {
            self.0.value.set(self.0.value.get() + 1);
        }
        // Some may have come while there were permits, and had to wait because they were not the first.
        while self.0.value.get() > 0 && self.wake_next() {}
    }
}

/// As in CPython: `<Semaphore [unlocked, value:1]>` or `<Semaphore [locked, waiters:2]>`.
impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Semaphore [{}]>", self.describe())
    }
}

/// A permit of a [`Semaphore`] or [`BoundedSemaphore`](super::BoundedSemaphore), which is put back when this is dropped.
#[derive(Debug)]
#[must_use = "the permit is put back when this is dropped; `forget` it to keep the permit"]
pub struct SemaphorePermit(Option<Semaphore>);

impl SemaphorePermit {
    /// Does not put the permit back. An explicit release may.
    pub fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for SemaphorePermit {
    fn drop(&mut self) {
        if let Some(semaphore) = &self.0 {
            // Refused only if it was put back already, by an explicit release.
            _ = semaphore.put_back();
        }
    }
}
