//! An `async fn` that is a coroutine: its body and its awaits.
//!
//! The body is an `async` block whose awaits are [`Await`]s. Each plays the part of a coroutine that waits: what is raised
//! in the task is raised there, unless the future that it polls waits in a coroutine itself. What leaves the body is left
//! in its [`AsyncFrame`], and the block is polled no more, so that `return` and `?` mean in it what they always mean.

use std::fmt;
use std::future::{Future, Pending, pending};
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use super::core::Position;
use super::current::{self, Inside};
use crate::pinned::resumer;
use crate::{Code, Exception};

/// One activation of an `async fn`. It is shared by the body and by what polls that, in one thread at a time.
#[derive(Debug)]
pub struct AsyncFrame {
    code: &'static Code,
    /// What left the body.
    raised: OnceLock<Exception>,
}

impl AsyncFrame {
    /// Of a body that has not begun.
    #[inline]
    #[must_use]
    pub const fn new(code: &'static Code) -> Self {
        AsyncFrame { code, raised: OnceLock::new() }
    }

    /// Runs a body until it returns. `None` if it raised; it is to be dropped then.
    #[inline]
    pub fn run<'a, F: Future>(&'a self, body: Pin<&'a mut F>) -> AsyncBody<'a, F> {
        AsyncBody { frame: self, body }
    }

    /// The suspension point of that number, from 1.
    #[inline]
    #[must_use]
    pub const fn at(&self, point: u32) -> Position {
        (self.code, point)
    }

    /// Leaves the body for good: the future that it gives is never ready.
    #[inline]
    pub fn raise<R>(&self, exception: Exception) -> Pending<R> {
        // A body is left once.
        _ = self.raised.set(exception);
        pending()
    }

    /// A value for a `return` that is not reached, and that tells rustc the type of the others.
    #[must_use]
    pub fn never<R>(&self) -> R {
        unreachable!("coframe: this return is never reached")
    }

    /// What becomes of the whole: what [`run`](AsyncFrame::run) gave, or what was raised.
    ///
    /// # Errors
    ///
    /// What left the body.
    #[inline]
    pub fn result<R>(self, returned: Option<R>) -> Result<R, Exception> {
        returned.ok_or_else(|| self.raised.into_inner().unwrap_or(Exception::Finished))
    }
}

/// A body while it is polled.
#[must_use = "a future does nothing until it is awaited"]
pub struct AsyncBody<'a, F> {
    frame: &'a AsyncFrame,
    body: Pin<&'a mut F>,
}

impl<F: Future> Future for AsyncBody<'_, F> {
    type Output = Option<F::Output>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<F::Output>> {
        match self.body.as_mut().poll(context) {
            Poll::Ready(returned) => Poll::Ready(Some(returned)),
            Poll::Pending if self.frame.raised.get().is_some() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<F> fmt::Debug for AsyncBody<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncBody").field(&self.frame.code.name()).finish()
    }
}

/// The operand of an `.await`, before it is known what it gives. Method probing finds that out: `outcome()` is a future
/// that raises the error of a `Result` with an [`Exception`], or else one that gives what the operand gives.
#[derive(Debug)]
pub struct AwaitOperand<'a, F>(Await<'a, F>);

/// An `.await` of any future: its output, or what was raised there.
#[must_use = "a future does nothing until it is awaited"]
pub struct Await<'a, F> {
    position: Position,
    at: &'static Location<'static>,
    /// Whether the future waits in a coroutine, in which an exception can be raised.
    in_coroutine: bool,
    future: Pin<&'a mut F>,
}

/// An [`Await`] of a future that gives a `Result`, whose error is raised too.
#[derive(Debug)]
#[must_use = "a future does nothing until it is awaited"]
pub struct AwaitResult<'a, F>(Await<'a, F>);

impl<'a, F> AwaitOperand<'a, F> {
    /// At a suspension point.
    #[inline]
    #[track_caller]
    pub fn new(position: Position, future: Pin<&'a mut F>) -> Self {
        AwaitOperand(Await { position, at: Location::caller(), in_coroutine: false, future })
    }
}

impl<'a, T, F: Future<Output = Result<T, Exception>>> AwaitOperand<'a, F> {
    /// By value: a future whose error is raised.
    #[inline]
    pub fn outcome(self) -> AwaitResult<'a, F> {
        AwaitResult(self.0)
    }
}

impl<F> Await<'_, F> {
    /// By `&mut`: any other future.
    #[inline]
    pub fn outcome(&mut self) -> &mut Self {
        self
    }
}

impl<F: Future> Await<'_, F> {
    fn poll_raising(&mut self, context: &mut Context<'_>) -> Poll<Result<F::Output, Exception>> {
        // In a body that yields, what polls here is the slot of the resume; nobody is to be woken by way of that.
        let context = &mut Context::from_waker(resumer(context));
        let (inside, raised) = Inside::enter(context);
        let polled = match raised {
            // A plain future has no place to raise it at. It is dropped as the exception climbs.
            Some(exception) if !self.in_coroutine => return Poll::Ready(Err(exception)),
            raised => current::poll_inside(raised, || self.future.as_mut().poll(context)),
        };
        self.in_coroutine = polled.in_coroutine;
        match (polled.poll, polled.not_taken) {
            (_, Some(exception)) => Poll::Ready(Err(exception)),
            (Poll::Ready(output), None) => Poll::Ready(Ok(output)),
            (Poll::Pending, None) => {
                inside.wait_at(Some(self.position), None);
                Poll::Pending
            }
        }
    }
}

impl<F: Future> Future for Await<'_, F> {
    type Output = Result<F::Output, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_raising(context).map_err(|exception| exception.climbed(self.at))
    }
}

impl<T, F: Future<Output = Result<T, Exception>>> Future for AwaitResult<'_, F> {
    type Output = Result<T, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = self.0.poll_raising(context).map(Result::flatten);
        result.map_err(|exception| exception.climbed(self.0.at))
    }
}

/// So that the probing comes to `Await` last.
impl<'a, F> Deref for AwaitOperand<'a, F> {
    type Target = Await<'a, F>;

    fn deref(&self) -> &Await<'a, F> {
        &self.0
    }
}

impl<F> DerefMut for AwaitOperand<'_, F> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<F> fmt::Debug for Await<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Await").field("in", &self.position.0.name()).field("at", &self.at).finish_non_exhaustive()
    }
}
