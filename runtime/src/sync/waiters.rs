//! Those who wait for a primitive, in line.
//!
//! Each has a promise, as each has a future in CPython. It is pending until the one who waits is woken or cancelled; and
//! it stays in line until the one who waits has heard of it, so that nobody overtakes it meanwhile.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use super::SyncError;
use crate::Promise;
use crate::event_loop::EventLoop;
use crate::promise::Inner;

/// The loop that a primitive belongs to, from the first wait in one on: CPython's `_LoopBoundMixin`.
#[derive(Default)]
pub(super) struct Home(OnceCell<EventLoop>);

impl Home {
    /// What somebody is to wait for. Where no loop runs it is a promise without one, which wakes by wakers alone.
    fn create_promise(&self) -> Result<Promise<()>, SyncError> {
        let running = EventLoop::running();
        if let Some(running) = &running
            && self.0.get_or_init(|| running.clone()) != running
        {
            return Err(SyncError::OfAnotherLoop);
        }
        Ok(Promise::of(Rc::new(Inner::new(running))))
    }
}

/// A line. Nothing in here stays borrowed while somebody is woken or a promise is dropped, which may be foreign code.
#[derive(Default)]
pub(super) struct Waiters {
    /// By the number of the place.
    promises: RefCell<BTreeMap<u64, Promise<()>>>,
    next_place: Cell<u64>,
}

impl Waiters {
    fn add(&self, promise: Promise<()>) -> u64 {
        let place = self.next_place.get();
        self.next_place.set(place + 1);
        self.promises.borrow_mut().insert(place, promise);
        place
    }

    fn remove(&self, place: u64) {
        let promise = self.promises.borrow_mut().remove(&place);
        drop(promise);
    }

    /// Whether somebody is in line who was not cancelled. Who was leaves at its next step.
    pub(super) fn is_any_left(&self) -> bool {
        self.promises.borrow().values().any(|promise| !promise.cancelled())
    }

    /// Wakes the first in line. If it was woken or cancelled already it will take its turn, or pass it on.
    pub(super) fn wake_first(&self) {
        let first = self.promises.borrow().values().next().cloned();
        if let Some(promise) = first {
            wake(&promise);
        }
    }

    /// Wakes the first who was neither woken nor cancelled. Returns whether there was one.
    pub(super) fn wake_next(&self) -> bool {
        let next = self.promises.borrow().values().find(|promise| !promise.done()).cloned();
        next.is_some_and(|promise| wake(&promise))
    }

    /// Wakes as many as that.
    pub(super) fn wake_many(&self, n: usize) {
        let promises: Vec<_> = self.promises.borrow().values().filter(|it| !it.done()).take(n).cloned().collect();
        for promise in promises {
            wake(&promise);
        }
    }

    /// Takes the first ones out of the line, up to one whom it wakes. Returns whether there was one.
    pub(super) fn release_next(&self) -> bool {
        loop {
            // Bound to a name, so that the line is not borrowed in the body.
            let first = self.promises.borrow_mut().pop_first();
            match first {
                None => return false,
                Some((_, promise)) if wake(&promise) => return true,
                Some(_) => {}
            }
        }
    }
}

/// Returns whether it was neither woken nor cancelled before.
fn wake(promise: &Promise<()>) -> bool {
    // Nothing but a closed loop can be in the way afterwards, which resumes nobody.
    !promise.done() && promise.set_result(()).is_ok()
}

/// `, waiters:2` for `{:?}`, as CPython has it; nothing if there are none.
impl fmt::Display for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.promises.borrow().len() {
            0 => Ok(()),
            n => write!(f, ", waiters:{n}"),
        }
    }
}

/// What one stands in line for.
pub(super) trait Line {
    fn home(&self) -> &Home;

    fn waiters(&self) -> &Waiters;

    /// Somebody has left the line. `woken` says that it was woken and did not use it: whatever that stood for is to be
    /// passed on.
    fn left(&self, woken: bool);
}

/// A place in line. It is a local of the coroutine that waits, so that it is left however the wait ends: by being
/// served, by an exception, or because the coroutine is dropped.
pub(super) struct Place<L: Line> {
    line: L,
    number: u64,
    promise: Promise<()>,
    served: bool,
}

impl<L: Line> Place<L> {
    /// The last place.
    pub(super) fn join(line: L) -> Result<Self, SyncError> {
        let promise = line.home().create_promise()?;
        let number = line.waiters().add(promise.clone());
        Ok(Place { line, number, promise, served: false })
    }

    /// What to wait for.
    pub(super) fn promise(&self) -> Promise<()> {
        self.promise.clone()
    }

    /// Leaves with what it waited for.
    pub(super) fn leave_served(mut self) {
        self.served = true;
    }
}

impl<L: Line> Drop for Place<L> {
    fn drop(&mut self) {
        self.line.waiters().remove(self.number);
        let woken = self.promise.done() && !self.promise.cancelled();
        self.line.left(woken && !self.served);
    }
}
