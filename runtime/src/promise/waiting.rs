//! Those who wait for a promise, in the order in which they came.

use std::cell::Cell;
use std::collections::HashSet;
use std::mem;
use std::panic::Location;
use std::ptr;
use std::rc::Rc;
use std::slice;
use std::task::Waker;

use super::inner::Inner;
use super::{CallbackId, Promise};
use crate::context::Scope;
use crate::event_loop::{Outcome, Runnable};
use crate::task::{AnyTask, Lane, Registration, is_same};

/// What is called when the promise is done. It is an entry of the loop's ready queue, so that nothing more is allocated
/// for it then.
pub(super) trait Callback<T>: Runnable {
    /// The promise that it is called with. It has none before: a promise would keep itself through its callbacks.
    fn give(&self, promise: Promise<T>);
}

/// A function that leaves its place when it is called, or dropped.
pub(super) struct OnDone<T, F> {
    function: Cell<Option<F>>,
    promise: Cell<Option<Promise<T>>>,
    /// The one in which the callback was added.
    scope: Cell<Scope>,
    added_at: &'static Location<'static>,
}

impl<T, F> OnDone<T, F> {
    pub(super) fn new(function: F, added_at: &'static Location<'static>) -> Rc<Self> {
        Rc::new(OnDone {
            function: Cell::new(Some(function)),
            promise: Cell::new(None),
            scope: Cell::new(Scope::copy_current()),
            added_at,
        })
    }
}

impl<T, F: FnOnce(&Promise<T>) -> O, O: Outcome> Callback<T> for OnDone<T, F> {
    fn give(&self, promise: Promise<T>) {
        self.promise.set(Some(promise));
    }
}

impl<T, F: FnOnce(&Promise<T>) -> O, O: Outcome> Runnable for OnDone<T, F> {
    fn run(self: Rc<Self>, lane: &mut Lane<'_>) {
        let (Some(function), Some(promise)) = (self.function.take(), self.promise.take()) else { return };
        let scope = self.scope.take();
        let result = match scope.enter() {
            Ok(_inside) => function(&promise).into_result(),
            Err(refused) => {
                // It is gone before anybody hears of it.
                drop(function);
                Err(refused.into())
            }
        };
        if let Err(exception) = result {
            self.scope.set(scope);
            lane.event_loop().report_failed(&*self, exception);
        }
    }

    fn discard(&self) {
        // All are out of their cells before one is dropped, which may panic.
        drop((self.function.take(), self.promise.take(), self.scope.take()));
    }

    fn failed_in(&self) -> Scope {
        self.scope.take()
    }

    fn scheduled_at(&self) -> &'static Location<'static> {
        self.added_at
    }
}

/// One who waits, or all.
pub(super) enum Waiter<T> {
    /// A function, to be called by way of the loop.
    Callback(CallbackId, Rc<dyn Callback<T>>),
    /// A task of a loop, to be resumed by way of its loop.
    Task(Rc<dyn AnyTask>),
    /// A future that is polled by another executor, or through a waker of its own.
    Waker(Waker),
    /// All of them, where there were more than one. There are no others inside.
    Several(Box<Several<T>>),
}

/// Those who wait.
pub(super) struct Several<T> {
    pub(super) waiters: Vec<Waiter<T>>,
    /// How many there may be before those are looked for that wait no longer.
    room: usize,
}

/// Who waits for it. Nobody, once it is done.
impl<T> Inner<T> {
    /// The name of the next callback.
    pub(super) fn name_callback(&self) -> CallbackId {
        self.callbacks.set(self.callbacks.get().wrapping_add(1));
        CallbackId(self.callbacks.get())
    }

    pub(super) fn add(&self, waiter: Waiter<T>) {
        self.look_at_line(|line| line.add(waiter));
    }

    /// Adds a task. Gives those who wait no longer, for the caller to drop.
    #[inline]
    pub(super) fn register(&self, task: Rc<dyn AnyTask>, registration: Registration) -> Option<Vec<Waiter<T>>> {
        if matches!(registration, Registration::New) && !self.is_awaited.get() {
            self.is_awaited.set(true);
            // Nothing comes out.
            mem::forget(self.line.replace(Some(Waiter::Task(task))));
            None
        } else {
            self.look_at_line(|line| line.register(task, registration))
        }
    }

