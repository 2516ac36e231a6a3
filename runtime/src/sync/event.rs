//! Something that happens, for many to hear of.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::waiters::{Home, Line, Place, Waiters};
use crate::{Awaitable, Generator, Machine, or_raise, yield_from};

/// A flag that is waited for: asyncio's `Event`.
///
/// Setting it wakes all who wait, in the order in which they came, even if it is cleared at once.
///
/// ```
/// use coframe::sync::Event;
/// use coframe::{sleep, spawn, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn listener(event: Event) -> &'static str {
///     yield_from!(event.wait());
///     "heard"
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> &'static str {
///     let event = Event::new();
///     let task = spawn(listener(event.clone()));
///     yield_from!(sleep(0.01));
///     event.set();
///     yield_from!(task)
/// }
///
/// assert_eq!(coframe::run(program())?, "heard");
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Default)]
pub struct Event(Rc<Inner>);

#[derive(Default)]
struct Inner {
    is_set: Cell<bool>,
    line: Waiters,
    home: Home,
}

impl Event {
    /// One that is not set. No loop need run.
    #[must_use]
    pub fn new() -> Self {
        Event::default()
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.is_set.get()
    }

    /// Sets it, and wakes all who wait. Until it is cleared, waits are over at once.
    pub fn set(&self) {
        if !self.0.is_set.replace(true) {
            self.0.line.wake_many(usize::MAX);
        }
    }

    /// Takes it back. Who was woken stays woken.
    pub fn clear(&self) {
        self.0.is_set.set(false);
    }

    /// Waits until it is set.
    ///
    /// # Errors
    ///
    /// [`SyncError::OfAnotherLoop`](super::SyncError::OfAnotherLoop) if it has to wait, in another loop than others did
    /// before.
    pub fn wait(&self) -> Generator<impl Machine<Yield = Awaitable, Return = ()> + use<>> {
        wait(self.clone())
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
fn wait(event: Event) {
    if event.is_set() {
        return;
    }
    let place = or_raise!(Place::join(event.clone()));
    yield_from!(place.promise());
    place.leave_served();
}

impl Line for Event {
    fn home(&self) -> &Home {
        &self.0.home
    }

    fn waiters(&self) -> &Waiters {
        &self.0.line
    }

    /// All have heard of it.
    fn left(&self, _: bool) {}
}

/// As in CPython: `<Event [unset, waiters:2]>`.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Event [{}{}]>", if self.is_set() { "set" } else { "unset" }, self.0.line)
    }
}
