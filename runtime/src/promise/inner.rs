//! What all kinds of promises have in common: plain ones, tasks, and those of combinators such as `gather`.
//!
//! Kinds differ in what cancelling them does, and in whom they wait for themselves. So a [`Promise`](super::Promise) is
//! a handle on a trait object: [`Settle`] where the type of the value is known, and [`Awaited`] where it is not.

use std::any::type_name;
use std::cell::Cell;
use std::mem;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::held::Reusable;
use super::waiting::{Callback, Waiter};
use super::{CallbackId, Promise, PromiseError};
use crate::event_loop::{EventLoop, LoopError, Origin, Report};
use crate::task::{AnyTask, Registration, current, wake, wake_in};
use crate::{Cancelled, Exception};

/// What can be done with a promise by those who do not know the type of its value.
pub(crate) trait Awaited: Reusable {
    /// `None` if it was made where no loop ran, and failed for that reason.
    fn event_loop(&self) -> Option<&EventLoop>;

    fn done(&self) -> bool;

    /// asyncio's `cancel()`. Returns whether the request was taken: a plain promise is cancelled then, a task will hear
    /// of it.
    fn cancel(self: Rc<Self>, cancelled: Cancelled) -> bool;

    /// What it failed with, or that it was cancelled. Whoever asks has seen it.
    fn failure(&self) -> Option<Exception>;

    /// Its cancellation, if it was cancelled. Whoever asks has not seen what else it failed with.
    fn cancellation(&self) -> Option<Cancelled>;

    /// Wakes the task when it is done, in the next pass; if it is done already, that is in the next pass too.
    fn wake_when_done(&self, task: Rc<dyn AnyTask>, registration: Registration);

    /// The same for whatever has a waker.
    fn wake_waker_when_done(&self, waker: &Waker);

    /// Has `callback` called when it is done; see [`Promise::add_done_callback`].
    fn call_when_done(self: Rc<Self>, callback: Box<dyn FnOnce()>) -> Result<CallbackId, Exception>;

    /// Removes such a callback.
    fn forget_callback(self: Rc<Self>, callback: CallbackId);

    /// Whom it waits for itself.
    fn awaits(&self) -> Vec<Rc<dyn Awaited>>;

    /// What it is, for the call graph.
    fn kind(&self) -> &'static str;

    /// The task that it is, if it is one.
    fn as_task(self: Rc<Self>) -> Option<Rc<dyn AnyTask>>;
}

/// [`Awaited`] with a value of a known type.
pub(crate) trait Settle<T>: Awaited {
    fn inner(&self) -> &Inner<T>;
}

/// The state of a promise. By itself it is a plain one.
///
/// Nothing in here is ever borrowed: what is looked at is taken out of its cell meanwhile.
pub(crate) struct Inner<T> {
    event_loop: Option<EventLoop>,
    /// `Taken` also while somebody looks at it.
    state: Cell<State<T>>,
    /// Most often one waits, for whom nothing is allocated.
    pub(super) line: Cell<Option<Waiter<T>>>,
    /// Whether anybody does.
    pub(super) is_awaited: Cell<bool>,
    /// Whether the state is, or was before it was taken, another one than `Pending`.
    done: Cell<bool>,
    /// Whether somebody has seen what it failed with.
    is_seen: Cell<bool>,
    /// Whether it is that of a task.
    is_task: bool,
    /// How many callbacks were ever added.
    pub(super) callbacks: Cell<u32>,
}

/// Changes from `Pending` to `Done`, `Failed` or `Cancelled`, and from `Done` to `Taken`.
pub(crate) enum State<T> {
    Pending,
    Done(T),
    /// It had a value, which somebody has taken out.
    Taken,
    Failed(Exception),
    Cancelled(Cancelled),
}

impl<T> State<T> {
    /// What the end of a coroutine makes of its promise.
    pub(crate) fn of(result: Result<T, Exception>) -> Self {
        match result {
            Ok(value) => State::Done(value),
            Err(Exception::Cancelled(cancelled)) => State::Cancelled(cancelled),
            Err(exception) => State::Failed(exception),
        }
    }
}

