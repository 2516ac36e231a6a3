//! Limits of time: what takes longer is cancelled.
//!
//! | file | |
//! | --- | --- |
//! | `mod` | [`timeout`] and [`timeout_at`], for a deadline that stays |
//! | `scope` | [`Timeout`], for one that can be moved |
//! | `wait_for` | [`wait_for`], for somebody else's work |
//! | `limit` | how long something may take |

mod limit;
mod scope;
mod wait_for;

use std::fmt;
use std::future::IntoFuture;

pub use self::limit::Limit;
pub use self::scope::Timeout;
pub use self::wait_for::wait_for;

use crate::{Awaitable, Exception, Generator, Machine, TaskOutput};

/// The error of what took longer than it was given: Python's `TimeoutError`.
///
/// What it was made of is its [`source`](Exception::source): the cancellation that came at the deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl std::error::Error for TimeoutError {}

/// Runs a coroutine or a future that may take so long, in seconds if the limit is a number: asyncio's `timeout`, as a
/// function. What it gives can be awaited, in a coroutine and in an `async` block.
///
/// It runs in the same task, beginning when it is first awaited. When the time is over the task is cancelled, once: a
/// promise or task that is waited for is cancelled, in a coroutine the cancellation is raised where it waits, and it can
/// clean up and wait for that; any other future is dropped. If the cancellation comes out, it is a [`TimeoutError`] here.
/// See [`Timeout`] for a deadline that can be moved, and for a block of a coroutine.
///
/// ```
/// use coframe::{TimeoutError, sleep, timeout, try_yield_from, yield_from};
/// use std::time::Duration;
///
/// #[coframe::coroutine(task)]
/// fn work() -> u32 {
///     yield_from!(sleep(2.0));
///     42
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() {
///     assert_eq!(yield_from!(timeout(10.0, work())), 42);
///     let late = try_yield_from!(timeout(Duration::from_secs(1), work())).unwrap_err();
///     assert!(late.is::<TimeoutError>());
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// event_loop.run_until_complete(program())?;
/// event_loop.run_until_complete(async {
///     let late = timeout(1.0, async { sleep(2.0).await }).await.unwrap_err();
///     assert!(late.is::<TimeoutError>());
/// })?;
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Several at once in one task
///
/// It is the task that is cancelled. A plain future that polls several others, such as a `join!` or a `select!` of other
/// crates, hides which of them the cancellation is for, and so it is dropped with all of them: the task ends cancelled, or
/// the coroutine that waits for such a future sees a cancellation that the deadline inside of it has asked for. To have
/// limits side by side, give each a task of its own: `spawn(timeout(1.0, work()))`. A limit around a `join!` is fine.
///
/// # Errors
///
/// What it gives fails with a [`TimeoutError`], or as `body` does; with [`ScopeError::OutsideTask`] where no task runs, and
/// with [`LoopError::NotANumber`] if the limit is NaN.
///
/// [`ScopeError::OutsideTask`]: crate::ScopeError::OutsideTask
/// [`LoopError::NotANumber`]: crate::event_loop::LoopError::NotANumber
pub fn timeout<F>(
    limit: impl Into<Limit>,
    body: F,
) -> Generator<impl Machine<(), Yield = Awaitable, Return = <F::Output as TaskOutput>::Value>>
where
    F: IntoFuture<Output: TaskOutput>,
{
    scope::run(Timeout::new(limit), body)
}

/// [`timeout`] at a time of the loop, in seconds if it is a number: asyncio's `timeout_at`.
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use coframe::{sleep, timeout_at};
///
/// let event_loop = EventLoop::with_virtual_clock()?;
/// let end = event_loop.time() + std::time::Duration::from_secs(5);
/// event_loop.run_until_complete(async move {
///     timeout_at(end, sleep(3.0)).await?;
///     timeout_at(end, sleep(3.0)).await.unwrap_err(); // two seconds were left
///     Ok(())
/// })?;
/// assert_eq!(event_loop.time(), end);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// As [`timeout`].
pub fn timeout_at<F>(
    when: impl Into<Limit>,
    body: F,
) -> Generator<impl Machine<(), Yield = Awaitable, Return = <F::Output as TaskOutput>::Value>>
where
    F: IntoFuture<Output: TaskOutput>,
{
    scope::run(Timeout::at(when), body)
}

/// What an exception is that came out of something whose time is over: a cancellation is a [`TimeoutError`], and what was
/// raised from one was raised from a `TimeoutError`. After `_insert_timeout_error` of CPython 3.13.
fn timed_out(exception: Exception) -> Exception {
    let mut chain = vec![exception];
    while let Some(source) = chain.last().and_then(Exception::source).cloned() {
        chain.push(source);
    }
    if let Some(cancelled) = chain.pop_if(|last| matches!(last, Exception::Cancelled(_))) {
        chain.push(Exception::from(TimeoutError).with_source(cancelled));
    } else {
        chain.truncate(1);
    }
    // A chain is never empty; what stands last is the innermost.
    chain.into_iter().rev().reduce(|source, exception| exception.with_source(source)).unwrap_or(Exception::Finished)
}
