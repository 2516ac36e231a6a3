//! Waiting for somebody else's work, for some time. After CPython 3.13's `asyncio.wait_for`.

use std::future::{Future, IntoFuture};
use std::rc::Rc;

use super::{Limit, Timeout, scope, timed_out};
use crate::event_loop::{EventLoop, LoopError};
use crate::promise::{Awaited, Hook};
use crate::task::Ensured;
use crate::{Awaitable, Exception, Generator, Machine, Promise, TaskOutput, or_raise, try_yield_from, yield_from};

/// Waits for a task, a promise, a coroutine or another future, but no longer than the limit, in seconds if that is a
/// number: asyncio's `wait_for`.
///
/// When the time is over what is waited for is cancelled, and it is waited until that is over as well. So nothing of it
/// runs any more when this ends; a value that it gives, or an error that it raises while it is cancelled, wins over the
/// [`TimeoutError`](crate::TimeoutError). When the wait is cancelled, the work is cancelled too; a
/// [`shield`](crate::shield) around it keeps it from both.
///
/// With a limit of zero or less, what is not done yet is cancelled at once: a coroutine never begins. That is the
/// difference to [`timeout`](crate::timeout()), where it runs to its first wait.
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use coframe::{TimeoutError, sleep, spawn, wait_for};
///
/// let event_loop = EventLoop::with_virtual_clock()?;
/// event_loop.run_until_complete(async {
///     let task = spawn(async {
///         sleep(2.0).await?;
///         Ok("done")
///     });
///     assert_eq!(wait_for(task, 10.0).await?, "done");
///
///     let task = spawn(sleep(2.0));
///     assert!(wait_for(task.clone(), 1.0).await.unwrap_err().is::<TimeoutError>());
///     assert!(task.cancelled());
///     Ok(())
/// })?;
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// What it gives fails with a [`TimeoutError`](crate::TimeoutError), or as the work does, and otherwise as
/// [`timeout`](crate::timeout()).
pub fn wait_for<F>(
    work: F,
    limit: impl Into<Limit>,
) -> Generator<impl Machine<(), Yield = Awaitable, Return = <F::Output as TaskOutput>::Value>>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    waiting(work.into_future(), limit.into())
}

#[coframe_macros::coroutine(task, crate = crate)]
fn waiting<F>(work: F, limit: Limit) -> <F::Output as TaskOutput>::Value
where
    F: Future<Output: TaskOutput> + 'static,
{
    if or_raise!(limit.is_over()) {
        yield_from!(at_once(work))
    } else {
        yield_from!(scope::run(Timeout::new(limit), work))
    }
}

/// What can be had without waiting.
#[coframe_macros::coroutine(task, crate = crate)]
fn at_once<F>(work: F) -> <F::Output as TaskOutput>::Value
where
    F: Future<Output: TaskOutput> + 'static,
{
    let event_loop = or_raise!(EventLoop::running().ok_or(LoopError::NotRunning));
    let work = Ensured::new(&event_loop, work);
    if work.promise().done() {
        return or_raise!(work.into_result());
    }
    yield_from!(cancel_and_wait(event_loop, work.promise().clone()));
    match work.into_result() {
        Err(cancelled @ Exception::Cancelled(_)) => or_raise!(Err(timed_out(cancelled))),
        result => or_raise!(result),
    }
}

/// Cancels it and waits until it is over. It is not waited for directly, so that this wait can be cancelled whatever the
/// work makes of its cancellation.
#[coframe_macros::coroutine(task, crate = crate)]
fn cancel_and_wait<T: 'static>(event_loop: EventLoop, work: Promise<T>) {
    let waiter = Promise::hooked(&event_loop, WaitsFor(work.awaited()));
    let release = waiter.clone();
    // It is refused if it was cancelled in this pass.
    let callback = or_raise!(work.add_done_callback(move |_| _ = release.set_result(())));
    work.cancel();
    let result = try_yield_from!(waiter);
    work.remove_done_callback(callback);
    or_raise!(result)
}

struct WaitsFor(Rc<dyn Awaited>);

impl Hook<()> for WaitsFor {
    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        vec![Rc::clone(&self.0)]
    }
}

impl Limit {
    /// Whether there is no time at all.
    fn is_over(self) -> Result<bool, LoopError> {
        self.0.map_or(Ok(false), |delay| delay.is_over())
    }
}