/// A state that somebody looks at. It comes back also where that panics.
struct Looked<'a, T> {
    state: State<T>,
    place: &'a Cell<State<T>>,
}

impl<T> Drop for Looked<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // What comes out is `Taken`: nobody changes the state of one that is done, and to look at one that is not is nobody
        // else's code.
        mem::forget(self.place.replace(mem::replace(&mut self.state, State::Taken)));
    }
}

impl<T> Inner<T> {
    pub(crate) fn new(event_loop: Option<EventLoop>) -> Self {
        Inner::made(event_loop, false)
    }

    pub(crate) fn of_task(event_loop: Option<EventLoop>) -> Self {
        Inner::made(event_loop, true)
    }

    fn made(event_loop: Option<EventLoop>, is_task: bool) -> Self {
        Inner {
            event_loop,
            state: Cell::new(State::Pending),
            line: Cell::new(None),
            is_awaited: Cell::new(false),
            done: Cell::new(false),
            is_seen: Cell::new(false),
            is_task,
            callbacks: Cell::new(0),
        }
    }

    /// Whether somebody who has a handle on it may set what comes of it.
    #[inline]
    pub(super) fn check_can_be_set(&self) -> Result<(), PromiseError> {
        if self.is_task {
            Err(PromiseError::IsATask)
        } else if self.done() {
            Err(PromiseError::AlreadyDone)
        } else {
            Ok(())
        }
    }

    pub(crate) fn event_loop(&self) -> Option<&EventLoop> {
        self.event_loop.as_ref()
    }

    #[inline]
    fn looked(&self) -> Looked<'_, T> {
        Looked { state: self.state.replace(State::Taken), place: &self.state }
    }

    /// Looks at its state. Whoever is called to clone the value finds that it was taken.
    #[inline]
    fn look<R>(&self, look: impl FnOnce(&State<T>) -> R) -> R {
        look(&self.looked().state)
    }

    #[inline]
    pub(crate) fn done(&self) -> bool {
        self.done.get()
    }

    pub(crate) fn cancelled(&self) -> bool {
        self.look(|state| matches!(state, State::Cancelled(_)))
    }

    pub(crate) fn cancellation(&self) -> Option<Cancelled> {
        self.look(|state| match state {
            // A gathering fails with the cancellation of its children, as in asyncio.
            State::Cancelled(cancelled) | State::Failed(Exception::Cancelled(cancelled)) => Some(cancelled.clone()),
            _ => None,
        })
    }

    pub(crate) fn failure(&self) -> Option<Exception> {
        self.look(|state| match state {
            State::Pending | State::Done(_) | State::Taken => None,
            State::Failed(exception) => {
                self.is_seen.set(true);
                Some(exception.clone())
            }
            State::Cancelled(cancelled) => Some(Exception::Cancelled(cancelled.clone())),
        })
    }

    /// Of one that is pending.
    #[inline(always)]
    pub(super) fn set_state(&self, state: State<T>) {
        self.done.set(true);
        // `Pending` comes out, of which there is nothing to drop.
        mem::forget(self.state.replace(state));
    }

    /// `Err` if it has no value: what it failed with, or that it is too early, or too late.
    #[inline]
    pub(super) fn with_value<R>(&self, look: impl FnOnce(&T) -> R) -> Result<R, Exception> {
        // Looking may be cloning, which is foreign code: it finds that the value was taken.
        let looked = self.looked();
        if let State::Done(value) = &looked.state { Ok(look(value)) } else { Err(self.without_value(looked)) }
    }

    #[cold]
    fn without_value(&self, looked: Looked<'_, T>) -> Exception {
        match &looked.state {
            State::Pending => PromiseError::NotReady.into(),
            State::Done(_) | State::Taken => PromiseError::Taken.into(),
            State::Failed(exception) => {
                self.is_seen.set(true);
                exception.clone()
            }
            State::Cancelled(cancelled) => Exception::Cancelled(cancelled.clone()),
        }
    }

    pub(crate) fn take(&self) -> Result<T, Exception> {
        match self.state.replace(State::Taken) {
            State::Done(value) => Ok(value),
            state => {
                self.state.set(state);
                self.with_value(|_| ()).and(Err(PromiseError::Taken.into()))
            }
        }
    }

    /// For `{:?}`.
    pub(crate) fn describe(&self) -> String {
        // An exception is described where nobody looks at the state: that is foreign code.
        let described = self.look(|state| match state {
            State::Pending => Ok("pending"),
            State::Done(_) | State::Taken => Ok("done"),
            State::Failed(exception) => Err(exception.clone()),
            State::Cancelled(_) => Ok("cancelled"),
        });
        described.map_or_else(|exception| format!("failed: {exception}"), str::to_owned)
    }

    /// Python's "Future exception was never retrieved", for an owner that is being dropped. A cancellation that nobody saw is
    /// no failure: a plain future that waited for a `gather` was dropped before that was over.
    #[inline]
    pub(crate) fn report_unseen(&mut self, origin: impl FnOnce() -> Origin) {
        match self.state.get_mut() {
            State::Failed(exception) if !matches!(exception, Exception::Cancelled(_)) => self.report(origin()),
            _ => {}
        }
    }

    #[cold]
    #[inline(never)]
    fn report(&mut self, origin: Origin) {
        if self.is_seen.get() {
            return;
        }
        if let State::Failed(exception) = self.state.replace(State::Pending) {
            let message = match origin {
                Origin::Task(_) => "Task exception was never retrieved",
                _ => "Promise exception was never retrieved",
            };
            let report = Report::new(message).with_exception(exception).from(origin);
            match &self.event_loop {
                Some(event_loop) => event_loop.call_exception_handler(report),
                None => report.print(),
            }
        }
    }
}

