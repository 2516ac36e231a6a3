//! `Generator`: what calling a `#[coroutine] fn` gives.

use core::fmt;
use core::iter::FusedIterator;
use core::ops::ControlFlow;
use core::pin::Pin;

use crate::coroutine::Resumed;
use crate::private::{Inspect, Machine};
use crate::{Code, Coroutine, CoroutineExt, Exception, Frame, FrameVisitor, Inspectable, Signal, State, Step, frame};

/// A paused function: a plain value that may be moved, looked into and dropped at any time.
///
/// Calling a `#[coroutine] fn` runs none of its body and gives one of these. Resume it with
/// [`start`](crate::CoroutineExt::start), [`send`](crate::CoroutineExt::send), [`throw`](crate::CoroutineExt::throw) and
/// [`close`](crate::CoroutineExt::close), or iterate where `send` is `()`. It is `Clone` if the attribute says
/// `derive(Clone)`, and with the feature `serde` it is `Serialize` and can be restored if that says
/// `derive(Serialize, Deserialize)`.
#[derive(Clone)]
#[must_use = "a coroutine does nothing until it is resumed"]
pub struct Generator<M> {
    machine: M,
}

// The machine is only ever used through `&mut`, never pinned in place.
impl<M> Unpin for Generator<M> {}

impl<M> Generator<M> {
    pub(crate) const fn new(machine: M) -> Self {
        Generator { machine }
    }

    #[cfg(feature = "serde")]
    pub(crate) fn into_machine(self) -> M {
        self.machine
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn machine_mut(&mut self) -> &mut M {
        &mut self.machine
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn machine(&self) -> &M {
        &self.machine
    }
}

impl<M: Inspect> Generator<M> {
    /// The code object: name, file, line and suspension points.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.machine.code()
    }

    /// The frame object, or `None` once the body is over.
    ///
    /// ```
    /// use coframe::{CoroutineExt, State};
    ///
    /// #[coframe::coroutine(yield = u8)]
    /// fn one() {
    ///     coframe::yield_!(1);
    /// }
    ///
    /// let mut co = one();
    /// assert_eq!(co.frame().unwrap().state(), State::Created);
    /// co.start().unwrap();
    /// assert_eq!(co.frame().unwrap().state(), State::Suspended);
    /// assert_eq!(co.frame().unwrap().line(), co.code().points()[0].line());
    /// co.close().unwrap();
    /// assert!(co.frame().is_none());
    /// ```
    #[must_use]
    pub fn frame(&self) -> Option<Frame<'_>> {
        Frame::new(&self.machine)
    }

    /// Where it stands in its life.
    #[must_use]
    pub fn state(&self) -> State {
        frame::state(self.machine.position())
    }
}

impl<M: Machine<()>> Generator<M> {
    /// Iterates over the yielded values by reference and keeps the returned one.
    ///
    /// A `for` loop drops what a coroutine returns, as Python's does; this is the way to get at it.
    ///
    /// ```
    /// #[coframe::coroutine(yield = u32)]
    /// fn two() -> &'static str {
    ///     coframe::yield_!(1);
    ///     coframe::yield_!(2);
    ///     "done"
    /// }
    ///
    /// let mut co = two();
    /// let mut values = co.values();
    /// assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2]);
    /// assert_eq!(values.into_return(), Some("done"));
    /// ```
    pub fn values(&mut self) -> Values<'_, Self> {
        Values::new(self)
    }
}

impl<S, M: Machine<S>> Coroutine<S> for Generator<M> {
    type Yield = M::Yield;
    type Return = M::Return;

    // The caller knows which signal it sends, and the body is a function of its own.
    #[inline(always)]
    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<M::Yield, M::Return> {
        self.machine.resume(signal)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        Some(self)
    }
}

impl<M: Inspect> Inspectable for Generator<M> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        self.frame().map_or(ControlFlow::Continue(()), |frame| visitor.visit(&frame))
    }

    fn outermost(&self) -> Option<(&'static Code, u32)> {
        Some((self.machine.code(), self.machine.position()))
    }
}

/// Python's `for x in g`: the returned value is dropped.
///
/// # Panics
///
/// `next` panics if the body raises an [`Exception`], which an iterator of plain values cannot give;
/// [`Generator::values`] gives it as an `Err`.
impl<M: Machine<()>> Iterator for Generator<M> {
    type Item = M::Yield;

    #[inline]
    fn next(&mut self) -> Option<M::Yield> {
        match self.machine.resume(Signal::Start) {
            Ok(Step::Yielded(value)) => Some(value),
            Ok(Step::Returned(_)) | Err(Exception::Finished) => None,
            Err(exception) => raised(exception),
        }
    }
}

impl<M: Machine<()>> FusedIterator for Generator<M> {}

/// What an iterator does about an exception. It is given by value and to a call, so that it needs no address.
#[cold]
#[inline(never)]
pub(crate) fn raised(exception: Exception) -> ! {
    panic!("a coroutine raised an exception inside a `for` loop: {exception}; use `Generator::values` to catch it")
}

/// Its name, where it stands, and its locals: `<coroutine count, suspended at line 4, {n: 3, i: 1}>`.
impl<M: Inspect> fmt::Debug for Generator<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        frame::fmt(&self.machine, f)
    }
}

/// The iterator of [`CoroutineExt::values`]: each value or the exception that ended the body.
pub struct Values<'a, C: Coroutine + ?Sized> {
    coroutine: &'a mut C,
    returned: Option<C::Return>,
}

impl<'a, C: Coroutine + ?Sized> Values<'a, C> {
    pub(crate) const fn new(coroutine: &'a mut C) -> Self {
        Values { coroutine, returned: None }
    }

    /// What the body returned, if it did while this iterator ran.
    #[must_use]
    pub fn into_return(self) -> Option<C::Return> {
        self.returned
    }
}

impl<C: Coroutine + Unpin + ?Sized> Iterator for Values<'_, C> {
    type Item = Result<C::Yield, Exception>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.coroutine.start() {
            Ok(Step::Yielded(value)) => Some(Ok(value)),
            Ok(Step::Returned(value)) => {
                self.returned = Some(value);
                None
            }
            Err(Exception::Finished) => None,
            Err(exception) => Some(Err(exception)),
        }
    }
}

impl<C: Coroutine + Unpin + ?Sized> FusedIterator for Values<'_, C> {}

impl<C: Coroutine + fmt::Debug + ?Sized> fmt::Debug for Values<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Values").field(&self.coroutine).finish()
    }
}
