//! What a lock guards has changed.

use std::fmt;
use std::rc::Rc;

use super::waiters::{Home, Line, Place, Waiters};
use super::{Lock, LockGuard, SyncError};
use crate::{Awaitable, Exception, Generator, Machine, or_raise, raise, try_yield_from, yield_from};

/// A lock, and those who wait for what it guards to change: asyncio's `Condition`.
///
/// Whoever holds the lock waits with [`wait_for`](Condition::wait_for) until something is so; whoever makes it so, holding
/// the lock, calls [`notify`](Condition::notify).
///
/// ```
/// use coframe::sync::Condition;
/// use coframe::{or_raise, spawn, yield_from};
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// #[coframe::coroutine(task)]
/// fn consumer(stock_changed: Condition, stock: Rc<Cell<u32>>) -> u32 {
///     let _guard = yield_from!(stock_changed.acquire());
///     let seen = stock.clone();
///     yield_from!(stock_changed.wait_for(move || seen.get() >= 3));
///     stock.replace(0)
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> u32 {
///     let (stock_changed, stock) = (Condition::new(), Rc::new(Cell::new(0)));
///     let consumer = spawn(consumer(stock_changed.clone(), stock.clone()));
///     for _ in 0..3 {
///         let _guard = yield_from!(stock_changed.acquire());
///         stock.set(stock.get() + 1);
///         or_raise!(stock_changed.notify(1));
///     }
///     yield_from!(consumer)
/// }
///
/// assert_eq!(coframe::run(program())?, 3);
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Default)]
pub struct Condition(Rc<Inner>);

#[derive(Default)]
struct Inner {
    lock: Lock,
    line: Waiters,
    home: Home,
}

impl Condition {
    /// With a lock of its own. No loop need run.
    #[must_use]
    pub fn new() -> Self {
        Condition::default()
    }

    /// With this lock, which others may use as well: conditions too.
    #[must_use]
    pub fn with_lock(lock: Lock) -> Self {
        Condition(Rc::new(Inner { lock, ..Inner::default() }))
    }

    /// As [`Lock::acquire`].
    pub fn acquire(&self) -> Generator<impl Machine<Yield = Awaitable, Return = LockGuard> + use<>> {
        self.0.lock.acquire()
    }