impl<T: 'static> Inner<T> {
    /// A plain one.
    pub(super) fn made_in(event_loop: &EventLoop) -> Rc<Self> {
        if let Some(mut used) = event_loop.reused().take::<Self>()
            && let Some(inner) = Rc::get_mut(&mut used)
        {
            inner.event_loop = Some(event_loop.clone());
            return used;
        }
        Rc::new(Inner::new(Some(event_loop.clone())))
    }

    /// Makes it like new, but for its loop, which comes out.
    #[inline]
    pub(crate) fn renew(&mut self) -> Option<EventLoop> {
        self.done.set(false);
        self.is_seen.set(false);
        self.callbacks.set(0);
        if self.is_awaited.get() {
            drop(self.take_waiting());
        }
        drop(self.state.replace(State::Pending));
        self.event_loop.take()
    }

    /// A loop for one that has none.
    #[inline]
    pub(crate) fn set_event_loop(&mut self, event_loop: Option<EventLoop>) {
        self.event_loop = event_loop;
    }

    pub(crate) fn wake_when_done(&self, task: Rc<dyn AnyTask>, registration: Registration) {
        if self.done() {
            return wake(task);
        }
        let left = self.register(task, registration);
        drop(left);
    }

    pub(crate) fn wake_waker_when_done(&self, waker: &Waker) {
        if self.done() {
            waker.wake_by_ref();
        } else if !self.has_waker(waker) {
            // Cloning a waker may be foreign code.
            let waker = waker.clone();
            self.add(Waiter::Waker(waker));
        }
    }
}

