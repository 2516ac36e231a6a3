//! Who is being polled: the task that runs, the waker of what is awaited now, and what is to be raised there.
//!
//! A coroutine is resumed without a [`Context`], so that what it awaits finds its waker here. And a future is polled
//! without a [`Signal`](crate::Signal), so that a coroutine that runs as a future finds here what is raised in it.

use std::cell::RefCell;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::core::{DEEPEST, Position};
use super::{AnyTask, TaskHandle, waker};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::event_loop::EventLoop;
use crate::{Awaitable, Exception, Inspectable, Step};

struct Current {
    task: Option<Rc<dyn AnyTask>>,
    /// Set where something else than the task's own waker is to be woken: another executor, or a future that polls its
    /// parts with wakers of its own.
    waker: Option<Waker>,
    interior: Interior,
}

/// What happens inside of a future while it is polled: that of a task, or one that a coroutine awaits.
struct Interior {
    /// What is to be raised, until a coroutine takes it.
    raised: Option<Exception>,
    /// How many coroutines run in it, one inside the other.
    depth: usize,
    /// How many of those that are in no other one wait.
    waiting: usize,
    /// Whether a promise is waited for that is in none of them.
    waits_plainly: bool,
}

impl Interior {
    const fn new(raised: Option<Exception>) -> Self {
        Interior { raised, depth: 0, waiting: 0, waits_plainly: false }
    }
}

impl Current {
    const fn new(task: Option<Rc<dyn AnyTask>>, waker: Option<Waker>) -> Self {
        Current { task, waker, interior: Interior::new(None) }
    }

    /// What is polled with. A coroutine that somebody resumes by hand has nothing to be woken with.
    fn waker(&self) -> &Waker {
        match (&self.waker, &self.task) {
            (Some(waker), _) => waker,
            (None, Some(task)) => task.core().waker(),
            (None, None) => waker::nobody(),
        }
    }

    fn polling(&self) -> Polling {
        match (&self.waker, &self.task) {
            (Some(waker), _) => Polling::Waker(waker.clone()),
            (None, Some(task)) => Polling::Task(Rc::clone(task)),
            (None, None) => Polling::Nobody,
        }
    }
}

thread_local! {
    /// Not borrowed while foreign code runs or is dropped.
    static CURRENT: RefCell<Current> = const { RefCell::new(Current::new(None, None)) };
}

/// Whoever was current before what is current now. A panic brings it back too.
pub(super) struct Before(Current);

impl Before {
    fn enter(next: Current) -> Self {
        Before(CURRENT.replace(next))
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        let left = CURRENT.replace(mem::replace(&mut self.0, Current::new(None, None)));
        drop(left);
    }
}

/// Makes `task` the one that runs, and `raised` what is to be raised in it, for [`poll_entered`].
pub(super) fn enter(task: Rc<dyn AnyTask>, raised: Option<Exception>) -> Before {
    Before::enter(Current { task: Some(task), waker: None, interior: Interior::new(raised) })
}

/// Polls what the task runs that was entered.
pub(super) fn poll_entered<T>(poll: impl FnOnce() -> Poll<T>) -> Polled<T> {
    let poll = poll();
    let interior = CURRENT.with_borrow_mut(|current| mem::replace(&mut current.interior, Interior::new(None)));
    interior.polled(poll)
}

/// The task that runs in this thread: asyncio's `current_task`. `None` in a callback, and where no loop runs.
///
/// ```
/// coframe::run(async {
///     coframe::current_task().unwrap().set_name("main");
///     assert_eq!(&*coframe::current_task().unwrap().name(), "main");
/// })?;
/// assert!(coframe::current_task().is_none());
/// # Ok::<(), coframe::Exception>(())
/// ```
#[must_use]
pub fn current_task() -> Option<TaskHandle> {
    any_task().map(TaskHandle)
}

/// The task that runs in this thread, whatever waker it polls with.
pub(super) fn any_task() -> Option<Rc<dyn AnyTask>> {
    CURRENT.try_with(|current| current.borrow().task.clone()).ok().flatten()
}

/// The task that polls, if it does so with its own waker.
pub(crate) fn task_polling(context: &Context<'_>) -> Option<Rc<dyn AnyTask>> {
    CURRENT.with_borrow(|current| {
        let task = current.task.as_ref().filter(|task| waker::is_same(task.core().waker(), context.waker()))?;
        Some(Rc::clone(task))
    })
}

/// Takes note of a promise that is waited for.
pub(crate) fn waits_for_promise() {
    CURRENT.with_borrow_mut(|current| current.interior.waits_plainly |= current.interior.depth == 0);
}

/// While it lives a coroutine runs as a future.
pub(super) struct Inside {
    /// The task that polls it, with its own waker.
    pub(super) task: Option<Rc<dyn AnyTask>>,
    /// Set where whoever polls is another executor, or a part of the current future that has a waker of its own.
    elsewhere: Option<Before>,
}

impl Inside {
    /// Enters a coroutine, and gives what is to be raised in it.
    pub(super) fn enter(context: &Context<'_>) -> (Self, Option<Exception>) {
        let here = CURRENT.with_borrow_mut(|current| {
            if !waker::is_same(current.waker(), context.waker()) {
                return Err(current.task.clone());
            }
            current.interior.depth += 1;
            let raised = if current.interior.depth == 1 { current.interior.raised.take() } else { None };
            let task = if current.waker.is_none() { current.task.clone() } else { None };
            Ok((Inside { task, elsewhere: None }, raised))
        });
        here.unwrap_or_else(|task| {
            let mut elsewhere = Current::new(task, Some(context.waker().clone()));
            elsewhere.interior.depth = 1;
            (Inside { task: None, elsewhere: Some(Before::enter(elsewhere)) }, None)
        })
    }

