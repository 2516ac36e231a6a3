//! One step of a delegation, and what an expression is delegated to as.

use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;

use super::raised_while_closing;
use crate::coroutine::Resumed;
use crate::{Coroutine, Delegate, Exception, Signal, Step};

/// Resumes a delegate with what its delegator was resumed with: sends, throws and closes reach the innermost first.
///
/// # Errors
///
/// What is raised at the delegation. [`Exception::Exit`] is never made a result: the delegate is closed, whatever it
/// makes of that, and the exit goes on (PEP 380, "the `GeneratorExit` is re-raised").
#[inline(always)]
pub fn forward<S, D: Delegate<S>>(
    delegate: &mut D,
    sent: Option<S>,
    raised: Option<Exception>,
) -> Resumed<D::Yield, D::Return> {
    match raised {
        None => delegate.advance(sent),
        Some(exception) => interrupt(delegate, exception),
    }
}

#[cold]
#[inline(never)]
fn interrupt<S, D: Delegate<S>>(delegate: &mut D, exception: Exception) -> Resumed<D::Yield, D::Return> {
    match exception {
        Exception::Exit => {
            delegate.release().map_err(raised_while_closing)?;
            Err(Exception::Exit)
        }
        other => delegate.interrupt(other),
    }
}

/// The operand of a `yield_from!`. Method probing finds out what it is: `Operand::new(x).delegate()` is `x` itself if it is
/// a [`Delegate`], else [`Items`] of it if it is an iterable, else, in a task, a future to be awaited.
///
/// The probing looks for a method that takes its receiver by value, then by `&`, then by `&mut`, and each time for an
/// inherent one before those of traits. That is why the operand is in a cell.
pub struct Operand<Y, S, E> {
    delegate: Cell<Option<E>>,
    types: PhantomData<fn(S) -> Y>,
}

impl<Y, S, E> Operand<Y, S, E> {
    /// Takes the operand.
    #[inline(always)]
    pub fn new(delegate: E) -> Self {
        Operand { delegate: Cell::new(Some(delegate)), types: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn take(&self) -> E {
        self.delegate.take().expect("coframe: an operand is asked once what it is")
    }
}

impl<Y, S, E> fmt::Debug for Operand<Y, S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Operand")
    }
}

impl<Y, S, E: Delegate<S, Yield = Y>> Operand<Y, S, E> {
    /// A delegate is itself.
    #[inline(always)]
    pub fn delegate(self) -> E {
        self.take()
    }
}

/// The first fallback of the probing: an iterable.
pub trait Iterable {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn delegate(self) -> Self::Delegate;
}

impl<Y, E: IntoIterator<Item = Y>> Iterable for Operand<Y, (), E> {
    type Delegate = Items<E::IntoIter>;

    #[inline(always)]
    fn delegate(self) -> Items<E::IntoIter> {
        Items::new(self.take())
    }
}

/// The first fallback too, since nothing is both: a `pinned` coroutine, which is boxed. Where there is no allocator nothing
/// implements it.
pub trait PinnedOperand {
    /// What is delegated to.
    type Delegate;
    /// The operand as a delegate.
    fn delegate(self) -> Self::Delegate;
}

/// The last fallback, by `&mut`: none of these, which is an error in the words of [`Delegate`].
pub trait NoDelegate<Y, S, E> {
    /// Cannot be called. What it gives is a delegate all the same, of whatever is wanted, so that this is the only error.
    fn delegate<R>(&mut self) -> Undelegated<Y, R>
    where
        E: Delegate<S, Yield = Y>;
}

impl<Y, S, E> NoDelegate<Y, S, E> for Operand<Y, S, E> {
    fn delegate<R>(&mut self) -> Undelegated<Y, R> {
        unreachable!("coframe: the probing finds a delegate by value first")
    }
}

/// What stands for an operand that cannot be delegated to. There is none.
#[derive(Debug)]
pub struct Undelegated<Y, R>(Infallible, PhantomData<fn() -> (Y, R)>);

impl<S, Y, R> Coroutine<S> for Undelegated<Y, R> {
    type Yield = Y;
    type Return = R;

    fn resume(self: Pin<&mut Self>, _: Signal<S>) -> Resumed<Y, R> {
        match self.0 {}
    }
}

/// An iterator as a delegate: it is sent nothing, gives `()` at its end and knows nothing of exceptions.
#[derive(Clone, Debug)]
pub struct Items<I>(pub(super) I);

impl<I: Iterator> Items<I> {
    #[inline(always)]
    pub(crate) fn new(iterable: impl IntoIterator<IntoIter = I>) -> Self {
        Items(iterable.into_iter())
    }
}

impl<I: Iterator> Delegate for Items<I> {
    type Yield = I::Item;
    type Return = ();

    #[inline(always)]
    fn advance(&mut self, _: Option<()>) -> Resumed<I::Item, ()> {
        Ok(self.0.next().map_or(Step::Returned(()), Step::Yielded))
    }
}

/// A delegation, as the type checker sees it in the native form.
pub fn delegated<S, D: Delegate<S>>(_: D) -> D::Return {
    unreachable!("coframe: the native form of a body is never run")
}

/// [`delegated`] where what is raised is a value.
///
/// # Errors
///
/// None: it is not run.
pub fn try_delegated<S, D: Delegate<S>>(_: D) -> Result<D::Return, Exception> {
    unreachable!("coframe: the native form of a body is never run")
}