impl<T: 'static> Awaited for Inner<T> {
    fn event_loop(&self) -> Option<&EventLoop> {
        self.event_loop.as_ref()
    }

    fn done(&self) -> bool {
        self.done()
    }

    fn cancel(self: Rc<Self>, cancelled: Cancelled) -> bool {
        Promise::of(self).settle(State::Cancelled(cancelled)).is_ok()
    }

    fn failure(&self) -> Option<Exception> {
        self.failure()
    }

    fn cancellation(&self) -> Option<Cancelled> {
        self.cancellation()
    }

    fn wake_when_done(&self, task: Rc<dyn AnyTask>, registration: Registration) {
        self.wake_when_done(task, registration);
    }

    fn wake_waker_when_done(&self, waker: &Waker) {
        self.wake_waker_when_done(waker);
    }

    fn call_when_done(self: Rc<Self>, callback: Box<dyn FnOnce()>) -> Result<CallbackId, Exception> {
        Promise::of(self).add_done_callback(|_| callback())
    }

    fn forget_callback(self: Rc<Self>, callback: CallbackId) {
        Promise::of(self).remove_done_callback(callback);
    }

    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        Vec::new()
    }

    fn kind(&self) -> &'static str {
        "promise"
    }

    fn as_task(self: Rc<Self>) -> Option<Rc<dyn AnyTask>> {
        None
    }
}

impl<T: 'static> Reusable for Inner<T> {
    fn give_back(mut self: Rc<Self>) {
        let Some(inner) = Rc::get_mut(&mut self) else { return };
        inner.report_unseen(|| Origin::Promise);
        if let Some(event_loop) = inner.renew() {
            event_loop.reused().keep(self);
        }
    }
}

impl<T: 'static> Settle<T> for Inner<T> {
    fn inner(&self) -> &Inner<T> {
        self
    }
}

impl<T> Drop for Inner<T> {
    #[inline]
    fn drop(&mut self) {
        self.report_unseen(|| Origin::Promise);
    }
}

/// What makes a promise differ from a plain one.
pub(crate) trait Hook<T: 'static> {
    /// Whether its promises are used again, and so have to be made like new.
    const IS_REUSED: bool = false;

    /// What cancelling it does, while it is pending.
    fn cancel(&self, promise: &Promise<T>, cancelled: Cancelled) -> bool {
        promise.settle(State::Cancelled(cancelled)).is_ok()
    }

    /// Whom it waits for.
    fn awaits(&self) -> Vec<Rc<dyn Awaited>>;

    /// Makes it like new.
    fn renew(&self) {}

    /// What it is, for the call graph: the name of the hook's type, unless that says nothing.
    fn kind(&self) -> &'static str {
        let path = type_name::<Self>().split('<').next().unwrap_or_default();
        path.rsplit("::").next().unwrap_or(path)
    }
}

/// A promise with a hook.
pub(crate) struct Hooked<T, H> {
    pub(super) inner: Inner<T>,
    pub(super) hook: H,
}

impl<T: 'static, H: Hook<T> + 'static> Awaited for Hooked<T, H> {
    fn event_loop(&self) -> Option<&EventLoop> {
        self.inner.event_loop()
    }

    fn done(&self) -> bool {
        self.inner.done()
    }

    fn cancel(self: Rc<Self>, cancelled: Cancelled) -> bool {
        !self.done() && self.hook.cancel(&Promise::of(self.clone()), cancelled)
    }

    fn failure(&self) -> Option<Exception> {
        self.inner.failure()
    }

    fn cancellation(&self) -> Option<Cancelled> {
        self.inner.cancellation()
    }

    fn wake_when_done(&self, task: Rc<dyn AnyTask>, registration: Registration) {
        self.inner.wake_when_done(task, registration);
    }

    fn wake_waker_when_done(&self, waker: &Waker) {
        self.inner.wake_waker_when_done(waker);
    }

    fn call_when_done(self: Rc<Self>, callback: Box<dyn FnOnce()>) -> Result<CallbackId, Exception> {
        Promise::of(self).add_done_callback(|_| callback())
    }

    fn forget_callback(self: Rc<Self>, callback: CallbackId) {
        Promise::of(self).remove_done_callback(callback);
    }

    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        self.hook.awaits()
    }

    fn kind(&self) -> &'static str {
        self.hook.kind()
    }

    fn as_task(self: Rc<Self>) -> Option<Rc<dyn AnyTask>> {
        None
    }
}

