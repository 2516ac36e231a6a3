//! The awaitables of an async generator: one step of it, and its end.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{AsyncGenerator, AsyncMachine, Request};
use crate::{Exception, Signal};

/// One step: what [`next`](AsyncGenerator::next), [`asend`](AsyncGenerator::asend) and [`athrow`](AsyncGenerator::athrow)
/// give.
///
/// Nothing happens until it is polled. If it is dropped while it waits, the step is not over: the next one goes on with it.
#[must_use = "a future does nothing until it is awaited"]
pub struct AsyncStep<'a, M: AsyncMachine> {
    generator: &'a mut AsyncGenerator<M>,
    request: Request<M::Send>,
    waits: bool,
}

// What is sent is never pinned.
impl<M: AsyncMachine> Unpin for AsyncStep<'_, M> {}

impl<M: AsyncMachine> Future for AsyncStep<'_, M> {
    type Output = Result<Option<M::Yield>, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let request = mem::replace(&mut self.request, Request::Continue);
        let poll = self.generator.poll_request(context, request);
        self.waits = poll.is_pending();
        poll
    }
}

impl<M: AsyncMachine> Drop for AsyncStep<'_, M> {
    fn drop(&mut self) {
        if self.waits {
            self.generator.give_up();
        }
    }
}

/// The end: what [`aclose`](AsyncGenerator::aclose) gives.
///
/// If it is dropped while it waits, the body stays where it is, and another `aclose` raises an exit there.
#[must_use = "a future does nothing until it is awaited"]
pub struct AsyncClose<'a, M: AsyncMachine> {
    generator: &'a mut AsyncGenerator<M>,
    begun: bool,
    waits: bool,
}

impl<M: AsyncMachine> Future for AsyncClose<'_, M> {
    type Output = Result<(), Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let request = if mem::replace(&mut self.begun, true) { Request::Continue } else { Request::Close };
        let poll = self.generator.poll_request(context, request);
        self.waits = poll.is_pending();
        poll.map_ok(drop)
    }
}

impl<M: AsyncMachine> Drop for AsyncClose<'_, M> {
    fn drop(&mut self) {
        if self.waits {
            self.generator.give_up();
        }
    }
}

impl<M: AsyncMachine> AsyncGenerator<M> {
    /// The next value; `None` at the end, and from then on. Python's `anext(g)`.
    ///
    /// # Errors
    ///
    /// What the body raised, after which it is finished; [`Exception::AlreadyStarted`] if it waits for a value that is not
    /// an `Option`; [`Exception::AlreadyRunning`] while its loop closes it.
    #[allow(clippy::should_implement_trait, reason = "a stream's step is called that everywhere")]
    pub fn next(&mut self) -> AsyncStep<'_, M> {
        self.step(Signal::Start)
    }

    /// Sends a value, which becomes that of the suspended `yield_!`, and gives what is yielded next. Python's
    /// `g.asend(value)`.
    ///
    /// # Errors
    ///
    /// [`Exception::NotStarted`] before the first `yield_!`, unless `()` or the `None` of an `Option` is sent;
    /// [`Exception::AlreadyRunning`] if an earlier step was dropped before it was over: [`next`](AsyncGenerator::next) goes on
    /// with that. The value is dropped in both cases. Else as [`next`](AsyncGenerator::next).
    ///
    /// ```
    /// use coframe::yield_;
    ///
    /// #[coframe::coroutine(yield = u32, send = u32)]
    /// async fn sums() {
    ///     let mut sum = 0;
    ///     loop {
    ///         sum += yield_!(sum);
    ///         coframe::sleep(0).await;
    ///     }
    /// }
    ///
    /// coframe::run(async {
    ///     let mut sums = sums();
    ///     assert_eq!(sums.next().await?, Some(0));
    ///     assert_eq!(sums.asend(2).await?, Some(2));
    ///     assert_eq!(sums.asend(3).await?, Some(5));
    ///     Ok::<_, coframe::Exception>(())
    /// })?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn asend(&mut self, value: M::Send) -> AsyncStep<'_, M> {
        self.step(Signal::Send(value))
    }

    /// Raises an exception at the suspended `yield_!`, or at the `.await` at which an earlier step was dropped, and gives
    /// what is yielded next; `None` if the body ends, was over, or has ignored an [`aclose`](AsyncGenerator::aclose). Python's
    /// `g.athrow(exception)`.
    ///
    /// # Errors
    ///
    /// `exception` itself, if the body lets it pass or has not begun; else as [`next`](AsyncGenerator::next).
    pub fn athrow(&mut self, exception: impl Into<Exception>) -> AsyncStep<'_, M> {
        self.step(Signal::Throw(exception.into()))
    }

    /// Ends it: raises [`Exception::Exit`] where the body stands, and waits for what that does to end. There is nothing more
    /// to come afterwards. Python's `g.aclose()`, CPython's `async_gen_athrow_send`.
    ///
    /// # Errors
    ///
    /// [`Exception::IgnoredExit`] if the body yields: it is paused there then, and another `aclose` does nothing, but
    /// [`next`](AsyncGenerator::next) goes on with it. What the body raises, if that is no exit;
    /// [`Exception::AlreadyRunning`] while its loop closes it.
    ///
    /// ```
    /// use coframe::{Exception, attempt, raise, sleep, yield_};
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// async fn lines() {
    ///     if let Err(exception) = attempt! { yield_!(1); yield_!(2); } {
    ///         sleep(0.01).await; // hang up
    ///         raise!(exception);
    ///     }
    /// }
    ///
    /// coframe::run(async {
    ///     let mut lines = lines();
    ///     assert_eq!(lines.next().await?, Some(1));
    ///     lines.aclose().await?;
    ///     assert_eq!(lines.next().await?, None);
    ///     Ok::<_, Exception>(())
    /// })?;
    /// # Ok::<(), Exception>(())
    /// ```
    pub fn aclose(&mut self) -> AsyncClose<'_, M> {
        AsyncClose { generator: self, begun: false, waits: false }
    }

    fn step(&mut self, signal: Signal<M::Send>) -> AsyncStep<'_, M> {
        AsyncStep { generator: self, request: Request::Resume(signal), waits: false }
    }
}

impl<M: AsyncMachine> fmt::Debug for AsyncStep<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncStep").field(&self.generator).finish()
    }
}

impl<M: AsyncMachine> fmt::Debug for AsyncClose<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncClose").field(&self.generator).finish()
    }
}
