//! A task of which the type of the value is known: a promise, and what is to fulfil it.

use std::any::type_name;
use std::future::Future;
use std::mem;
use std::panic::Location;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::core::NO_KEY;
use super::flags::Flags;
use super::in_place::{InPlace, Lent};
use super::step::{Lane, Step};
use super::{AnyTask, Core, Registration, TaskOutput, Value, cancel, current};
use crate::context::Scope;
use crate::event_loop::{EventLoop, LoopError, Origin, Report, Runnable};
use crate::promise::{Awaited, Inner, Promise, Reusable, Settle, State};
use crate::{CallbackId, Cancelled, Exception, PromiseError};

/// It stands in an `Rc` from the beginning, as [`InPlace`] asks for.
pub(super) struct TaskInner<F: Future<Output: TaskOutput> + 'static> {
    promise: Inner<Value<F>>,
    core: Core,
    /// Nothing any more when it is over.
    future: InPlace<F>,
}

impl<F: Future<Output: TaskOutput> + 'static> TaskInner<F> {
    /// In an allocation that was used before, if there is one.
    #[inline]
    pub(super) fn make(
        event_loop: Option<EventLoop>,
        id: u64,
        name: Option<Rc<str>>,
        scope: Option<Scope>,
        made_at: &'static Location<'static>,
        future: F,
    ) -> Rc<Self> {
        if let Some(mut used) = event_loop.as_ref().and_then(|event_loop| event_loop.reused().take::<Self>())
            && let Some(task) = Rc::get_mut(&mut used)
        {
            task.core.begin_again(id, name, scope, made_at);
            task.promise.set_event_loop(event_loop);
            task.future.refill(future);
            return used;
        }
        TaskInner::new(event_loop, Core::new(id, name, scope, made_at), future)
    }

    #[allow(unsafe_code)]
    fn new(event_loop: Option<EventLoop>, core: Core, future: F) -> Rc<Self> {
        // SAFETY: nobody has the task but in this `Rc`, of which nothing in this file takes it out; elsewhere its type is
        // not known any more. It is lent in `lend` only, by its own lending.
        let future = unsafe { InPlace::new(future) };
        Rc::new(TaskInner { promise: Inner::of_task(event_loop), core, future })
    }

    pub(super) fn event_loop_of(&self) -> Option<&EventLoop> {
        self.promise.event_loop()
    }

    /// Makes the loop its owner.
    pub(super) fn register(self: &Rc<Self>) -> Result<(), LoopError> {
        let event_loop = self.promise.event_loop().ok_or(LoopError::NotRunning)?;
        event_loop.check_open()?;
        self.core.key.set(event_loop.tasks().insert(self.clone()));
        Ok(())
    }

    #[inline]
    fn lend(&self) -> Option<Lent<'_, F>> {
        self.future.lend(&self.core.lending)
    }

    /// Takes note that it comes into the ready queue, where it has never been.
    #[inline]
    pub(super) fn is_scheduled_first(&self) {
        self.core.flags.set(Flags::SCHEDULED, true);
    }

    /// Not while it runs.
    pub(super) fn discard_future(&self) {
        if let Some(mut lent) = self.lend() {
            lent.clear();
        }
    }

    /// The end.
    #[inline]
    pub(super) fn finish_by(self: &Rc<Self>, state: impl FnOnce() -> State<Value<F>>) {
        self.forget();
        self.core.end();
        // Nothing but a closed loop can be in the way, which calls nobody.
        _ = Promise::settle_as(&self.promise, || Promise::of(self.clone()), state);
    }

    pub(super) fn fail(self: &Rc<Self>, exception: Exception) {
        self.discard_future();
        self.finish_by(|| State::of(Err(exception)));
    }

    /// Polls it. Whatever comes of that, it has been told. Whether it waits, and the step is over.
    #[inline]
    fn go_on(self: &Rc<Self>, step: &mut Step<'_, '_>) -> bool {
        let Some(mut lent) = self.lend() else {
            self.core.end_step();
            return false;
        };
        let poll = lent.future().map_or(Poll::Pending, |future| future.poll(&mut Context::from_waker(step.waker())));
        match poll {
            Poll::Pending => {
                drop(lent);
                match step.suspend() {
                    None => true,
                    Some(not_taken) => {
                        self.fail(not_taken);
                        false
                    }
                }
            }
            Poll::Ready(output) => {
                match output.into_result() {
                    Ok(value) => self.has_given(value, lent),
                    Err(exception) => self.has_raised(exception, lent),
                }
                false
            }
        }
    }

    /// The end of what it runs.
    #[inline(never)]
    fn has_given(self: &Rc<Self>, value: Value<F>, lent: Lent<'_, F>) {
        match self.end_of_future(lent) {
            (None, None) => self.finish_by(|| State::Done(value)),
            (Some(cancellation), _) => self.finish_by(|| State::of(Err(cancellation))),
            // "Task is cancelled right before coro stops."
            (None, Some(cancelled)) => self.finish_by(|| State::Cancelled(cancelled)),
        }
    }

    /// The same where it has failed.
    #[inline(never)]
    fn has_raised(self: &Rc<Self>, exception: Exception, lent: Lent<'_, F>) {
        let (not_taken, _) = self.end_of_future(lent);
        self.finish_by(|| State::of(Err(not_taken.unwrap_or(exception))));
    }

    /// A cancellation that was to be raised in it, or that it was to be told of. The future is dropped: it is over before
    /// others hear that it is.
    #[inline]
    fn end_of_future(&self, mut lent: Lent<'_, F>) -> (Option<Exception>, Option<Cancelled>) {
        let not_taken = current::not_taken();
        let too_late = if not_taken.is_none() { self.core.take_must_cancel() } else { None };
        lent.clear();
        (not_taken, too_late)
    }

    #[cold]
    fn has_panicked(self: &Rc<Self>) {
        self.core.end_step();
        if !self.promise.done() {
            self.finish_by(|| State::of(Err(PromiseError::Panicked.into())));
            // Whoever runs the loop has the panic itself.
            _ = self.promise.failure();
        }
        self.discard_future();
    }

    /// Takes it from its owner.
    fn forget(&self) {
        let key = self.core.key.replace(NO_KEY);
        if key != NO_KEY
            && let Some(event_loop) = self.promise.event_loop()
        {
            let owned = event_loop.tasks().remove(key);
            drop(owned);
        }
    }
}

