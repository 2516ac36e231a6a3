//! Iteration: an async generator as a stream, and one step of any stream in `for_await!`.

use std::fmt;
use std::future::{Future, Pending, pending};
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

use super::{AsyncGenerator, AsyncMachine, Request};
use crate::frame::State;
use crate::{Exception, Signal};

/// Each value, or the exception that ended the body.
impl<M: AsyncMachine> Stream for AsyncGenerator<M> {
    type Item = Result<M::Yield, Exception>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // A step that is not over goes on.
        self.poll_request(context, Request::Resume(Signal::Start)).map(Result::transpose)
    }
}

impl<M: AsyncMachine> FusedStream for AsyncGenerator<M> {
    fn is_terminated(&self) -> bool {
        self.state() == State::Closed
    }
}

/// What a `for_await!` takes.
#[diagnostic::on_unimplemented(
    message = "`for_await!` takes a `Stream`, which `{Self}` is not",
    label = "this is no stream",
    note = "an async generator is one: call the function, `generator()`; what is an `Iterator` takes a `for` loop"
)]
pub trait LoopedOver: Stream {}

impl<St: Stream + ?Sized> LoopedOver for St {}

/// What a `for_await!` loops over.
#[inline]
pub fn stream<St: LoopedOver>(stream: St) -> St {
    stream
}

/// The stream of a `for_await!`, before it is known what its items are. Method probing finds that out: `next_item()` is a
/// future that raises the error of an item that is a `Result` with an [`Exception`], or else one that gives the item.
pub struct StreamOperand<'a, St: ?Sized>(NextItem<'a, St>);

/// The next item of a stream.
#[must_use = "a future does nothing until it is awaited"]
pub struct NextItem<'a, St: ?Sized>(Pin<&'a mut St>, NoStream);

/// What the probing comes to where there is no stream, which is an error at the stream already.
#[derive(Debug)]
pub struct NoStream;

/// [`NextItem`] of items that are raised or given.
#[derive(Debug)]
#[must_use = "a future does nothing until it is awaited"]
pub struct NextResult<'a, St: ?Sized>(NextItem<'a, St>);

impl<'a, St: ?Sized> StreamOperand<'a, St> {
    /// A step of a stream.
    pub fn new(stream: Pin<&'a mut St>) -> Self {
        StreamOperand(NextItem(stream, NoStream))
    }
}

impl<'a, T, St: Stream<Item = Result<T, Exception>> + ?Sized> StreamOperand<'a, St> {
    /// By value: items whose error is raised.
    pub fn next_item(self) -> NextResult<'a, St> {
        NextResult(self.0)
    }
}

impl<'a, St: Stream + ?Sized> NextItem<'a, St> {
    /// By `&mut`: any other items.
    pub fn next_item(&mut self) -> NextItem<'_, St> {
        NextItem(self.0.as_mut(), NoStream)
    }
}

impl NoStream {
    /// By `&`, at last: items of whatever type is wanted, so that there is no other error.
    pub fn next_item<T>(&self) -> Pending<Option<T>> {
        pending()
    }
}

impl<St: Stream + ?Sized> Future for NextItem<'_, St> {
    type Output = Option<St::Item>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T, St: Stream<Item = Result<T, Exception>> + ?Sized> Future for NextResult<'_, St> {
    type Output = Result<Option<T>, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.0.as_mut().poll_next(context).map(Option::transpose)
    }
}

/// So that the probing comes to `NextItem` last.
impl<'a, St: ?Sized> Deref for StreamOperand<'a, St> {
    type Target = NextItem<'a, St>;

    fn deref(&self) -> &NextItem<'a, St> {
        &self.0
    }
}

impl<St: ?Sized> DerefMut for StreamOperand<'_, St> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// So that there is something behind it.
impl<St: ?Sized> Deref for NextItem<'_, St> {
    type Target = NoStream;

    fn deref(&self) -> &NoStream {
        &self.1
    }
}

impl<St: ?Sized> fmt::Debug for NextItem<'_, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextItem")
    }
}

impl<St: ?Sized> fmt::Debug for StreamOperand<'_, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamOperand")
    }
}
