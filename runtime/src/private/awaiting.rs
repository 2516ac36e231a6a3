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
    pub struct Awaiting<F>(Pin<Box<F>>);

    /// [`Awaiting`] where what the future fails with is raised.
    pub struct AwaitingResult<F>(Pin<Box<F>>);

    impl<T, E: IntoFuture<Output = Result<T, Exception>>> FallibleFuture for Operand<Awaitable, (), E> {
        type Delegate = AwaitingResult<E::IntoFuture>;

        fn delegate(self) -> AwaitingResult<E::IntoFuture> {
            AwaitingResult(Box::pin(self.into_inner().into_future()))
        }
    }

    impl<E: IntoFuture> AnyFuture for Operand<Awaitable, (), E> {
        type Delegate = Awaiting<E::IntoFuture>;

        fn delegate(&self) -> Awaiting<E::IntoFuture> {
            Awaiting(Box::pin(self.take().into_future()))
        }
    }

    impl<T, E: IntoFuture<Output = Result<T, Exception>>> FutureOperand for Callee<Awaitable, (), E> {
        type Delegate = AwaitingResult<E::IntoFuture>;

        fn delegate<'a>(&self) -> Plain<'a, AwaitingResult<E::IntoFuture>> {
            Plain::new(AwaitingResult(Box::pin(self.operand().into_future())))
        }
    }

    impl<F: Future> Delegate for Awaiting<F> {
        type Yield = Awaitable;
        type Return = F::Output;

        fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, F::Output> {
            Ok(match current::with_context(|context| self.0.as_mut().poll(context)) {
                Poll::Ready(output) => Step::Returned(output),
                Poll::Pending => Step::Yielded(Awaitable(Kind::Wake)),
            })
        }
    }

    impl<T, F: Future<Output = Result<T, Exception>>> Delegate for AwaitingResult<F> {
        type Yield = Awaitable;
        type Return = T;

        fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, T> {
            current::advance(self.0.as_mut())
        }
    }

    impl<F> fmt::Debug for Awaiting<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Awaiting")
        }
    }

    impl<F> fmt::Debug for AwaitingResult<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("AwaitingResult")
        }
    }
}
