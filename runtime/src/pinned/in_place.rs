//! What a body that rustc compiled delegates to: the delegate stays where it is, in the body's own memory.

use core::fmt;
use core::pin::Pin;

use pin_project_lite::pin_project;

use super::{Pinned, PinnedMachine};
use crate::coroutine::Resumed;
use crate::private::{Items, Operand, Undelegated, raised_while_closing};
use crate::{Coroutine, Delegate, Exception, Signal, coroutine};

/// A delegate that may have to be pinned.
pub trait InPlace<S> {
    /// What it hands out.
    type Yield;
    /// What it gives at its end.
    type Return;

    /// As [`Delegate::advance`].
    ///
    /// # Errors
    ///
    /// As there.
    fn advance(self: Pin<&mut Self>, sent: Option<S>) -> Resumed<Self::Yield, Self::Return>;

    /// As [`Delegate::interrupt`].
    ///
    /// # Errors
    ///
    /// As there.
    fn interrupt(self: Pin<&mut Self>, exception: Exception) -> Resumed<Self::Yield, Self::Return>;

    /// As [`Delegate::release`].
    ///
    /// # Errors
    ///
    /// As there.
    fn release(self: Pin<&mut Self>) -> Result<(), Exception>;

    /// Raises an exception at the delegation: as [`forward`](crate::private::forward).
    ///
    /// # Errors
    ///
    /// As there.
    #[cold]
    fn throw(self: Pin<&mut Self>, exception: Exception) -> Resumed<Self::Yield, Self::Return> {
        match exception {
            Exception::Exit => {
                self.release().map_err(raised_while_closing)?;
                Err(Exception::Exit)
            }
            other => self.interrupt(other),
        }
    }
}

/// A delegate that needs no pin.
#[derive(Debug)]
pub struct Movable<D>(D);

impl<D> Unpin for Movable<D> {}

impl<S, D: Delegate<S>> InPlace<S> for Movable<D> {
    type Yield = D::Yield;
    type Return = D::Return;

    #[inline(always)]
    fn advance(mut self: Pin<&mut Self>, sent: Option<S>) -> Resumed<D::Yield, D::Return> {
        self.0.advance(sent)
    }

    fn interrupt(mut self: Pin<&mut Self>, exception: Exception) -> Resumed<D::Yield, D::Return> {
        self.0.interrupt(exception)
    }

    fn release(mut self: Pin<&mut Self>) -> Result<(), Exception> {
        self.0.release()
    }
}

pin_project! {
    /// A `pinned` coroutine as a delegate.
    pub struct PinnedDelegate<M> {
        #[pin]
        pinned: Pinned<M>,
    }
}

impl<S, M: PinnedMachine<S>> InPlace<S> for PinnedDelegate<M> {
    type Yield = M::Yield;
    type Return = M::Return;

    #[inline(always)]
    fn advance(self: Pin<&mut Self>, sent: Option<S>) -> Resumed<M::Yield, M::Return> {
        self.project().pinned.resume(sent.map_or(Signal::Start, Signal::Send))
    }

    fn interrupt(self: Pin<&mut Self>, exception: Exception) -> Resumed<M::Yield, M::Return> {
        self.project().pinned.resume(Signal::Throw(exception))
    }

    fn release(self: Pin<&mut Self>) -> Result<(), Exception> {
        coroutine::closed(self.project().pinned.resume(Signal::Throw(Exception::Exit))).map(drop)
    }
}

impl<M> fmt::Debug for PinnedDelegate<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinnedDelegate")
    }
}

impl<Y, S, E: Delegate<S, Yield = Y>> Operand<Y, S, E> {
    /// A delegate is itself.
    #[inline(always)]
    pub fn in_place(self) -> Movable<E> {
        Movable(self.take())
    }
}

/// The first fallback of the probing, by value: a `pinned` coroutine.
pub trait PinnedInPlace {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn in_place(self) -> Self::Delegate;
}

impl<Y, S, M: PinnedMachine<S, Yield = Y>> PinnedInPlace for Operand<Y, S, Pinned<M>> {
    type Delegate = PinnedDelegate<M>;

    #[inline(always)]
    fn in_place(self) -> PinnedDelegate<M> {
        PinnedDelegate { pinned: self.take() }
    }
}

/// In a frame, which can be moved, it is boxed.
#[cfg(feature = "alloc")]
impl<Y, S, M: PinnedMachine<S, Yield = Y>> crate::private::PinnedOperand for Operand<Y, S, Pinned<M>> {
    type Delegate = crate::Generator<Pin<alloc::boxed::Box<M>>>;

    fn delegate(self) -> Self::Delegate {
        self.take().boxed()
    }
}

/// The first fallback too, since nothing is both: an iterable.
pub trait IterableInPlace {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn in_place(self) -> Self::Delegate;
}

impl<Y, E: IntoIterator<Item = Y>> IterableInPlace for Operand<Y, (), E> {
    type Delegate = Movable<Items<E::IntoIter>>;

    #[inline(always)]
    fn in_place(self) -> Self::Delegate {
        Movable(Items::new(self.take()))
    }
}

/// The last fallback, by `&mut`: none of these, which is an error in the words of [`Delegate`].
pub trait NoneInPlace<Y, S, E> {
    /// Cannot be called. What it gives is a delegate all the same, of whatever is wanted, so that this is the only error.
    fn in_place<R>(&mut self) -> Movable<Undelegated<Y, R>>
    where
        E: Delegate<S, Yield = Y>;
}

impl<Y, S, E> NoneInPlace<Y, S, E> for Operand<Y, S, E> {
    fn in_place<R>(&mut self) -> Movable<Undelegated<Y, R>> {
        unreachable!("coframe: the probing finds a delegate by value first")
    }
}
