//! What stands in a body that rustc compiled for what it is an frame of: its suspension points are made here.

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::Body;
use super::exchange::{self, Key, Received, Slot};
use super::in_place::InPlace;
use crate::private::Receives;
use crate::{Code, Exception, Step};

/// One frame of a body that rustc compiles.
pub struct BodyFrame<B, S, Y> {
    key: Key<S, Y>,
    body: PhantomData<fn() -> B>,
}

impl<B: Body<S>, S, Y> BodyFrame<B, S, Y> {
    /// The suspension point of that number, from 1.
    #[inline]
    #[must_use]
    pub const fn at(&self, point: u32) -> (&'static Code, u32) {
        (B::CODE, point)
    }
}

impl<B, S, Y> BodyFrame<B, S, Y> {
    #[inline]
    pub(super) fn new(key: Key<S, Y>) -> Self {
        BodyFrame { key, body: PhantomData }
    }

    /// Hands a value out at the suspension point of that number, from 1, and waits for what is sent.
    #[inline]
    pub fn pause(&mut self, value: Y, point: u32) -> Pause<'_, B, S, Y> {
        Pause { frame: self, value: Some(value), point }
    }

    /// Hands the caller on to a delegate at the suspension point of that number, until the delegate is over.
    #[inline]
    pub fn delegate<'a, D>(&'a mut self, delegate: Pin<&'a mut D>, point: u32) -> Delegation<'a, B, S, Y, D> {
        Delegation { frame: self, delegate, point, begun: false }
    }

    /// Leaves the body for good: what it gives is never ready.
    #[inline]
    pub fn raise<R>(&mut self, exception: Exception) -> Raise<'_, B, S, Y, R> {
        Raise { frame: self, exception: Some(exception), never: PhantomData }
    }

    /// A value for a `return` that is not reached, and that tells rustc the type of the others.
    #[must_use]
    pub fn never<R>(&self) -> R {
        unreachable!("coframe: this return is never reached")
    }

    /// The slot of the resume that polls here. Another future may poll what is hidden in a macro: that is refused.
    #[inline]
    fn slot<'k, 'c: 'k>(&'k mut self, context: &Context<'c>) -> Option<&'k Slot<'c, S, Y>> {
        exchange::open(context, &mut self.key)
    }
}

/// A `yield_!`: what is sent, or what was raised there.
#[must_use = "a future does nothing until it is awaited"]
pub struct Pause<'a, B, S, Y> {
    frame: &'a mut BodyFrame<B, S, Y>,
    value: Option<Y>,
    point: u32,
}

// It has no pins of its own.
impl<B, S, Y> Unpin for Pause<'_, B, S, Y> {}

impl<B: Body<S>, S, Y> Future for Pause<'_, B, S, Y> {
    type Output = Result<S, Exception>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<S, Exception>> {
        let Pause { frame, value, point } = &mut *self;
        let Some(slot) = frame.slot(context) else { return foreign() };
        if let Some(value) = value.take() {
            return hand_out(slot, value, *point);
        }
        match slot.receive() {
            Received::Nothing => Poll::Pending,
            Received::Value(sent) => Poll::Ready(match B::Sends::received(sent) {
                Some(sent) => Ok(sent),
                None => Err(Exception::AlreadyStarted),
            }),
            Received::Exception(exception) => Poll::Ready(Err(exception)),
        }
    }
}

/// A `yield_from!`: what the delegate returns, or what it lets out.
#[must_use = "a future does nothing until it is awaited"]
pub struct Delegation<'a, B, S, Y, D> {
    frame: &'a mut BodyFrame<B, S, Y>,
    delegate: Pin<&'a mut D>,
    point: u32,
    begun: bool,
}

impl<B, S, Y, D: InPlace<S, Yield = Y>> Future for Delegation<'_, B, S, Y, D> {
    type Output = Result<D::Return, Exception>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<D::Return, Exception>> {
        let Delegation { frame, delegate, point, begun } = &mut *self;
        let Some(slot) = frame.slot(context) else { return foreign() };
        let resumed = if mem::replace(begun, true) {
            match slot.receive() {
                Received::Nothing => return Poll::Pending,
                Received::Value(sent) => delegate.as_mut().advance(sent),
                Received::Exception(exception) => delegate.as_mut().throw(exception),
            }
        } else {
            delegate.as_mut().advance(None)
        };
        match resumed {
            Ok(Step::Yielded(value)) => hand_out(slot, value, *point),
            Ok(Step::Returned(value)) => Poll::Ready(Ok(value)),
            Err(exception) => Poll::Ready(Err(exception)),
        }
    }
}

/// Hands a value out. One that is awaited beside another of the same frame would be lost.
#[inline]
fn hand_out<S, Y, T>(slot: &Slot<'_, S, Y>, value: Y, point: u32) -> Poll<Result<T, Exception>> {
    if slot.hand_out(value, point) { Poll::Pending } else { foreign() }
}

#[cold]
fn foreign<T>() -> Poll<Result<T, Exception>> {
    Poll::Ready(Err(Exception::ForeignAwait))
}

/// The end of a body that raised.
#[must_use = "a future does nothing until it is awaited"]
pub struct Raise<'a, B, S, Y, R> {
    frame: &'a mut BodyFrame<B, S, Y>,
    exception: Option<Exception>,
    never: PhantomData<fn() -> R>,
}

impl<B, S, Y, R> Future for Raise<'_, B, S, Y, R> {
    type Output = R;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let Raise { frame, exception, .. } = &mut *self;
        if let (Some(slot), Some(exception)) = (frame.slot(context), exception.take()) {
            slot.raise(exception);
        }
        Poll::Pending
    }
}

/// The value of a suspension point, or what was raised there with the marker in its traceback.
///
/// # Errors
///
/// What was raised.
#[inline]
#[track_caller]
pub fn received<T>(outcome: Result<T, Exception>) -> Result<T, Exception> {
    match outcome {
        Ok(value) => Ok(value),
        Err(exception) => Err(crate::private::raise(exception)),
    }
}

impl<B, S, Y> fmt::Debug for BodyFrame<B, S, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyFrame")
    }
}

impl<B, S, Y> fmt::Debug for Pause<'_, B, S, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pause").field("point", &self.point).finish_non_exhaustive()
    }
}

impl<B, S, Y, D> fmt::Debug for Delegation<'_, B, S, Y, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delegation").field("point", &self.point).finish_non_exhaustive()
    }
}

impl<B, S, Y, R> fmt::Debug for Raise<'_, B, S, Y, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raise").field(&self.exception).finish()
    }
}
