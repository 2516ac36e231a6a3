//! A task of which the type of the value is known: a promise, and what is to fulfil it.

use std::cell::Cell;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::core::Awaits;
use super::flags::Flags;
use super::output::Driven;
use super::step::step;
use super::waker::OwnWaker;
use super::{AnyTask, Core, Registration, cancel, current};
use crate::event_loop::{EventLoop, LoopError, Origin, Report, Runnable};
use crate::promise::{Awaited, Inner, Promise, Settle, State};
use crate::{CallbackId, Cancelled, Exception, PromiseError};

type Driving<T> = Pin<Box<dyn Driven<T>>>;

pub(super) struct TaskInner<T: 'static> {
    promise: Inner<T>,
    core: Core,
    /// `None` while it runs, and when it is over.
    future: Cell<Option<Driving<T>>>,
}

/// A future that runs, out of its place. It is put back when it waits, and by a panic.
struct Lent<'a, T> {
    future: Option<Driving<T>>,
    place: &'a Cell<Option<Driving<T>>>,
}

impl<T> Drop for Lent<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.place.set(self.future.take());
    }
}

impl<T: 'static> TaskInner<T> {
    pub(super) fn new(event_loop: Option<EventLoop>, core: Core, future: Driving<T>) -> Self {
        TaskInner { promise: Inner::new(event_loop), core, future: Cell::new(Some(future)) }
    }

    pub(super) fn event_loop_of(&self) -> Option<&EventLoop> {
        self.promise.event_loop()
    }

    /// Makes the loop its owner.
    pub(super) fn register(self: &Rc<Self>) -> Result<(), LoopError> {
        let event_loop = self.promise.event_loop().ok_or(LoopError::NotRunning)?;
        event_loop.check_open()?;
        let key = event_loop.tasks().insert(self.clone());
        self.core.key.set(Some(key));
        let waker = event_loop.tasks().spare_waker().unwrap_or_else(|| OwnWaker::new(event_loop.inbox()));
        waker.name(key, self.core.id);
        _ = self.core.waker.set(waker);
        Ok(())
    }

    pub(super) fn discard_future(&self) {
        let future = self.future.take();
        drop(future);
    }

    /// The end.
    pub(super) fn finish_by(self: &Rc<Self>, result: Result<T, Exception>) {
        self.core.flags.set(Flags::OVER, true);
        self.forget();
        self.core.forget_awaited();
        // Nothing but a closed loop can be in the way, which calls nobody.
        _ = Promise::of(self.clone()).settle(State::of(result));
    }

    /// Takes it from its owner.
    fn forget(&self) {
        if let (Some(key), Some(event_loop)) = (self.core.key.take(), self.promise.event_loop()) {
            let owned = event_loop.tasks().remove(key);
            drop(owned);
        }
    }
}

impl<T: 'static> AnyTask for TaskInner<T> {
    #[inline]
    fn core(&self) -> &Core {
        &self.core
    }

    fn poll_future(self: Rc<Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut lent = Lent { future: self.future.take(), place: &self.future };
        let Some(future) = &mut lent.future else { return Poll::Pending };
        let Poll::Ready(result) = future.as_mut().poll_result(context) else { return Poll::Pending };
        // The future is dropped first: it is over before others hear that it is.
        let not_taken = current::polled(Poll::Ready(())).not_taken;
        let too_late = if not_taken.is_none() { self.core.take_must_cancel() } else { None };
        drop(lent.future.take());
        match (not_taken, too_late) {
            (Some(cancellation), _) => self.finish_by(Err(cancellation)),
            // "Task is cancelled right before coro stops."
            (None, Some(cancelled)) if result.is_ok() => self.finish_by(Err(Exception::Cancelled(cancelled))),
            (None, _) => self.finish_by(result),
        }
        Poll::Ready(())
    }

    fn fail(self: Rc<Self>, exception: Exception) {
        self.discard_future();
        self.finish_by(Err(exception));
    }

    #[cold]
    fn has_panicked(self: Rc<Self>) {
        self.core.end_step();
        if !self.promise.done() {
            self.finish_by(Err(PromiseError::Panicked.into()));
            // Whoever runs the loop has the panic itself.
            _ = self.promise.failure();
        }
        self.discard_future();
    }

    fn destroy(self: Rc<Self>) {
        self.core.key.set(None);
        if self.promise.done() {
            return;
        }
        {
            let _entered = current::enter(self.clone(), self.core.waker());
            let _inside = self.core.scope.enter();
            self.discard_future();
        }
        if let Some(event_loop) = self.promise.event_loop() {
            let report = Report::new("Task was destroyed but it is pending!");
            event_loop.call_exception_handler(report.from(Origin::Task(self.core.name())));
        }
        // Who waits for it under another executor hears of it. That was the report.
        self.finish_by(Err(LoopError::Closed.into()));
        _ = self.promise.failure();
    }
}

impl<T: 'static> Runnable for TaskInner<T> {
    fn run(self: Rc<Self>) -> Result<(), Exception> {
        self.core.flags.set(Flags::SCHEDULED, false);
        step(&(self as Rc<dyn AnyTask>));
        Ok(())
    }

    /// What it runs is dropped by [`destroy`](AnyTask::destroy).
    fn discard(&self) {}

    fn label(&self) -> String {
        format!("<task {}>", self.core.name())
    }

    fn scheduled_at(&self) -> &'static Location<'static> {
        self.core.made_at
    }
}

impl<T: 'static> Awaited for TaskInner<T> {
    fn event_loop(&self) -> Option<&EventLoop> {
        self.promise.event_loop()
    }

    fn done(&self) -> bool {
        self.promise.done()
    }

    fn cancel(self: Rc<Self>, cancelled: Cancelled) -> bool {
        cancel::cancel(self, cancelled)
    }

    fn failure(&self) -> Option<Exception> {
        self.promise.failure()
    }

    fn cancellation(&self) -> Option<Cancelled> {
        self.promise.cancellation()
    }

    fn wake_when_done(&self, task: Rc<dyn AnyTask>, registration: Registration) {
        self.promise.wake_when_done(task, registration);
    }

    fn wake_waker_when_done(&self, waker: &Waker) {
        self.promise.wake_waker_when_done(waker);
    }

    fn call_when_done(self: Rc<Self>, callback: Box<dyn FnOnce()>) -> Result<CallbackId, Exception> {
        Promise::of(self).add_done_callback(|_| callback())
    }

    fn forget_callback(self: Rc<Self>, callback: CallbackId) {
        Promise::of(self).remove_done_callback(callback);
    }

    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        match self.core.awaits() {
            Awaits::Polled(awaited) | Awaits::Yielded(awaited) => vec![awaited],
            Awaits::Unknown | Awaits::Several => Vec::new(),
        }
    }

    fn kind(&self) -> &'static str {
        "task"
    }

    fn as_task(self: Rc<Self>) -> Option<Rc<dyn AnyTask>> {
        Some(self)
    }
}

impl<T: 'static> Settle<T> for TaskInner<T> {
    fn inner(&self) -> &Inner<T> {
        &self.promise
    }
}

impl<T: 'static> Drop for TaskInner<T> {
    fn drop(&mut self) {
        self.promise.report_unseen(|| Origin::Task(self.core.name()));
        if let (Some(waker), Some(event_loop)) = (self.core.waker.take(), self.promise.event_loop()) {
            event_loop.tasks().keep_waker(waker);
        }
    }
}
