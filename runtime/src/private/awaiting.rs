//! What else may stand in a `yield_from!`: anything that can be awaited, in a coroutine that runs as a task.
//!
//! The traits are there in every build, because expansions bring them into scope; without the feature `event-loop`
//! nothing implements them.

#[cfg(feature = "event-loop")]
pub use self::futures::{Awaiting, AwaitingResult};

/// By value from a trait: a future that gives a `Result` with an [`Exception`](crate::Exception), which is raised.
pub trait FallibleFuture {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn delegate(self) -> Self::Delegate;
}

/// By `&`: any other future. It gives its output.
pub trait AnyFuture {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn delegate(&self) -> Self::Delegate;
}

/// [`FallibleFuture`] in a body that may call itself. There is no [`AnyFuture`] of that kind: an operand can be told
/// from four others at most.
#[cfg(feature = "alloc")]
pub trait FutureOperand {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn delegate<'a>(&self) -> super::Plain<'a, Self::Delegate>;
}

#[cfg(feature = "event-loop")]
mod futures {
    use std::fmt;
    use std::future::{Future, IntoFuture};
    use std::pin::Pin;
    use std::task::Poll;

    use super::super::{Callee, Operand, Plain};
    use super::{AnyFuture, FallibleFuture, FutureOperand};
    use crate::awaitable::Kind;
    use crate::coroutine::Resumed;
    use crate::task::current;
    use crate::{Awaitable, Delegate, Exception, Step};

    /// A future as a delegate. It is pinned, so that the coroutine that waits for it can be moved.
    pub struct Awaiting<F> {
        /// Whether it waits in a coroutine, in which an exception can be raised.
        in_coroutine: bool,
        /// Whether it waits for a promise, in none.
        plainly: bool,
        future: Pin<Box<F>>,
    }

    /// [`Awaiting`] where what the future fails with is raised.
    #[derive(Debug)]
    pub struct AwaitingResult<F>(Awaiting<F>);

    impl<T, E: IntoFuture<Output = Result<T, Exception>>> FallibleFuture for Operand<Awaitable, (), E> {
        type Delegate = AwaitingResult<E::IntoFuture>;

        fn delegate(self) -> AwaitingResult<E::IntoFuture> {
            AwaitingResult(Awaiting::new(self.into_inner()))
        }
    }

    impl<E: IntoFuture> AnyFuture for Operand<Awaitable, (), E> {
        type Delegate = Awaiting<E::IntoFuture>;

        fn delegate(&self) -> Awaiting<E::IntoFuture> {
            Awaiting::new(self.take())
        }
    }

    impl<T, E: IntoFuture<Output = Result<T, Exception>>> FutureOperand for Callee<Awaitable, (), E> {
        type Delegate = AwaitingResult<E::IntoFuture>;

        fn delegate<'a>(&self) -> Plain<'a, AwaitingResult<E::IntoFuture>> {
            Plain::new(AwaitingResult(Awaiting::new(self.operand())))
        }
    }

    impl<F: Future> Awaiting<F> {
        fn new(future: impl IntoFuture<IntoFuture = F, Output = F::Output>) -> Self {
            Awaiting { in_coroutine: false, plainly: false, future: Box::pin(future.into_future()) }
        }

        fn poll(&mut self, raised: Option<Exception>) -> Resumed<Awaitable, F::Output> {
            let polled = current::poll_awaited(raised, |context| self.future.as_mut().poll(context));
            (self.in_coroutine, self.plainly) = (polled.in_coroutine, polled.plainly);
            match (polled.poll, polled.not_taken) {
                (_, Some(exception)) => Err(exception),
                (Poll::Ready(output), None) => Ok(Step::Returned(output)),
                (Poll::Pending, None) => Ok(Step::Yielded(Awaitable(Kind::Wake))),
            }
        }
    }

    impl<F: Future> Delegate for Awaiting<F> {
        type Yield = Awaitable;
        type Return = F::Output;

        /// A cancellation of the promise for which the future waits, on behalf of the task, is raised here as well: what a
        /// cancellation does to a plain future is the same wherever it stands.
        fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, F::Output> {
            if self.plainly
                && let Some(cancellation) = current::cancellation()
            {
                return Err(cancellation);
            }
            self.poll(None)
        }

        /// An exception is raised in the coroutine in which the future waits. If there is none, it is raised here, and the
        /// future is dropped.
        fn interrupt(&mut self, exception: Exception) -> Resumed<Awaitable, F::Output> {
            if self.in_coroutine { self.poll(Some(exception)) } else { Err(exception) }
        }
    }

    impl<T, F: Future<Output = Result<T, Exception>>> Delegate for AwaitingResult<F> {
        type Yield = Awaitable;
        type Return = T;

        fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, T> {
            raising(self.0.advance(None))
        }

        fn interrupt(&mut self, exception: Exception) -> Resumed<Awaitable, T> {
            raising(self.0.interrupt(exception))
        }
    }

    fn raising<T>(resumed: Resumed<Awaitable, Result<T, Exception>>) -> Resumed<Awaitable, T> {
        Ok(match resumed? {
            Step::Yielded(awaitable) => Step::Yielded(awaitable),
            Step::Returned(result) => Step::Returned(result?),
        })
    }

    impl<F> fmt::Debug for Awaiting<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Awaiting")
        }
    }
}
