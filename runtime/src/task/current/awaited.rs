//! Polling what a coroutine awaits, or a part of a future: what is raised in it, and what comes of it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::super::core::same;
use super::super::waker::{self, OwnWaker};
use super::super::{AnyTask, Core};
use super::{By, Current, Interior, polled, with};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::promise::{Awaited, poll_done};
use crate::{Awaitable, Exception, Step};

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
    let task = with(|current| if current.interior.get().by() == By::Task { current.task.get() } else { None });
    task?.core().passed_on()
}

/// Polls a future that a coroutine awaits, with the waker of that, and raises an exception in the coroutine in which it
/// waits.
pub(crate) fn poll_awaited<T>(raised: Option<Exception>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Polled<T> {
    let polling = with(Current::polling);
    poll_inside(raised, || poll(&mut Context::from_waker(polling.waker())))
}

/// [`poll_awaited`] where the context is at hand.
#[inline]
pub(in crate::task) fn poll_inside<T>(raised: Option<Exception>, poll: impl FnOnce() -> Poll<T>) -> Polled<T> {
    let outer = Outer::leave(raised);
    let poll = poll();
    let Polled { not_taken, in_coroutine, plainly, .. } = outer.restore();
    Polled { poll, not_taken, in_coroutine, plainly }
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
    let raising = Raising::begin(&waker, raised);
    let poll = poll(&waker);
    (poll, raising.end())
}

/// While it lives something is raised in a part of the future that is polled.
struct Raising {
    /// What is to be raised elsewhere in that future.
    replaced: Option<Exception>,
    is_elsewhere: bool,
}

impl Raising {
    fn begin(waker: &Waker, raised: Exception) -> Self {
        with(|current| {
            let is_elsewhere = !current.is_polled_with(waker);
            if is_elsewhere {
                current.push_polled_with(waker);
            }
            let replaced = current.take_raised();
            current.raise(Some(raised));
            Raising { replaced, is_elsewhere }
        })
    }

    fn end(mut self) -> Option<Exception> {
        with(|current| {
            let not_taken = current.take_raised();
            current.raise(self.replaced.take());
            not_taken
        })
    }
}

impl Drop for Raising {
    fn drop(&mut self) {
        if self.is_elsewhere {
            with(Current::pop);
        }
    }
}

/// The future around the one that is polled: a panic restores it too.
struct Outer {
    interior: Interior,
    /// What is to be raised in it. That is rare: most often the coroutine that polls has taken it.
    raised: Option<Box<Exception>>,
}

// Not inlined: whoever polls is often in another crate, which has no short way to what is local to a thread.
impl Outer {
    #[inline(never)]
    fn leave(raised: Option<Exception>) -> Self {
        with(|current| {
            let outer_raised = current.take_raised().map(Box::new);
            let interior = current.interior.get();
            current.interior.set(interior.of_another());
            let outer = Outer { interior, raised: outer_raised };
            if raised.is_some() {
                current.raise(raised);
            }
            outer
        })
    }

    #[inline(never)]
    fn restore(self) -> Polled<()> {
        let polled = polled(Poll::Pending);
        drop(self);
        polled
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        with(|current| {
            let left = current.take_raised();
            current.interior.set(self.interior);
            if let Some(raised) = self.raised.take() {
                current.raise(Some(*raised));
            }
            drop(left);
        });
    }
}

/// What is polled with, while nothing is out of its place. A task has its waker.
pub(super) enum Polling {
    Task(Rc<OwnWaker>),
    Waker(Waker),
    Nobody,
}

impl Polling {
    fn waker(&self) -> &Waker {
        match self {
            Polling::Task(own) => &own.waker,
            Polling::Waker(waker) => waker,
            Polling::Nobody => waker::nobody(),
        }
    }
}

/// Has whoever polls a coroutine wait for a promise that is not done. `Err` where it cannot be waited for.
#[inline(never)]
pub(crate) fn wait_for(awaited: Rc<dyn Awaited>) -> Result<(), Exception> {
    with(|current| match current.task.get() {
        Some(task) if current.interior.get().by() == By::Task => current.wait_as(task, &awaited),
        _ => wait_elsewhere(&awaited, &current.polling()),
    })
}

#[cold]
#[inline(never)]
fn wait_elsewhere(awaited: &Rc<dyn Awaited>, polling: &Polling) -> Result<(), Exception> {
    match poll_done(awaited, &mut Context::from_waker(polling.waker())) {
        Poll::Ready(Err(exception)) => Err(exception),
        Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
    }
}

/// Has the task that polls wait for a promise that is not done. `Err` where it cannot be waited for.
pub(crate) fn wait_as(task: Rc<dyn AnyTask>, awaited: &Rc<dyn Awaited>) -> Result<(), Exception> {
    with(|current| current.wait_as(task, awaited))
}

impl Current {
    #[inline(always)]
    fn wait_as(&self, task: Rc<dyn AnyTask>, awaited: &Rc<dyn Awaited>) -> Result<(), Exception> {
        self.interior.set(self.interior.get().waiting_for_promise());
        // It is of the loop that runs it.
        self.event_loop.look(|event_loop| Core::check_can_await(&task, event_loop, awaited))?;
        let registration =
            task.core().polls(awaited, |it| self.awaited.look(|before| before.is_some_and(|before| same(before, it))));
        awaited.wake_when_done(task, registration);
        Ok(())
    }
}

/// One step of a delegate that waits for a promise, or for what is done when one is: it raises what that fails with.
pub(crate) fn advance<T>(future: Pin<&mut impl Future<Output = Result<T, Exception>>>) -> Resumed<Awaitable, T> {
    let polling = with(Current::polling);
    match future.poll(&mut Context::from_waker(polling.waker())) {
        Poll::Ready(result) => result.map(Step::Returned),
        Poll::Pending => Ok(Step::Yielded(Awaitable(Kind::Wake))),
    }
}