impl<T: 'static, H: Hook<T> + 'static> Reusable for Hooked<T, H> {
    fn give_back(mut self: Rc<Self>) {
        let Some(hooked) = Rc::get_mut(&mut self) else { return };
        let has_room = |event_loop: &EventLoop| event_loop.reused().has_room::<Self>();
        if !H::IS_REUSED || !hooked.inner.event_loop().is_some_and(has_room) {
            return;
        }
        hooked.hook.renew();
        hooked.inner.report_unseen(|| Origin::Promise);
        if let Some(event_loop) = hooked.inner.renew() {
            event_loop.reused().keep(self);
        }
    }
}

impl<T: 'static, H: Hook<T> + 'static> Settle<T> for Hooked<T, H> {
    fn inner(&self) -> &Inner<T> {
        &self.inner
    }
}

impl<T: 'static> Promise<T> {
    /// Changes its state once, and sees to it that all who wait hear of it.
    pub(crate) fn settle(&self, state: State<T>) -> Result<(), Exception> {
        Promise::settle_as(self.inner(), || self.clone(), || state)
    }

    /// The same for one whose kind is known.
    #[inline]
    pub(crate) fn settle_as(
        inner: &Inner<T>,
        promise: impl Fn() -> Promise<T>,
        state: impl FnOnce() -> State<T>,
    ) -> Result<(), Exception> {
        if inner.done() {
            return Err(PromiseError::AlreadyDone.into());
        }
        inner.set_state(state());
        Promise::tell(inner, promise)
    }

    /// The end of settling.
    #[inline]
    pub(super) fn tell(inner: &Inner<T>, promise: impl Fn() -> Promise<T>) -> Result<(), Exception> {
        match inner.take_waiting() {
            None => {}
            // Nobody but tasks of its own loop are let wait for it.
            Some(Waiter::Task(task)) if let Some(event_loop) = inner.event_loop() => wake_in(event_loop, task),
            Some(waiter) => return Promise::notify(&promise, waiter),
        }
        Ok(())
    }

    #[inline(never)]
    fn notify(promise: &impl Fn() -> Promise<T>, waiter: Waiter<T>) -> Result<(), Exception> {
        match waiter {
            Waiter::Several(several) => {
                // All hear of it, also those who come after one that cannot be told.
                let told = several.waiters.into_iter().map(|waiter| Promise::notify(promise, waiter));
                return told.fold(Ok(()), Result::and);
            }
            Waiter::Callback(_, callback) => return promise().schedule(callback),
            Waiter::Task(task) => wake(task),
            Waiter::Waker(waker) => waker.wake(),
        }
        Ok(())
    }

    pub(super) fn schedule(&self, callback: Rc<dyn Callback<T>>) -> Result<(), Exception> {
        let event_loop = self.inner().event_loop().ok_or(LoopError::NotRunning)?;
        callback.give(self.clone());
        event_loop.schedule(callback).map_err(Exception::from)
    }

    /// As [`poll_done`].
    pub(crate) fn poll_done(&self, context: &mut Context<'_>) -> Poll<Result<(), Exception>> {
        if self.done() { Poll::Ready(Ok(())) } else { poll_done(&self.awaited(), context) }
    }
}

/// Whether it is done, for a future that waits for it. If it is not, the one who polls is woken when it is; a task that
/// polls is known to wait for it, so that cancelling the task cancels it. `Err` where it cannot be waited for.
pub(crate) fn poll_done(awaited: &Rc<dyn Awaited>, context: &mut Context<'_>) -> Poll<Result<(), Exception>> {
    if awaited.done() {
        return Poll::Ready(Ok(()));
    }
    match current::task_polling(context) {
        Some(task) => current::wait_as(task, awaited)?,
        None => awaited.wake_waker_when_done(context.waker()),
    }
    Poll::Pending
}
