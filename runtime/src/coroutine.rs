//! The protocol: one trait with one method, and what everyone calls on top of it.

use core::ops::DerefMut;
use core::pin::Pin;

use crate::private::raised_while_closing;
use crate::{Exception, Inspectable, Signal, Step, Values};

/// What one resume gives: where it ended, or what it raised.
pub type Resumed<Y, R> = Result<Step<Y, R>, Exception>;

/// A function that can be paused: Python's generator object.
///
/// `S` is what it is sent. It is a parameter of the trait and not an associated type, so that a coroutine can be sent a
/// borrowed value: one with `send = &[u8]` implements `for<'r> Coroutine<&'r [u8]>`.
///
/// Every [`Unpin`] coroutine has `start`, `send`, `throw` and `close` through [`CoroutineExt`].
pub trait Coroutine<S = ()> {
    /// What it hands out at a suspension point.
    type Yield;
    /// What it gives at its end.
    type Return;

    /// Runs to the next suspension point or to the end.
    ///
    /// # Errors
    ///
    /// What the body raised or let pass, after which the coroutine is finished; or a misuse, which leaves the
    /// coroutine as it was: [`Exception::Finished`], [`Exception::NotStarted`], [`Exception::AlreadyStarted`], or
    /// [`Exception::AlreadyRunning`] through a [`Shared`](crate::Shared) handle.
    fn resume(self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Self::Yield, Self::Return>;

    /// Its frames, if they can be looked into: those of the coroutines of this crate can, by reference, boxed and behind
    /// `dyn` too. See [`Inspectable`].
    ///
    /// ```
    /// use coframe::{Chain, Coroutine};
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn one() { coframe::yield_!(1); }
    ///
    /// let any: &dyn Coroutine<(), Yield = u32, Return = ()> = &one();
    /// let chain = Chain::new(any.as_inspectable().unwrap());
    /// assert_eq!(chain.innermost(|frame| frame.code().name()), Some("one"));
    /// ```
    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        None
    }
}

/// `start`, `send`, `throw` and `close`, on every coroutine that may be moved.
///
/// A pinned coroutine has them too, on `Pin<&mut C>`, which is itself a coroutine that may be moved.
pub trait CoroutineExt<S>: Coroutine<S> {
    /// Primes the coroutine: runs it to its first suspension point. Python's `next(g)`.
    ///
    /// Later it is the same as `send(())` where `()` is sent, and as `send(None)` where an `Option` is.
    ///
    /// ```
    /// use coframe::{CoroutineExt, Step};
    ///
    /// #[coframe::coroutine(yield = u32, send = u32)]
    /// fn double() {
    ///     let mut last = coframe::yield_!(0);
    ///     loop {
    ///         last = coframe::yield_!(last * 2);
    ///     }
    /// }
    ///
    /// let mut co = double();
    /// assert_eq!(co.start().unwrap(), Step::Yielded(0));
    /// assert_eq!(co.send(21).unwrap(), Step::Yielded(42));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Exception::AlreadyStarted`] if it waits for a value of a type other than `()` and `Option`; else as
    /// [`resume`](Coroutine::resume).
    #[inline]
    fn start(&mut self) -> Resumed<Self::Yield, Self::Return>
    where
        Self: Unpin,
    {
        Pin::new(self).resume(Signal::Start)
    }

    /// Resumes with a value, which becomes the value of the suspended `yield_!`.
    ///
    /// `send(())` and, where an `Option` is sent, `send(None)` also start a coroutine: Python's `g.send(None)`.
    ///
    /// ```
    /// use coframe::{CoroutineExt, Exception, Step};
    ///
    /// #[coframe::coroutine(yield = u32, send = Option<u32>)]
    /// fn sum() {
    ///     let mut sum = 0;
    ///     loop {
    ///         sum += coframe::yield_!(sum).unwrap_or(1);
    ///     }
    /// }
    ///
    /// let mut co = sum();
    /// assert!(matches!(co.send(Some(7)), Err(Exception::NotStarted)));
    /// assert_eq!(co.send(None)?, Step::Yielded(0));
    /// assert_eq!(co.send(Some(7))?, Step::Yielded(7));
    /// assert_eq!(co.start()?, Step::Yielded(8));
    /// # Ok::<(), Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Exception::NotStarted`] before the first suspension point, unless it is sent what a start sends (the value is
    /// dropped and the coroutine can still be started); else as [`resume`](Coroutine::resume).
    #[inline]
    fn send(&mut self, value: S) -> Resumed<Self::Yield, Self::Return>
    where
        Self: Unpin,
    {
        Pin::new(self).resume(Signal::Send(value))
    }

