//! Those who wait for a promise: callbacks, in the order in which they were added, and futures.

use std::cell::Cell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{CallbackId, Promise};
use crate::Exception;
use crate::event_loop::{Outcome, Runnable};

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
    added_at: &'static Location<'static>,
}

impl<T, F> OnDone<T, F> {
    pub(super) fn new(function: F, added_at: &'static Location<'static>) -> Rc<Self> {
        Rc::new(OnDone { function: Cell::new(Some(function)), promise: Cell::new(None), added_at })
    }
}

impl<T, F: FnOnce(&Promise<T>) -> O, O: Outcome> Callback<T> for OnDone<T, F> {
    fn give(&self, promise: Promise<T>) {
        self.promise.set(Some(promise));
    }
}

impl<T, F: FnOnce(&Promise<T>) -> O, O: Outcome> Runnable for OnDone<T, F> {
    fn run(self: Rc<Self>) -> Result<(), Exception> {
        match (self.function.take(), self.promise.take()) {
            (Some(function), Some(promise)) => function(&promise).into_result(),
            _ => Ok(()),
        }
    }

    fn discard(&self) {
        drop(self.function.take());
        drop(self.promise.take());
    }

    fn scheduled_at(&self) -> &'static Location<'static> {
        self.added_at
    }
}

/// Empty once the promise is done.
pub(super) struct Waiting<T> {
    callbacks: Vec<(CallbackId, Rc<dyn Callback<T>>)>,
    wakers: Vec<Waker>,
    /// How many callbacks were ever added.
    count: u64,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Waiting { callbacks: Vec::new(), wakers: Vec::new(), count: 0 }
    }
}

impl<T> Waiting<T> {
    /// The name of the next callback.
    pub(super) fn name(&mut self) -> CallbackId {
        self.count += 1;
        CallbackId(self.count)
    }

    pub(super) fn add(&mut self, id: CallbackId, callback: Rc<dyn Callback<T>>) {
        self.callbacks.push((id, callback));
    }

    pub(super) fn remove(&mut self, id: CallbackId) -> Option<Rc<dyn Callback<T>>> {
        let index = self.callbacks.iter().position(|(other, _)| *other == id)?;
        Some(self.callbacks.remove(index).1)
    }

    /// All of them.
    pub(super) fn take(&mut self) -> (Vec<Rc<dyn Callback<T>>>, Vec<Waker>) {
        let callbacks = std::mem::take(&mut self.callbacks);
        (callbacks.into_iter().map(|(_, callback)| callback).collect(), std::mem::take(&mut self.wakers))
    }
}

/// A promise can be awaited under any executor, by as many as want to. Who awaits it sees what it failed with.
impl<T: Clone> Future for Promise<T> {
    type Output = Result<T, Exception>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.done() {
            return Poll::Ready(self.result());
        }
        let wakers = &mut self.0.waiting.borrow_mut().wakers;
        if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}
