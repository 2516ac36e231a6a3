//! What else may stand in a `yield_from!`: anything that can be awaited, in a coroutine that runs as a task.
//!
//! The traits are there in every build, because expansions bring them into scope; without the feature `event-loop`
//! nothing implements them.

#[cfg(feature = "event-loop")]
pub use self::futures::{Awaiting, AwaitingBoxed, Raising};

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

/// [`FallibleFuture`] in a body that rustc compiles.
pub trait FallibleInPlace {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn in_place(self) -> Self::Delegate;
}

/// [`AnyFuture`] in a body that rustc compiles.
pub trait FutureInPlace {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn in_place(&self) -> Self::Delegate;
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

    use pin_project_lite::pin_project;

    use super::super::{Callee, InPlace, Operand, Plain};
    use super::{AnyFuture, FallibleFuture, FallibleInPlace, FutureInPlace, FutureOperand};
    use crate::awaitable::Kind;
    use crate::coroutine::Resumed;
    use crate::task::current;
    use crate::{Awaitable, Delegate, Exception, Step};

    pin_project! {
        /// A future as a delegate.
        pub struct Awaiting<F> {
            // Whether it waits in a coroutine, in which an exception can be raised.
            in_coroutine: bool,
            // Whether it waits for a promise, in none.
            plainly: bool,
            #[pin]
            future: F,
        }
    }

    /// [`Awaiting`] where the coroutine that waits can be moved.
    pub struct AwaitingBoxed<F>(Pin<Box<Awaiting<F>>>);

    pin_project! {
        /// Any of these where what the future fails with is raised.
        #[derive(Debug)]
        pub struct Raising<D> {
            #[pin]
            delegate: D,
        }
    }

    impl<T, E: IntoFuture<Output = Result<T, Exception>>> FallibleFuture for Operand<Awaitable, (), E> {
        type Delegate = Raising<AwaitingBoxed<E::IntoFuture>>;

        fn delegate(self) -> Self::Delegate {
            Raising { delegate: AwaitingBoxed::new(self.take()) }
        }
    }

    impl<E: IntoFuture> AnyFuture for Operand<Awaitable, (), E> {
        type Delegate = AwaitingBoxed<E::IntoFuture>;

        fn delegate(&self) -> Self::Delegate {
            AwaitingBoxed::new(self.take())
        }
    }

    impl<T, E: IntoFuture<Output = Result<T, Exception>>> FallibleInPlace for Operand<Awaitable, (), E> {
        type Delegate = Raising<Awaiting<E::IntoFuture>>;

        fn in_place(self) -> Self::Delegate {
            Raising { delegate: Awaiting::new(self.take()) }
        }
    }

    impl<E: IntoFuture> FutureInPlace for Operand<Awaitable, (), E> {
        type Delegate = Awaiting<E::IntoFuture>;

        fn in_place(&self) -> Self::Delegate {
            Awaiting::new(self.take())
        }
    }

    impl<T, E: IntoFuture<Output = Result<T, Exception>>> FutureOperand for Callee<Awaitable, (), E> {
        type Delegate = Raising<AwaitingBoxed<E::IntoFuture>>;

        fn delegate<'a>(&self) -> Plain<'a, Self::Delegate> {
            Plain::new(Raising { delegate: AwaitingBoxed::new(self.lent_operand()) })
        }
    }

    impl<F: Future> Awaiting<F> {
        fn new(future: impl IntoFuture<IntoFuture = F, Output = F::Output>) -> Self {
            Awaiting { in_coroutine: false, plainly: false, future: future.into_future() }
        }

        fn poll(self: Pin<&mut Self>, raised: Option<Exception>) -> Resumed<Awaitable, F::Output> {
            let this = self.project();
            let polled = current::poll_awaited(raised, |context| this.future.poll(context));
            (*this.in_coroutine, *this.plainly) = (polled.in_coroutine, polled.plainly);
            match (polled.poll, polled.not_taken) {
                (_, Some(exception)) => Err(exception),
                (Poll::Ready(output), None) => Ok(Step::Returned(output)),
                (Poll::Pending, None) => Ok(Step::Yielded(Awaitable(Kind::Wake))),
            }
        }
    }

    impl<F: Future> InPlace<()> for Awaiting<F> {
        type Yield = Awaitable;
        type Return = F::Output;

        /// A cancellation of the promise for which the future waits, on behalf of the task, is raised here as well: what a
        /// cancellation does to a plain future is the same wherever it stands.
        fn advance(self: Pin<&mut Self>, _: Option<()>) -> Resumed<Awaitable, F::Output> {
            if self.plainly
                && let Some(cancellation) = current::cancellation()
            {
                return Err(cancellation);
            }
            self.poll(None)
        }

        /// An exception is raised in the coroutine in which the future waits. If there is none, it is raised here, and the
        /// future is dropped.
        fn interrupt(self: Pin<&mut Self>, exception: Exception) -> Resumed<Awaitable, F::Output> {
            if self.in_coroutine { self.poll(Some(exception)) } else { Err(exception) }
        }

        fn release(self: Pin<&mut Self>) -> Result<(), Exception> {
            Ok(())
        }
    }

    impl<F: Future> AwaitingBoxed<F> {
        fn new(future: impl IntoFuture<IntoFuture = F, Output = F::Output>) -> Self {
            AwaitingBoxed(Box::pin(Awaiting::new(future)))
        }
    }

    impl<F: Future> Delegate for AwaitingBoxed<F> {
        type Yield = Awaitable;
        type Return = F::Output;

        fn advance(&mut self, sent: Option<()>) -> Resumed<Awaitable, F::Output> {
            self.0.as_mut().advance(sent)
        }

        fn interrupt(&mut self, exception: Exception) -> Resumed<Awaitable, F::Output> {
            self.0.as_mut().interrupt(exception)
        }
    }

    impl<T, D: Delegate<Return = Result<T, Exception>>> Delegate for Raising<D> {
        type Yield = D::Yield;
        type Return = T;

        fn advance(&mut self, sent: Option<()>) -> Resumed<D::Yield, T> {
            raising(self.delegate.advance(sent))
        }

        fn interrupt(&mut self, exception: Exception) -> Resumed<D::Yield, T> {
            raising(self.delegate.interrupt(exception))
        }
    }

    impl<T, D: InPlace<(), Return = Result<T, Exception>>> InPlace<()> for Raising<D> {
        type Yield = D::Yield;
        type Return = T;

        fn advance(self: Pin<&mut Self>, sent: Option<()>) -> Resumed<D::Yield, T> {
            raising(self.project().delegate.advance(sent))
        }

        fn interrupt(self: Pin<&mut Self>, exception: Exception) -> Resumed<D::Yield, T> {
            raising(self.project().delegate.interrupt(exception))
        }

        fn release(self: Pin<&mut Self>) -> Result<(), Exception> {
            self.project().delegate.release()
        }
    }

    fn raising<Y, T>(resumed: Resumed<Y, Result<T, Exception>>) -> Resumed<Y, T> {
        Ok(match resumed? {
            Step::Yielded(value) => Step::Yielded(value),
            Step::Returned(result) => Step::Returned(result?),
        })
    }

    impl<F> fmt::Debug for Awaiting<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Awaiting")
        }
    }

    impl<F> fmt::Debug for AwaitingBoxed<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("AwaitingBoxed")
        }
    }
}