    /// As [`Lock::release`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn release(&self) -> Result<(), SyncError> {
        self.0.lock.release()
    }

    /// As [`Lock::locked`].
    #[must_use]
    pub fn locked(&self) -> bool {
        self.0.lock.locked()
    }

    /// Releases the lock, waits until it is notified, and takes the lock again. The guard of the one who waits stays
    /// where it is: it holds nothing meanwhile, and holds the lock again after the wait.
    ///
    /// It may end without a reason, so that the caller looks again and waits again; [`wait_for`](Condition::wait_for)
    /// does.
    ///
    /// # Cancellation
    ///
    /// A wait that is cancelled takes the lock again as well before the exception is raised, however long that takes; it
    /// passes the notification on. So code that catches the cancellation still holds the lock.
    ///
    /// ```
    /// use coframe::sync::Condition;
    /// use coframe::{Exception, raise, sleep, spawn, try_yield_from, yield_from};
    ///
    /// #[coframe::coroutine(task)]
    /// fn waiter(condition: Condition) -> bool {
    ///     let guard = yield_from!(condition.acquire());
    ///     match try_yield_from!(condition.wait()) {
    ///         Err(Exception::Cancelled(_)) => guard.holds(),
    ///         Err(other) => raise!(other),
    ///         Ok(()) => false,
    ///     }
    /// }
    ///
    /// #[coframe::coroutine(task)]
    /// fn program() -> bool {
    ///     let task = spawn(waiter(Condition::new()));
    ///     yield_from!(sleep(0.01));
    ///     task.cancel();
    ///     yield_from!(task)
    /// }
    ///
    /// assert!(coframe::run(program())?);
    /// # Ok::<(), Exception>(())
    /// ```
    ///
    /// One that is dropped or closed instead passes the notification on as well, but cannot wait for the lock: the guard
    /// does not hold it any more ([`LockGuard::holds`]). That concerns those who drop the wait and keep the guard, as in a
    /// `select!`.
    ///
    /// # Errors
    ///
    /// [`SyncError::WaitUnlocked`] if nobody holds the lock, [`SyncError::OfAnotherLoop`] if others waited in another
    /// loop before; the lock is as it was then.
    pub fn wait(&self) -> Generator<impl Machine<Yield = Awaitable, Return = ()> + use<>> {
        wait(self.clone())
    }

    /// Waits until `predicate` gives `true`. It is asked at once, and then whenever the condition is notified of, with the
    /// lock held.
    ///
    /// # Errors
    ///
    /// As [`wait`](Condition::wait), if it has to wait.
    pub fn wait_for<P: FnMut() -> bool>(
        &self,
        predicate: P,
    ) -> Generator<impl Machine<Yield = Awaitable, Return = ()> + use<P>> {
        wait_for(self.clone(), predicate)
    }

    /// Wakes as many as `n` of those who wait, in the order in which they came. Each goes on once it has the lock, so not
    /// before the caller releases it.
    ///
    /// # Errors
    ///
    /// [`SyncError::NotifyUnlocked`] if nobody holds the lock.
    pub fn notify(&self, n: usize) -> Result<(), SyncError> {
        if !self.locked() {
            return Err(SyncError::NotifyUnlocked);
        }
        self.notify_anyway(n);
        Ok(())
    }

    /// Wakes all who wait.
    ///
    /// # Errors
    ///
    /// As [`notify`](Condition::notify).
    pub fn notify_all(&self) -> Result<(), SyncError> {
        self.notify(usize::MAX)
    }

    /// [`notify`](Condition::notify) for one that may hold the lock or not.
    pub(super) fn notify_anyway(&self, n: usize) {
        self.0.line.wake_many(n);
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
fn wait(condition: Condition) {
    if !condition.locked() {
        raise!(SyncError::WaitUnlocked);
    }
    let place = or_raise!(Place::join(condition.clone()));
    let hold = or_raise!(condition.0.lock.put_down());
    let mut passing_on = PassingOn(Some(condition.clone()));
    let notified = try_yield_from!(place.promise());
    drop(place);
    if matches!(&notified, Err(exit) if exit.is_exit()) {
        // Who is closed cannot wait for the lock.
        return or_raise!(notified);
    }
    // The lock must be taken again even if the wait is cancelled.
    let mut cancelled = Ok(());
    loop {
        match try_yield_from!(condition.0.lock.take_up(hold)) {
            Ok(guard) => {
                guard.forget();
                break;
            }
            Err(again @ Exception::Cancelled(_)) => cancelled = Err(again),
            Err(other) => raise!(other),
        }
    }
    // The last of several cancellations is the one that is raised.
    or_raise!(cancelled);
    or_raise!(notified);
    passing_on.0 = None;
}

#[coframe_macros::coroutine(task, crate = crate)]
fn wait_for<P: FnMut() -> bool>(condition: Condition, mut predicate: P) {
    while !predicate() {
        yield_from!(condition.wait());
    }
}

/// Whoever leaves a wait otherwise than by its end may have been notified: another one is, perhaps for no reason, which the
/// protocol allows.
struct PassingOn(Option<Condition>);

impl Drop for PassingOn {
    fn drop(&mut self) {
        if let Some(condition) = &self.0 {
            condition.notify_anyway(1);
        }
    }
}

impl Line for Condition {
    fn home(&self) -> &Home {
        &self.0.home
    }

    fn waiters(&self) -> &Waiters {
        &self.0.line
    }

    /// See [`PassingOn`].
    fn left(&self, _: bool) {}
}

/// As in CPython: `<Condition [unlocked, waiters:2]>`.
impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Condition [{}{}]>", if self.locked() { "locked" } else { "unlocked" }, self.0.line)
    }
}
