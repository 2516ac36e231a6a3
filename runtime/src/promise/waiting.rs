//! Those who wait for a promise, in the order in which they came.

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::Location;
use std::ptr;
use std::rc::Rc;
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

/// One who waits.
pub(super) enum Waiter<T> {
    /// A function, to be called by way of the loop.
    Callback(CallbackId, Rc<dyn Callback<T>>),
    /// A task of a loop, to be resumed by way of its loop.
    Task(Rc<dyn AnyTask>),
    /// A future that is polled by another executor, or through a waker of its own.
    Waker(Waker),
}

/// Those who came later.
pub(super) struct Others<T> {
    pub(super) waiters: Vec<Waiter<T>>,
    /// How many there may be before those are looked for that wait no longer.
    room: usize,
}

impl<T> Default for Others<T> {
    fn default() -> Self {
        Others { waiters: Vec::new(), room: 16 }
    }
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
            self.first.set(Some(Waiter::Task(task)));
            None
        } else {
            self.look_at_line(|line| line.register(task, registration))
        }
    }

    pub(super) fn has_waker(&self, waker: &Waker) -> bool {
        let is_it = |waiter: &Waiter<T>| matches!(waiter, Waiter::Waker(other) if is_same(other, waker));
        self.look_at_line(|line| line.all().any(is_it))
    }

    pub(super) fn remove(&self, id: CallbackId) -> Option<Waiter<T>> {
        self.look_at_line(|line| line.remove(id))
    }

    /// All of them: the first and the others.
    #[inline]
    pub(super) fn take_waiting(&self) -> (Option<Waiter<T>>, Option<Box<Others<T>>>) {
        if self.is_awaited.replace(false) { (self.first.take(), self.others.take()) } else { (None, None) }
    }

    /// They are not in their places meanwhile, in which no foreign code is called or dropped.
    #[cold]
    fn look_at_line<R>(&self, look: impl FnOnce(&mut Line<T>) -> R) -> R {
        let mut line = Line { first: self.first.take(), others: self.others.take() };
        let result = look(&mut line);
        self.is_awaited.set(line.first.is_some());
        self.first.set(line.first);
        self.others.set(line.others);
        result
    }
}

/// All who wait.
struct Line<T> {
    first: Option<Waiter<T>>,
    others: Option<Box<Others<T>>>,
}

impl<T> Line<T> {
    fn add(&mut self, waiter: Waiter<T>) {
        match self.first {
            None => self.first = Some(waiter),
            Some(_) => self.others.get_or_insert_default().waiters.push(waiter),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Waiter<T>> {
        self.first.iter().chain(self.others.iter().flat_map(|others| &others.waiters))
    }

    /// Adds one that is not the first, or may be there. Gives those who wait no longer.
    fn register(&mut self, task: Rc<dyn AnyTask>, registration: Registration) -> Option<Vec<Waiter<T>>> {
        let is_it = |waiter: &Waiter<T>| matches!(waiter, Waiter::Task(other) if ptr::addr_eq(Rc::as_ptr(other), Rc::as_ptr(&task)));
        match registration {
            Registration::Done => None,
            Registration::Unsure if self.all().any(is_it) => None,
            Registration::New | Registration::Unsure => {
                let is_full = self.others.as_ref().is_some_and(|others| others.waiters.len() + 1 >= others.room);
                let left = is_full.then(|| self.clear_up());
                self.add(Waiter::Task(task));
                left
            }
        }
    }

    /// A task that waits for several things leaves without a word. So a promise that outlives many of them, such as one
    /// that tells of a shutdown, would keep all of them, and one that comes again and again several times.
    fn clear_up(&mut self) -> Vec<Waiter<T>> {
        let mut seen = HashSet::new();
        let mut waits = |waiter: &Waiter<T>| match waiter {
            Waiter::Task(task) => !task.done() && seen.insert(Rc::as_ptr(task).cast::<()>()),
            Waiter::Callback(..) | Waiter::Waker(_) => true,
        };
        let (first, others) = (self.first.take(), self.others.take());
        let others = others.into_iter().flat_map(|others| others.waiters);
        let (stay, left): (Vec<_>, _) = first.into_iter().chain(others).partition(|waiter| waits(waiter));
        let room = 2 * stay.len().max(8);
        stay.into_iter().for_each(|waiter| self.add(waiter));
        self.others.get_or_insert_default().room = room;
        left
    }

    fn remove(&mut self, id: CallbackId) -> Option<Waiter<T>> {
        let is_it = |waiter: &Waiter<T>| matches!(waiter, Waiter::Callback(other, _) if *other == id);
        let index = self.all().position(is_it)?;
        let others = self.others.as_deref_mut().map(|others| &mut others.waiters).filter(|others| !others.is_empty());
        match (index.checked_sub(1), others) {
            (Some(index), Some(others)) => Some(others.remove(index)),
            (None, Some(others)) => self.first.replace(others.remove(0)),
            (_, None) => self.first.take(),
        }
    }
}
