//! `wait`: until some of many are done.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::future::IntoFuture;
use std::rc::{Rc, Weak};

use super::Waitable;
use super::waitable::target;
use crate::event_loop::{Delay, EventLoop, LoopError, TimerHandle};
use crate::promise::{Awaited, Hook};
use crate::{
    Awaitable, BoxCoroutine, CallbackId, CoroutineFuture, Exception, Promise, PromiseError, or_raise, yield_from,
};

/// Waits until all of the tasks and promises are done, or the first of them, and tells the done from the pending:
/// asyncio's `wait`.
///
/// [`return_when`](Wait::return_when) says when it is over, and [`timeout`](Wait::timeout) after what time at the
/// latest, which is not an error. Both lists are in the order in which the tasks were given; one that was given twice is
/// there once. Nobody is cancelled, neither by the timeout nor when the one who waits is cancelled, and errors stay in
/// the tasks, for their results to be asked for.
///
/// ```
/// use coframe::{ReturnWhen, sleep, spawn, wait, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn after(delay: f64) -> f64 {
///     yield_from!(sleep(delay));
///     delay
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> f64 {
///     let tasks = [3.0, 1.0, 2.0].map(|delay| spawn(after(delay)));
///     let (done, pending) = yield_from!(wait(tasks).return_when(ReturnWhen::FirstCompleted).timeout(10));
///     for task in &pending {
///         task.cancel();
///     }
///     assert_eq!((done.len(), pending.len()), (1, 2));
///     coframe::or_raise!(done[0].result())
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert_eq!(event_loop.run_until_complete(program())?, 1.0);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// When it is awaited: [`PromiseError::NothingToAwait`] if there are none, [`PromiseError::OfAnotherLoop`] if one is of
/// another loop than runs, [`LoopError::NotRunning`] where none runs, [`LoopError::NotANumber`] if the timeout is NaN.
pub fn wait<W: Waitable>(tasks: impl IntoIterator<Item = W>) -> Wait<W> {
    let mut known = HashSet::new();
    let is_new = |task: &W| known.insert(Rc::as_ptr(&target(task)).cast::<()>());
    Wait { tasks: tasks.into_iter().filter(is_new).collect(), return_when: ReturnWhen::default(), timeout: None }
}

/// When [`wait`] is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReturnWhen {
    /// As soon as one is done.
    FirstCompleted,
    /// As soon as one has failed, or all are done. One that is cancelled has not failed.
    FirstException,
    /// When all are done.
    #[default]
    AllCompleted,
}

/// What [`wait`] gives, to be awaited: it gives those that are done and those that are pending.
#[must_use = "nobody waits until it is awaited"]
pub struct Wait<W> {
    tasks: Vec<W>,
    return_when: ReturnWhen,
    timeout: Option<Delay>,
}

impl<W: Waitable> Wait<W> {
    /// When it is over: asyncio's `return_when=`.
    pub fn return_when(self, return_when: ReturnWhen) -> Self {
        Wait { return_when, ..self }
    }

    /// How long it takes at most, from the moment at which it is awaited; in seconds if it is a number.
    pub fn timeout(self, timeout: impl Into<Delay>) -> Self {
        Wait { timeout: Some(timeout.into()), ..self }
    }
}

impl<W: Waitable + 'static> IntoFuture for Wait<W> {
    type Output = Result<(Vec<W>, Vec<W>), Exception>;
    type IntoFuture = CoroutineFuture<BoxCoroutine<'static, Awaitable, (Vec<W>, Vec<W>)>>;

    fn into_future(self) -> Self::IntoFuture {
        CoroutineFuture::new(Box::new(waiting(self)))
    }
}

impl<W> fmt::Debug for Wait<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("tasks", &self.tasks.len())
            .field("return_when", &self.return_when)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// CPython's `_wait`.
#[coframe_macros::coroutine(task, crate = crate)]
fn waiting<W: Waitable + 'static>(set: Wait<W>) -> (Vec<W>, Vec<W>) {
    let watch = or_raise!(Watch::new(&set));
    yield_from!(watch.waiter.clone());
    drop(watch);
    set.tasks.into_iter().partition(|task| target(task).done())
}

/// The callbacks and the timer of one wait, which are there as long as it is.
struct Watch {
    waiter: Promise<()>,
    timer: Option<TimerHandle>,
    callbacks: Vec<(Rc<dyn Awaited>, CallbackId)>,
}

impl Watch {
    fn new<W: Waitable>(set: &Wait<W>) -> Result<Self, Exception> {
        if set.tasks.is_empty() {
            return Err(PromiseError::NothingToAwait.into());
        }
        let event_loop = EventLoop::running().ok_or(LoopError::NotRunning)?;
        let awaited: Vec<_> = set.tasks.iter().map(target).collect();
        if awaited.iter().any(|it| it.event_loop().is_some_and(|other| *other != event_loop)) {
            return Err(PromiseError::OfAnotherLoop.into());
        }
        let waiter = Promise::hooked(&event_loop, AnyOf(awaited.iter().map(Rc::downgrade).collect()));
        let mut watch = Watch { waiter, timer: None, callbacks: Vec::with_capacity(awaited.len()) };
        if let Some(timeout) = set.timeout {
            let waiter = watch.waiter.clone();
            watch.timer = Some(event_loop.call_later(timeout, move || release(&waiter))?);
        }
        let left = Rc::new(Cell::new(awaited.len()));
        for it in awaited {
            let (left, waiter, return_when) = (left.clone(), watch.waiter.clone(), set.return_when);
            let one = Rc::downgrade(&it);
            let id = it.clone().call_when_done(Box::new(move || {
                left.set(left.get() - 1);
                let over = left.get() == 0
                    || match return_when {
                        ReturnWhen::FirstCompleted => true,
                        ReturnWhen::FirstException => one.upgrade().is_some_and(|one| has_failed(&*one)),
                        ReturnWhen::AllCompleted => false,
                    };
                if over {
                    release(&waiter);
                }
            }))?;
            watch.callbacks.push((it, id));
        }
        Ok(watch)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(timer) = &self.timer {
            timer.cancel();
        }
        for (awaited, callback) in self.callbacks.drain(..) {
            awaited.forget_callback(callback);
        }
    }
}

fn release(waiter: &Promise<()>) {
    // It may be done: by another, by the timeout, or by a cancellation.
    _ = waiter.set_result(());
}

fn has_failed(awaited: &dyn Awaited) -> bool {
    !matches!(awaited.failure(), None | Some(Exception::Cancelled(_)))
}

/// Whom the waiter waits for.
struct AnyOf(Vec<Weak<dyn Awaited>>);

impl Hook<()> for AnyOf {
    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        self.0.iter().filter_map(Weak::upgrade).filter(|it| !it.done()).collect()
    }
}
