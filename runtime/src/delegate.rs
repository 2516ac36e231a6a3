//! What a body may hand its caller on to with `yield_from!`.

use core::pin::Pin;

use crate::coroutine::Resumed;
use crate::{Coroutine, CoroutineExt, Exception, Inspectable, Signal};

/// What `yield_from!` delegates to: Python's duck-typed subiterator ([PEP 380]).
///
/// Every coroutine that may be moved is one, by value, by `&mut`, boxed or pinned; an iterator stands in for one where
/// `()` is sent. Implement it for a type of your own that can be advanced and knows when it is over. Only
/// [`advance`](Delegate::advance) is required: a delegate that knows nothing of exceptions leaves them to the coroutine
/// that delegates, and one that has nothing to clean up is simply abandoned.
///
/// ```
/// use coframe::{CoroutineExt, Delegate, Resumed, Step, yield_from};
///
/// /// Counts down, by what it is sent.
/// struct Countdown(u32);
///
/// impl Delegate<u32> for Countdown {
///     type Yield = u32;
///     type Return = &'static str;
///
///     fn advance(&mut self, sent: Option<u32>) -> Resumed<u32, &'static str> {
///         self.0 = self.0.saturating_sub(sent.unwrap_or(0));
///         Ok(if self.0 == 0 { Step::Returned("lift-off") } else { Step::Yielded(self.0) })
///     }
/// }
///
/// #[coframe::coroutine(yield = u32, send = u32)]
/// fn launch() -> &'static str {
///     yield_from!(Countdown(10))
/// }
///
/// let mut launch = launch();
/// assert_eq!(launch.start()?, Step::Yielded(10));
/// assert_eq!(launch.send(4)?, Step::Yielded(6));
/// assert_eq!(launch.send(6)?, Step::Returned("lift-off"));
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// [PEP 380]: https://peps.python.org/pep-0380/
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be delegated to with `yield_from!`",
    label = "this is neither a coroutine that is sent `{S}` and yields the same type, nor a matching iterator",
    note = "`yield_from!` takes a coroutine with the same `yield` and `send`, or, where `send` is `()`, anything that \
            implements `IntoIterator` with the yielded type as its items, or, in a `task`, anything that can be awaited; \
            other types can implement `coframe::Delegate`"
)]
pub trait Delegate<S = ()> {
    /// What it hands out, to the caller of the coroutine that delegates.
    type Yield;
    /// What it gives at its end: the value of `yield_from!`.
    type Return;

    /// Runs to the next value or to the end. `sent` is `None` on the first step, and always where `S` is `()`.
    ///
    /// # Errors
    ///
    /// What it raises; it is raised at the `yield_from!`.
    fn advance(&mut self, sent: Option<S>) -> Resumed<Self::Yield, Self::Return>;

    /// Raises an exception in the delegate. It may answer with a value, which `throw` gives, or by ending, after which
    /// the coroutine that delegates goes on.
    ///
    /// # Errors
    ///
    /// By default the exception itself, so that it is raised at the `yield_from!`.
    fn interrupt(&mut self, exception: Exception) -> Resumed<Self::Yield, Self::Return> {
        Err(exception)
    }

    /// Ends the delegate, because the coroutine that delegates to it is being closed.
    ///
    /// # Errors
    ///
    /// What is to be raised at the `yield_from!` instead of [`Exception::Exit`]. By default there is nothing to do.
    fn release(&mut self) -> Result<(), Exception> {
        Ok(())
    }

    /// Its frames, if it drives a coroutine; see [`Inspectable`].
    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        None
    }
}

impl<S, C: Coroutine<S> + Unpin> Delegate<S> for C {
    type Yield = C::Yield;
    type Return = C::Return;

    #[inline(always)]
    fn advance(&mut self, sent: Option<S>) -> Resumed<C::Yield, C::Return> {
        Pin::new(self).resume(match sent {
            Some(value) => Signal::Send(value),
            None => Signal::Start,
        })
    }

    fn interrupt(&mut self, exception: Exception) -> Resumed<C::Yield, C::Return> {
        Pin::new(self).resume(Signal::Throw(exception))
    }

    fn release(&mut self) -> Result<(), Exception> {
        self.close().map(drop)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        Coroutine::as_inspectable(self)
    }
}