    pub(super) fn has_waker(&self, waker: &Waker) -> bool {
        let is_it = |waiter: &Waiter<T>| matches!(waiter, Waiter::Waker(other) if is_same(other, waker));
        self.look_at_line(|line| line.all().iter().any(is_it))
    }

    pub(super) fn remove(&self, id: CallbackId) -> Option<Waiter<T>> {
        self.look_at_line(|line| line.remove(id))
    }

    /// All of them.
    #[inline]
    pub(super) fn take_waiting(&self) -> Option<Waiter<T>> {
        if self.is_awaited.replace(false) { self.line.take() } else { None }
    }

    /// They are not in their place meanwhile, in which no foreign code is called or dropped.
    #[cold]
    fn look_at_line<R>(&self, look: impl FnOnce(&mut Line<T>) -> R) -> R {
        let mut line = Line(self.line.take());
        let result = look(&mut line);
        self.is_awaited.set(line.0.is_some());
        self.line.set(line.0);
        result
    }
}

/// All who wait.
struct Line<T>(Option<Waiter<T>>);

impl<T> Line<T> {
    /// There is room for so many before anybody is looked for.
    const ROOM: usize = 16;

    fn add(&mut self, waiter: Waiter<T>) {
        self.0 = Some(match self.0.take() {
            None => waiter,
            Some(Waiter::Several(mut several)) => {
                several.waiters.push(waiter);
                Waiter::Several(several)
            }
            Some(first) => Waiter::Several(Box::new(Several { waiters: vec![first, waiter], room: Self::ROOM })),
        });
    }

    fn all(&self) -> &[Waiter<T>] {
        match &self.0 {
            None => &[],
            Some(Waiter::Several(several)) => &several.waiters,
            Some(one) => slice::from_ref(one),
        }
    }

    /// Adds one that is not the first, or may be there. Gives those who wait no longer.
    fn register(&mut self, task: Rc<dyn AnyTask>, registration: Registration) -> Option<Vec<Waiter<T>>> {
        let is_it = |waiter: &Waiter<T>| matches!(waiter, Waiter::Task(other) if ptr::addr_eq(Rc::as_ptr(other), Rc::as_ptr(&task)));
        match registration {
            Registration::Done => None,
            Registration::Unsure if self.all().iter().any(is_it) => None,
            Registration::New | Registration::Unsure => {
                let left = if let Some(Waiter::Several(several)) = &mut self.0 { several.clear_up() } else { None };
                self.add(Waiter::Task(task));
                left
            }
        }
    }

    fn remove(&mut self, id: CallbackId) -> Option<Waiter<T>> {
        let is_it = |waiter: &Waiter<T>| matches!(waiter, Waiter::Callback(other, _) if *other == id);
        let index = self.all().iter().position(is_it)?;
        let Some(Waiter::Several(several)) = &mut self.0 else { return self.0.take() };
        let removed = several.waiters.remove(index);
        if several.waiters.is_empty() {
            self.0 = None;
        }
        Some(removed)
    }
}

impl<T> Several<T> {
    /// A task that waits for several things leaves without a word. So a promise that outlives many of them, such as one
    /// that tells of a shutdown, would keep all of them, and one that comes again and again several times.
    ///
    /// `None` while there is room.
    fn clear_up(&mut self) -> Option<Vec<Waiter<T>>> {
        if self.waiters.len() < self.room {
            return None;
        }
        let mut seen = HashSet::new();
        let mut waits = |waiter: &Waiter<T>| match waiter {
            Waiter::Task(task) => !task.done() && seen.insert(Rc::as_ptr(task).cast::<()>()),
            Waiter::Callback(..) | Waiter::Waker(_) | Waiter::Several(_) => true,
        };
        let (stay, left) = mem::take(&mut self.waiters).into_iter().partition(|waiter| waits(waiter));
        self.waiters = stay;
        self.room = 2 * self.waiters.len().max(8);
        Some(left)
    }
}
