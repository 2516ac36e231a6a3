//! Running a task: one step, what a cancellation does, and the end.
//!
//! After CPython 3.13's `Task.__step`, `cancel` and `__wakeup`. A task stands in the ready queue at most once, and is
//! there if something that it waits for is done, if it gave up its turn, or if it is to be told of a cancellation.

use std::cell::RefCell;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::core::Awaits;
use super::output::Driven;
use super::waker::TaskWaker;
use super::{AnyTask, Core, Registration, current};
use crate::event_loop::{EventLoop, LoopError, Origin, Report, Runnable};
use crate::promise::{Awaited, Inner, Promise, Settle, State};
use crate::{CallbackId, Cancelled, Exception, PromiseError};

type Driving<T> = Pin<Box<dyn Driven<T>>>;

/// A task: a promise, and what is to fulfil it.
pub(super) struct TaskInner<T: 'static> {
    promise: Inner<T>,
    core: Core,
    /// `None` while it runs, and when it is over.
    future: RefCell<Option<Driving<T>>>,
}

impl<T: 'static> TaskInner<T> {
    pub(super) fn new(event_loop: Option<EventLoop>, core: Core, future: Driving<T>) -> Self {
        TaskInner { promise: Inner::new(event_loop), core, future: RefCell::new(Some(future)) }
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
        _ = self.core.waker.set(TaskWaker::waker(event_loop.inbox(), key, self.core.id));
        Ok(())
    }

    /// Runs it until it waits again or is over.
    pub(super) fn step(self: &Rc<Self>) {
        let Some(future) = self.future.take() else { return };
        let mut step = Step { task: self, future: Some(future) };
        let _entered = current::enter(self.clone());
        match self.core.scope.enter() {
            Ok(_inside) => step.run(),
            Err(refused) => step.finish(Err(refused.into())),
        }
    }

    pub(super) fn discard_future(&self) {
        let future = self.future.take();
        drop(future);
    }

    /// The end of one that nobody else has a handle on.
    pub(super) fn finish_by(self: &Rc<Self>, result: Result<T, Exception>) {
        self.forget();
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

/// A task that runs. If a panic ends it, it has failed.
struct Step<'a, T: 'static> {
    task: &'a Rc<TaskInner<T>>,
    future: Option<Driving<T>>,
}

impl<T: 'static> Step<'_, T> {
    fn run(&mut self) {
        let core = &self.task.core;
        let in_coroutine = core.in_coroutine.take();
        core.begin_step();
        let raised = match self.cancellation(in_coroutine) {
            // There is no place where it could be raised: a plain future, or one that has not begun.
            Some(cancellation) if !in_coroutine => return self.finish(Err(cancellation)),
            raised => raised,
        };
        let Some(future) = &mut self.future else { return };
        let polled = current::poll_raising(raised, |context| future.as_mut().poll_result(context));
        core.in_coroutine.set(polled.in_coroutine);
        match (polled.poll, polled.not_taken) {
            (Poll::Pending, None) => self.suspend(),
            (Poll::Ready(result), None) => {
                let too_late = core.must_cancel.take();
                self.finish(match too_late {
                    // "Task is cancelled right before coro stops."
                    Some(cancelled) if result.is_ok() => Err(Exception::Cancelled(cancelled)),
                    _ => result,
                });
            }
            (_, Some(cancellation)) => self.finish(Err(cancellation)),
        }
    }

    /// What the task is to be told of before it goes on.
    fn cancellation(&self, in_coroutine: bool) -> Option<Exception> {
        let core = &self.task.core;
        if let Some(cancelled) = core.must_cancel.take() {
            return Some(Exception::Cancelled(cancelled));
        }
        // What it waited for was cancelled on its behalf. A coroutine will see that where it waits.
        if !core.cancel_passed_on.get() || in_coroutine {
            return None;
        }
        match core.awaited() {
            Awaits::Polled(awaited) => awaited.failure().filter(|it| matches!(it, Exception::Cancelled(_))),
            _ => None,
        }
    }

    fn suspend(&mut self) {
        let core = &self.task.core;
        self.task.future.replace(self.future.take());
        core.end_step();
        // It has cancelled itself, or was cancelled by what it called.
        let Some(cancelled) = core.must_cancel.borrow().clone() else { return };
        match core.awaits() {
            Awaits::Polled(awaited) | Awaits::Yielded(awaited) if awaited.clone().cancel(cancelled.clone()) => {
                core.must_cancel.take();
                core.cancel_passed_on.set(true);
            }
            _ => self.task.clone().wake(),
        }
    }

    fn finish(&mut self, result: Result<T, Exception>) {
        // The future is dropped first: it is over before others hear that it is.
        drop(self.future.take());
        self.task.core.end_step();
        self.task.finish_by(result);
    }
}

impl<T: 'static> Drop for Step<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.task.promise.done() {
            self.task.core.end_step();
            self.task.finish_by(Err(PromiseError::Panicked.into()));
        }
    }
}

impl<T: 'static> AnyTask for TaskInner<T> {
    fn core(&self) -> &Core {
        &self.core
    }

    fn wake(self: Rc<Self>) {
        if let Some(event_loop) = self.promise.event_loop().cloned()
            && let Some(entry) = self.into_ready()
        {
            // A closed loop runs nobody.
            _ = event_loop.schedule(entry);
        }
    }

    fn into_ready(self: Rc<Self>) -> Option<Rc<dyn Runnable>> {
        if self.promise.done() || self.core.scheduled.replace(true) { None } else { Some(self) }
    }

    fn destroy(&self) {
        self.core.key.set(None);
        if self.promise.done() {
            return;
        }
        {
            let _inside = self.core.scope.enter();
            self.discard_future();
        }
        if let Some(event_loop) = self.promise.event_loop() {
            let report = Report::new("Task was destroyed but it is pending!");
            event_loop.call_exception_handler(report.from(Origin::Task(self.core.name())));
        }
    }
}

impl<T: 'static> Runnable for TaskInner<T> {
    fn run(self: Rc<Self>) -> Result<(), Exception> {
        self.core.scheduled.set(false);
        self.step();
        Ok(())
    }

    /// What it runs is dropped by [`destroy`](AnyTask::destroy).
    fn discard(&self) {}

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
        if self.promise.done() {
            return false;
        }
        let core = &self.core;
        core.cancelling.set(core.cancelling.get() + 1);
        if let Awaits::Polled(awaited) | Awaits::Yielded(awaited) = core.awaits()
            && awaited.cancel(cancelled.clone())
        {
            // It may refuse: what the task waits for stays the same until it is done.
            core.cancel_passed_on.set(true);
            return true;
        }
        core.must_cancel.replace(Some(cancelled));
        // While it runs this is seen at its end.
        if self.future.borrow().is_some() {
            self.wake();
        }
        true
    }

    fn failure(&self) -> Option<Exception> {
        self.promise.failure()
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
        self.promise.report_unseen(Origin::Task(self.core.name()));
    }
}