    /// Raises `exception` at the suspended `yield_!`.
    ///
    /// # Errors
    ///
    /// `exception` itself, if the body lets it pass, has not run yet (none of it runs then) or is over.
    #[inline]
    fn throw(&mut self, exception: impl Into<Exception>) -> Resumed<Self::Yield, Self::Return>
    where
        Self: Unpin,
    {
        Pin::new(self).resume(Signal::Throw(exception.into()))
    }

    /// Ends the coroutine: raises [`Exception::Exit`] at the suspended `yield_!`, so that its locals are dropped.
    ///
    /// `Ok(None)` if the exit passed or there was nothing to end, `Ok(Some(r))` if the body caught it and returned, as
    /// in CPython 3.13.
    ///
    /// # Errors
    ///
    /// [`Exception::IgnoredExit`] if the body yielded instead; what it raised if it raised something else, with
    /// [`Exception::Exit`] as its [`source`](Exception::source) unless it has another;
    /// [`Exception::AlreadyRunning`] as [`resume`](Coroutine::resume).
    #[inline]
    fn close(&mut self) -> Result<Option<Self::Return>, Exception>
    where
        Self: Unpin,
    {
        closed(Pin::new(self).resume(Signal::Throw(Exception::Exit)))
    }

    /// Iterates over what is yielded, by reference, and keeps what is returned: a `for` loop that loses neither the
    /// exceptions nor the end. [`Generator`](crate::Generator) has it without this trait.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use coframe::{BoxCoroutine, CoroutineExt};
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn pair() -> &'static str {
    ///     coframe::yield_!(1);
    ///     coframe::yield_!(2);
    ///     "done"
    /// }
    ///
    /// let mut co: BoxCoroutine<'_, u32, &str> = Box::new(pair());
    /// let mut values = co.values();
    /// assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2]);
    /// assert_eq!(values.into_return(), Some("done"));
    /// # }
    /// ```
    fn values(&mut self) -> Values<'_, Self>
    where
        Self: Coroutine + Unpin,
    {
        Values::new(self)
    }
}

/// What a close makes of what raising the exit gave.
pub(crate) fn closed<Y, R>(resumed: Resumed<Y, R>) -> Result<Option<R>, Exception> {
    match resumed {
        Ok(Step::Returned(value)) => Ok(Some(value)),
        Ok(Step::Yielded(_)) => Err(Exception::IgnoredExit),
        Err(Exception::Exit) => Ok(None),
        Err(other) => Err(raised_while_closing(other)),
    }
}

impl<S, C: Coroutine<S> + ?Sized> CoroutineExt<S> for C {}

impl<S, C: Coroutine<S> + Unpin + ?Sized> Coroutine<S> for &mut C {
    type Yield = C::Yield;
    type Return = C::Return;

    #[inline]
    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<C::Yield, C::Return> {
        Pin::new(&mut **self).resume(signal)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        (**self).as_inspectable()
    }
}

impl<S, P: DerefMut<Target: Coroutine<S>>> Coroutine<S> for Pin<P> {
    type Yield = <P::Target as Coroutine<S>>::Yield;
    type Return = <P::Target as Coroutine<S>>::Return;

    #[inline]
    fn resume(self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Self::Yield, Self::Return> {
        self.as_deref_mut().resume(signal)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        (**self).as_inspectable()
    }
}

#[cfg(feature = "alloc")]
impl<S, C: Coroutine<S> + Unpin + ?Sized> Coroutine<S> for alloc::boxed::Box<C> {
    type Yield = C::Yield;
    type Return = C::Return;

    #[inline]
    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<C::Yield, C::Return> {
        Pin::new(&mut **self).resume(signal)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        (**self).as_inspectable()
    }
}

/// A coroutine of any body, on the heap: what a list of different coroutines holds.
///
/// ```
/// use coframe::{BoxCoroutine, CoroutineExt, Step};
///
/// #[coframe::coroutine(yield = u32)]
/// fn one() { coframe::yield_!(1); }
/// #[coframe::coroutine(yield = u32)]
/// fn two(n: u32) { coframe::yield_!(n); }
///
/// let mut all: Vec<BoxCoroutine<'_, u32, ()>> = vec![Box::new(one()), Box::new(two(2))];
/// assert_eq!(all[1].start().unwrap(), Step::Yielded(2));
/// ```
#[cfg(feature = "alloc")]
pub type BoxCoroutine<'a, Y, R, S = ()> = alloc::boxed::Box<dyn Coroutine<S, Yield = Y, Return = R> + Unpin + 'a>;