/// A task that runs. If a panic ends the step, it has failed. Whether the thread panics does not tell: the loop may run in a
/// destructor.
struct Running<'a, F: Future<Output: TaskOutput> + 'static>(&'a Rc<TaskInner<F>>);

impl<F: Future<Output: TaskOutput> + 'static> Drop for Running<'_, F> {
    fn drop(&mut self) {
        self.0.has_panicked();
    }
}

impl<F: Future<Output: TaskOutput> + 'static> AnyTask for TaskInner<F> {
    #[inline]
    fn core(&self) -> &Core {
        &self.core
    }

    fn core_and_loop(&self) -> (&Core, Option<&EventLoop>) {
        (&self.core, self.promise.event_loop())
    }

    fn runs(&self) -> &'static str {
        type_name::<F>()
    }

    fn destroy(self: Rc<Self>) {
        self.core.key.set(NO_KEY);
        if self.promise.done() {
            return;
        }
        match self.promise.event_loop() {
            // Nothing is polled, but what is dropped may ask who is current.
            Some(event_loop) => Lane::with(event_loop, |mut lane| {
                let _step = Step::enter(self.clone(), &self.core, &mut lane);
                self.discard_future();
            }),
            None => self.discard_future(),
        }
        if let Some(event_loop) = self.promise.event_loop() {
            let report = Report::new("Task was destroyed but it is pending!");
            event_loop.call_exception_handler(report.from(Origin::Task(self.core.name())));
        }
        // Who waits for it under another executor hears of it. That was the report.
        self.finish_by(|| State::of(Err(LoopError::Closed.into())));
        _ = self.promise.failure();
    }
}

impl<F: Future<Output: TaskOutput> + 'static> Runnable for TaskInner<F> {
    fn run(self: Rc<Self>, lane: &mut Lane<'_>) {
        let running = Running(&self);
        if let Some(mut step) = Step::begin(self.clone(), &self.core, lane) {
            match step.hindrance() {
                None if self.go_on(&mut step) => mem::forget(step),
                None => {}
                Some(exception) => self.fail(exception),
            }
        }
        mem::forget(running);
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

impl<F: Future<Output: TaskOutput> + 'static> Awaited for TaskInner<F> {
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
        self.core.awaits().into_iter().collect()
    }

    fn kind(&self) -> &'static str {
        "task"
    }

    fn as_task(self: Rc<Self>) -> Option<Rc<dyn AnyTask>> {
        Some(self)
    }
}

impl<F: Future<Output: TaskOutput> + 'static> Settle<Value<F>> for TaskInner<F> {
    fn inner(&self) -> &Inner<Value<F>> {
        &self.promise
    }
}

impl<F: Future<Output: TaskOutput> + 'static> TaskInner<F> {
    /// Nobody has it any more.
    #[inline]
    fn is_left(&mut self) {
        let core = &self.core;
        self.promise.report_unseen(|| Origin::Task(core.name()));
        if let (Some(waker), Some(event_loop)) = (self.core.take_waker(), self.promise.event_loop()) {
            event_loop.tasks().keep_waker(waker);
        }
    }
}

impl<F: Future<Output: TaskOutput> + 'static> Reusable for TaskInner<F> {
    fn give_back(mut self: Rc<Self>) {
        let Some(task) = Rc::get_mut(&mut self) else { return };
        let has_room = task.promise.event_loop().is_some_and(|event_loop| event_loop.reused().has_room::<Self>());
        // One that is not over is dropped with its future.
        if !has_room || !task.promise.done() {
            return;
        }
        task.is_left();
        let event_loop = task.promise.renew();
        task.core.renew();
        if let Some(event_loop) = event_loop {
            event_loop.reused().keep(self);
        }
    }
}

impl<F: Future<Output: TaskOutput> + 'static> Drop for TaskInner<F> {
    fn drop(&mut self) {
        self.is_left();
    }
}