    /// Leaves it because it waits in a coroutine, of which the frames are known or not.
    pub(super) fn wait_in(self, coroutine: Option<&dyn Inspectable>) {
        if let (Some(task), Some(coroutine)) = (&self.task, coroutine) {
            // It is done at each wait, and looking into delegates takes its time.
            let deepest = if task.event_loop().is_some_and(EventLoop::debug) { DEEPEST } else { 1 };
            task.core().waits_in(coroutine, deepest);
        }
        self.wait_at(None);
    }

    /// Leaves it because it waits, at a suspension point that is known or not.
    pub(super) fn wait_at(self, position: Option<Position>) {
        if let Some(task) = &self.task {
            task.core().waits_at(position);
        }
        CURRENT.with_borrow_mut(|current| current.interior.waiting += usize::from(current.interior.depth == 1));
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        if self.elsewhere.is_none() {
            CURRENT.with_borrow_mut(|current| current.interior.depth -= 1);
        }
    }
}

/// What became of a future that was polled.
pub(crate) struct Polled<T> {
    pub(crate) poll: Poll<T>,
    /// What was to be raised, if no coroutine was there to take it.
    pub(crate) not_taken: Option<Exception>,
    /// Whether it waits in one coroutine and for nothing else, so that an exception can be raised in it.
    pub(crate) in_coroutine: bool,
    /// Whether it waits for a promise, in none.
    pub(crate) plainly: bool,
}

/// What a future is to be dropped for that waits for a promise and in no coroutine: the promise was cancelled, because
/// the task was.
pub(crate) fn cancellation() -> Option<Exception> {
    CURRENT.with_borrow(|current| if current.waker.is_none() { current.task.clone() } else { None })?.core().passed_on()
}

impl Interior {
    fn polled<T>(self, poll: Poll<T>) -> Polled<T> {
        let in_coroutine = self.waiting == 1 && !self.waits_plainly;
        Polled { poll, not_taken: self.raised, in_coroutine, plainly: self.waits_plainly }
    }
}

/// Polls a future that a coroutine awaits, with the waker of that, and raises an exception in the coroutine in which it
/// waits.
pub(crate) fn poll_awaited<T>(raised: Option<Exception>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Polled<T> {
    let polling = CURRENT.with_borrow(Current::polling);
    poll_inside(raised, || poll(&mut Context::from_waker(polling.waker())))
}

/// [`poll_awaited`] where the context is at hand.
pub(super) fn poll_inside<T>(raised: Option<Exception>, poll: impl FnOnce() -> Poll<T>) -> Polled<T> {
    let before = CURRENT.with_borrow_mut(|current| mem::replace(&mut current.interior, Interior::new(raised)));
    let mut outer = Outer(before);
    let poll = poll();
    let inner = outer.restore();
    mem::forget(outer);
    inner.polled(poll)
}

/// Polls a part of the future that is polled, and raises an exception in the coroutine in which it waits. Gives it back if
/// there was none to take it.
pub(crate) fn poll_raising<T>(
    context: &Context<'_>,
    raised: Exception,
    poll: impl FnOnce(&Waker) -> Poll<T>,
) -> (Poll<T>, Option<Exception>) {
    // A clone, whose own clones are known again: of some wakers, no clone is the same as the waker itself.
    let waker = context.waker().clone();
    let elsewhere = CURRENT.with_borrow_mut(|current| {
        let is_here = waker::is_same(current.waker(), &waker);
        (!is_here).then(|| Current::new(current.task.clone(), Some(waker.clone())))
    });
    let _before = elsewhere.map(Before::enter);
    let replaced = CURRENT.with_borrow_mut(|current| current.interior.raised.replace(raised));
    let poll = poll(&waker);
    let not_taken = CURRENT.with_borrow_mut(|current| mem::replace(&mut current.interior.raised, replaced));
    (poll, not_taken)
}

/// The interior of the future around the one that is polled: a panic restores it too.
struct Outer(Interior);

impl Outer {
    fn restore(&mut self) -> Interior {
        let outer = mem::replace(&mut self.0, Interior::new(None));
        CURRENT.with_borrow_mut(|current| mem::replace(&mut current.interior, outer))
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        let inner = self.restore();
        drop(inner);
    }
}

/// What is polled with, while nothing is borrowed. A task has its waker; to clone that would be an atomic operation.
enum Polling {
    Task(Rc<dyn AnyTask>),
    Waker(Waker),
    Nobody,
}

impl Polling {
    fn waker(&self) -> &Waker {
        match self {
            Polling::Task(task) => task.core().waker(),
            Polling::Waker(waker) => waker,
            Polling::Nobody => waker::nobody(),
        }
    }
}

/// One step of a delegate that waits for a promise, or for what is done when one is: it raises what that fails with.
pub(crate) fn advance<T>(future: Pin<&mut impl Future<Output = Result<T, Exception>>>) -> Resumed<Awaitable, T> {
    let polling = CURRENT.with_borrow(Current::polling);
    match future.poll(&mut Context::from_waker(polling.waker())) {
        Poll::Ready(result) => result.map(Step::Returned),
        Poll::Pending => Ok(Step::Yielded(Awaitable(Kind::Wake))),
    }
}
