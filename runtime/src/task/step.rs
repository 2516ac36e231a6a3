//! Running a task: one step, what a cancellation does in it, and the end.
//!
//! After CPython 3.13's `Task.__step` and `__wakeup`. A task stands in the ready queue at most once, and is
//! there if something that it waits for is done, if it gave up its turn, or if it is to be told of a cancellation.

use std::cell::Cell;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::core::Awaits;
use super::flags::Flags;
use super::output::Driven;
use super::waker::TaskWaker;
use super::{AnyTask, Core, Registration, cancel, current};
use crate::event_loop::{EventLoop, LoopError, Origin, Report, Runnable};
use crate::promise::{Awaited, Inner, Promise, Settle, State};
use crate::{CallbackId, Cancelled, Exception, PromiseError};

type Driving<T> = Pin<Box<dyn Driven<T>>>;

/// A task: a promise, and what is to fulfil it.
pub(super) struct TaskInner<T: 'static> {
    promise: Inner<T>,
    core: Core,
    /// `None` while it runs, and when it is over.
    future: Cell<Option<Driving<T>>>,
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
        _ = self.core.waker.set(TaskWaker::waker(event_loop.inbox(), key, self.core.id));
        Ok(())
    }

    /// Runs it until it waits again or is over.
    pub(super) fn step(self: &Rc<Self>) {
        let Some(future) = self.future.take() else { return };
        let mut step = Step { task: self, future: Some(future), ended: false };
        let in_coroutine = self.core.begin_step();
        let cancellation = step.cancellation(in_coroutine);
        // Otherwise there is no place where it could be raised: a plain future, or one that has not begun.
        let (raised, refused) = if in_coroutine { (cancellation, None) } else { (None, cancellation) };
        let _entered = current::enter(self.clone(), self.core.waker(), raised);
        match self.core.scope.enter() {
            Ok(_inside) => match refused {
                Some(cancellation) => step.finish(Err(cancellation)),
                None => step.run(),
            },
            Err(refused) => step.finish(Err(refused.into())),
        }
        step.ended = true;
    }

    pub(super) fn discard_future(&self) {
        let future = self.future.take();
        drop(future);
    }

    /// The end of one that nobody else has a handle on.
    pub(super) fn finish_by(self: &Rc<Self>, result: Result<T, Exception>) {
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

/// A task that runs. If a panic ends it, it has failed.
struct Step<'a, T: 'static> {
    task: &'a Rc<TaskInner<T>>,
    future: Option<Driving<T>>,
    /// `false` if a panic has ended the step. Whether the thread panics does not tell: the loop may run in a destructor.
    ended: bool,
}

impl<T: 'static> Step<'_, T> {
    fn run(&mut self) {
        let core = &self.task.core;
        let Some(future) = &mut self.future else { return };
        let context = &mut Context::from_waker(core.waker());
        let polled = current::poll_entered(|| future.as_mut().poll_result(context));
        core.flags.set(Flags::IN_COROUTINE, polled.in_coroutine);
        match (polled.poll, polled.not_taken) {
            (Poll::Pending, None) => self.suspend(),
            (Poll::Ready(result), None) => {
                let too_late = core.take_must_cancel();
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
        if let Some(cancelled) = core.take_must_cancel() {
            // One that is on its way already stays the same.
            return Some(core.awaited_cancellation().unwrap_or(Exception::Cancelled(cancelled)));
        }
        // A coroutine will see where it waits that what it waits for was cancelled on its behalf.
        if in_coroutine { None } else { core.passed_on() }
    }

    fn suspend(&mut self) {
        let core = &self.task.core;
        self.task.future.replace(self.future.take());
        core.end_step();
        // It has cancelled itself, or was cancelled by what it called.
        let Some(cancelled) = core.must_cancel() else { return };
        if cancel::pass_on(self.task.clone(), &cancelled) {
            core.take_must_cancel();
        } else {
            self.task.clone().wake();
        }
    }

    fn finish(&mut self, result: Result<T, Exception>) {
        // The future is dropped first: it is over before others hear that it is.
        drop(self.future.take());
        self.task.finish_by(result);
    }
}

impl<T: 'static> Drop for Step<'_, T> {
    fn drop(&mut self) {
        if !self.ended {
            self.task.core.end_step();
            if !self.task.promise.done() {
                self.task.finish_by(Err(PromiseError::Panicked.into()));
                // Whoever runs the loop has the panic itself.
                _ = self.task.promise.failure();
            }
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
        if self.core.is_scheduled() || self.promise.done() {
            return None;
        }
        self.core.flags.set(Flags::SCHEDULED, true);
        Some(self)
    }

    fn destroy(self: Rc<Self>) {
        self.core.key.set(None);
        if self.promise.done() {
            return;
        }
        {
            let _entered = current::enter(self.clone(), self.core.waker(), None);
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
        self.step();
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
    }
}
