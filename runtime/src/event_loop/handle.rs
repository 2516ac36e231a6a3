//! Scheduled callbacks: what the loop's queues hold, and the handles that cancel it.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use super::clock::Moment;
use super::function::Function;
use super::timers::{Cancelled, Standing};
use crate::Exception;
use crate::context::Scope;
use crate::task::Lane;

/// What can stand in the ready queue. Tasks are entries of their own, and so are put there without an allocation.
pub(crate) trait Runnable {
    /// Does what is to be done, once: called by the loop alone, on its thread, with nothing of the loop borrowed. An
    /// error is [reported](super::EventLoop::report_failed); a panic leaves the loop.
    fn run(self: Rc<Self>, lane: &mut Lane<'_>);

    /// Drops what is to be done, if it is still there: it was cancelled, or the loop is closed.
    fn discard(&self);

    /// What it ran in, for the handler of its error: called once, after that.
    fn failed_in(&self) -> Scope {
        Scope::copy_current()
    }

    /// What it is, for reports.
    fn label(&self) -> String {
        format!("callback scheduled at {}", self.scheduled_at())
    }

    /// The user's call that made the entry, for reports.
    fn scheduled_at(&self) -> &'static Location<'static>;
}

/// A function that is called at most once: it leaves its place when it is run, and when it is cancelled. So does what
/// it runs in, because to drop that is foreign code as well; after an error it stays for the handler.
pub(super) struct Callback {
    pub(super) standing: Standing,
    scheduled_at: Cell<&'static Location<'static>>,
    function: Cell<Option<Function>>,
    scope: Scope,
}

impl Callback {
    /// Without its function.
    pub(super) fn new(scheduled_at: &'static Location<'static>, scope: Scope) -> Self {
        Callback {
            standing: Standing::default(),
            scheduled_at: Cell::new(scheduled_at),
            function: Cell::new(None),
            scope,
        }
    }

    /// Makes another one of a callback that is over, of which nobody has a handle.
    #[inline]
    pub(super) fn renew(&self, scheduled_at: &'static Location<'static>, scope: Scope) {
        self.standing.renew();
        self.scheduled_at.set(scheduled_at);
        drop(self.scope.replace(scope));
    }

    /// Gives it its function, which is written where it stays.
    #[inline]
    pub(super) fn fill(&self, function: Function) {
        self.function.set(Some(function));
    }

    #[inline]
    pub(super) fn is_cancelled(&self) -> bool {
        self.standing.is_cancelled()
    }

    #[cold]
    #[inline(never)]
    fn call_in_scope(&self, function: Function) -> Result<(), Exception> {
        match self.scope.enter() {
            Ok(_inside) => function.call(),
            Err(refused) => {
                // It is gone before anybody hears of it.
                drop(function);
                Err(refused.into())
            }
        }
    }
}

impl Runnable for Callback {
    fn run(self: Rc<Self>, lane: &mut Lane<'_>) {
        let Some(function) = self.function.take() else { return };
        let result = match self.scope.enter_blank(lane.blank()) {
            Some(_inside) => function.call(),
            None => self.call_in_scope(function),
        };
        match result {
            Ok(()) => drop(self.scope.take()),
            Err(exception) => lane.event_loop().report_failed(&*self, exception),
        }
        lane.event_loop().keep_callback(self);
    }

    fn discard(&self) {
        // Both are out of their cells before one is dropped, which may panic.
        drop((self.function.take(), self.scope.take()));
    }

    fn failed_in(&self) -> Scope {
        self.scope.take()
    }

    fn scheduled_at(&self) -> &'static Location<'static> {
        self.scheduled_at.get()
    }
}

/// A callback that [`call_soon`](super::EventLoop::call_soon) scheduled: asyncio's `Handle`.
///
/// A clone is one more handle on the same callback. Dropping handles does not cancel it.
///
/// ```
/// use coframe::event_loop::EventLoop;
///
/// let event_loop = EventLoop::new()?;
/// let handle = event_loop.call_soon(|| unreachable!("it is cancelled") as ())?;
/// handle.cancel();
/// event_loop.run_once()?;
/// assert!(handle.cancelled());
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone)]
pub struct Handle(Rc<Callback>);

impl Handle {
    #[inline]
    pub(super) fn new(callback: Rc<Callback>) -> Self {
        Handle(callback)
    }

    /// Drops the callback with what it captured, if it has not run. Once is as good as twice, and after it has run
    /// it only says so.
    #[inline]
    pub fn cancel(&self) {
        self.0.standing.cancel();
        self.0.discard();
    }

    /// Whether [`cancel`](Handle::cancel) was called, in time or not.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({}", self.0.scheduled_at())?;
        f.write_str(if self.cancelled() { ", cancelled)" } else { ")" })
    }
}

/// A callback that [`call_later`](super::EventLoop::call_later) or [`call_at`](super::EventLoop::call_at) scheduled:
/// asyncio's `TimerHandle`.
///
/// A clone is one more handle on the same callback. Dropping handles does not cancel it.
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use std::time::Duration;
///
/// let event_loop = EventLoop::with_virtual_clock()?;
/// let timer = event_loop.call_later(1.5, || ())?;
/// assert_eq!(timer.when(), Duration::from_millis(1500));
/// timer.cancel();
/// assert!(timer.cancelled());
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone)]
pub struct TimerHandle {
    handle: Handle,
    when: Moment,
    /// The loop's count, which may outlive the loop.
    count: Rc<Cancelled>,
}

impl TimerHandle {
    #[inline]
    pub(super) fn new(callback: Rc<Callback>, when: Moment, count: Rc<Cancelled>) -> Self {
        TimerHandle { handle: Handle(callback), when, count }
    }

    /// As [`Handle::cancel`]: what the callback captured is dropped at once. The loop forgets the timer itself when its
    /// time comes, or earlier, with others: when they are more than half of more than 100.
    #[inline]
    pub fn cancel(&self) {
        self.count.cancel(&self.handle.0.standing);
        self.handle.0.discard();
    }

    /// Whether [`cancel`](TimerHandle::cancel) was called, in time or not.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.handle.cancelled()
    }

    /// The time of the loop at which the callback is due, as [`EventLoop::time`](super::EventLoop::time) says it;
    /// zero if a negative delay made it due before the loop was there.
    #[must_use]
    pub fn when(&self) -> Duration {
        self.when.since_epoch()
    }
}

impl fmt::Debug for TimerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimerHandle").field("when", &self.when()).field("handle", &self.handle).finish()
    }
}
