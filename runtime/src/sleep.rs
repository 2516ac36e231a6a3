//! Waiting for time to pass.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::event_loop::{Delay, EventLoop, LoopError};
use crate::promise::{Nap, poll_done};
use crate::task::{current, wake};
use crate::{Awaitable, Delegate, Exception, Step};

/// Waits until `delay` has passed, in seconds if it is a number: asyncio's `sleep`.
///
/// A task that sleeps for no time at all, or less, gives up its turn once: all others that are ready run first. The time
/// begins when it is first awaited, on the clock of the loop that runs then.
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use coframe::{sleep, yield_from};
/// use std::time::Duration;
///
/// #[coframe::coroutine(task)]
/// fn nap() {
///     yield_from!(sleep(1.5)); // in a coroutine
/// }
///
/// let event_loop = EventLoop::with_virtual_clock()?;
/// event_loop.run_until_complete(async {
///     sleep(Duration::from_secs(3600)).await?; // in an `async` block
///     nap().await
/// })?;
/// assert_eq!(event_loop.time(), Duration::from_millis(3_601_500));
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// What it gives when it is awaited is an `Err` with [`LoopError::NotRunning`] where no loop runs, and with
/// [`LoopError::NotANumber`] if the delay is NaN.
pub fn sleep(delay: impl Into<Delay>) -> Sleep {
    Sleep(State::Made(delay.into()))
}

/// The future of [`sleep`], also an operand for `yield_from!`.
#[must_use = "nobody sleeps until it is awaited"]
pub struct Sleep(State);

enum State {
    Made(Delay),
    /// The turn was given up.
    Turned,
    Sleeping(Nap),
}

impl Sleep {
    /// What it waits for, which begins now if it has not begun. `None` if it does not wait.
    #[inline]
    fn nap(&mut self) -> Result<Option<&Nap>, Exception> {
        if let State::Made(delay) = self.0 {
            let event_loop = EventLoop::running().ok_or(LoopError::NotRunning)?;
            self.0 = State::Sleeping(Nap::begin(event_loop, delay)?);
        }
        Ok(if let State::Sleeping(nap) = &self.0 { Some(nap) } else { None })
    }

    /// Whether it is to give up its turn now.
    #[inline]
    fn turns(&self) -> Result<bool, LoopError> {
        if let State::Made(delay) = self.0 { delay.is_over() } else { Ok(false) }
    }
}

impl Future for Sleep {
    type Output = Result<(), Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.turns()? {
            self.0 = State::Turned;
            match current::task_polling(context) {
                Some(task) => wake(task),
                None => context.waker().wake_by_ref(),
            }
            return Poll::Pending;
        }
        let Some(nap) = self.nap()? else { return Poll::Ready(Ok(())) };
        if !nap.done() {
            ready!(poll_done(&nap.awaited(), context))?;
        }
        Poll::Ready(nap.result())
    }
}

impl Delegate for Sleep {
    type Yield = Awaitable;
    type Return = ();

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, ()> {
        if self.turns()? {
            return current::advance(Pin::new(self));
        }
        match self.nap()? {
            Some(nap) if !nap.done() => current::wait_for(nap.awaited()).map(|()| Step::Yielded(Awaitable(Kind::Wake))),
            Some(nap) => nap.result().map(Step::Returned),
            None => Ok(Step::Returned(())),
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            State::Made(_) => "Sleep(made)",
            State::Turned => "Sleep(a turn)",
            State::Sleeping(nap) if nap.done() => "Sleep(over)",
            State::Sleeping(_) => "Sleep(sleeping)",
        })
    }
}
