//! Waiting for time to pass.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::coroutine::Resumed;
use crate::event_loop::{Delay, EventLoop, LoopError, TimerHandle};
use crate::task::{current, wake};
use crate::{Awaitable, Delegate, Exception, Promise};

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
    Sleeping(Promise<()>, TimerHandle),
}

impl Future for Sleep {
    type Output = Result<(), Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Made(delay) = self.0 {
            if delay.is_over()? {
                self.0 = State::Turned;
                match current::task_polling(context) {
                    Some(task) => wake(task),
                    None => context.waker().wake_by_ref(),
                }
                return Poll::Pending;
            }
            let event_loop = EventLoop::running().ok_or(LoopError::NotRunning)?;
            let promise = event_loop.create_promise();
            let ringing = promise.clone();
            let timer = event_loop.call_later(delay, move || {
                // It may have been cancelled in this pass.
                _ = ringing.set_result(());
            })?;
            self.0 = State::Sleeping(promise, timer);
        }
        match &mut self.0 {
            State::Sleeping(promise, _) => Pin::new(promise).poll(context),
            State::Made(_) | State::Turned => Poll::Ready(Ok(())),
        }
    }
}

impl Delegate for Sleep {
    type Yield = Awaitable;
    type Return = ();

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, ()> {
        current::advance(Pin::new(self))
    }
}

/// Nobody is left to be woken.
impl Drop for Sleep {
    fn drop(&mut self) {
        if let State::Sleeping(_, timer) = &self.0 {
            timer.cancel();
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            State::Made(_) => "Sleep(made)",
            State::Turned => "Sleep(a turn)",
            State::Sleeping(promise, _) if promise.done() => "Sleep(over)",
            State::Sleeping(..) => "Sleep(sleeping)",
        })
    }
}
