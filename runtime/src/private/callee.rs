//! What a recursive coroutine delegates to: a call of another, or anything else that can be delegated to.

use alloc::boxed::Box;
#[cfg(feature = "serde")]
use alloc::rc::Rc;
use core::cell::Cell;
use core::marker::PhantomData;
use core::pin::Pin;
use core::{fmt, mem};

use super::delegation::{Items, forward};
use super::driver::Driver;
use super::forking::Forks;
use super::machine::Sends;
use super::recursion::Progress;
#[cfg(feature = "serde")]
use super::recursion::Returns;
use crate::coroutine::Resumed;
use crate::{Coroutine, Delegate, Exception, Inspectable, Recursive, Signal, Step};

/// The operand of a `yield_from!` in a body that may call itself. Method probing finds out what it is:
/// `Callee::new(x).delegate()` is a call if `x` is a [`Recursive`], else a [`Plain`] delegation to `x` itself or to an
/// iterator of it.
///
/// The probing looks for a method that takes its receiver by value, then by `&`, then by `&mut`, and each time for an
/// inherent one before those of traits. That makes the four steps below, and is why the operand is in a cell.
pub struct Callee<Y, S, E> {
    operand: Cell<Option<E>>,
    types: PhantomData<fn(S) -> Y>,
}

impl<Y, S, E> Callee<Y, S, E> {
    /// Takes the operand.
    #[inline(always)]
    pub fn new(operand: E) -> Self {
        Callee { operand: Cell::new(Some(operand)), types: PhantomData }
    }

    #[inline(always)]
    pub(super) fn operand(&self) -> E {
        self.operand.take().expect("coframe: an operand is asked once what it is")
    }
}

impl<Y, S, E> fmt::Debug for Callee<Y, S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callee")
    }
}

impl<'a, Y, S, R, K> Callee<Y, S, Recursive<'a, Y, R, S, K>> {
    /// First, by value: a call.
    #[inline(always)]
    pub fn delegate(self) -> Called<'a, Y, R, S, K> {
        Called { callee: self.operand(), given: false }
    }
}

/// Second, by value from a trait: a delegate.
pub trait DelegateOperand<E> {
    /// The operand, to be resumed in place.
    fn delegate<'a>(self) -> Plain<'a, E>;
}

impl<Y, S, E: Delegate<S, Yield = Y>> DelegateOperand<E> for Callee<Y, S, E> {
    #[inline(always)]
    fn delegate<'a>(self) -> Plain<'a, E> {
        Plain::new(self.operand())
    }
}

/// Third, by `&`: an iterable. So does [`FutureOperand`](super::FutureOperand); nothing is both.
pub trait IterableOperand<E: IntoIterator> {
    /// The operand's iterator, to be advanced in place.
    fn delegate<'a>(&self) -> Plain<'a, Items<E::IntoIter>>;
}

impl<Y, E: IntoIterator<Item = Y>> IterableOperand<E> for Callee<Y, (), E> {
    #[inline(always)]
    fn delegate<'a>(&self) -> Plain<'a, Items<E::IntoIter>> {
        Plain::new(Items::new(self.operand()))
    }
}

/// Last, by `&mut`: none of these, which is an error in the words of [`Delegate`].
pub trait NoOperand<Y, S, E> {
    /// Cannot be called.
    fn delegate<'a>(&mut self) -> Plain<'a, E>
    where
        E: Delegate<S, Yield = Y>;
}

impl<Y, S, E> NoOperand<Y, S, E> for Callee<Y, S, E> {
    fn delegate<'a>(&mut self) -> Plain<'a, E> {
        unreachable!("coframe: the probing finds a delegate by value first")
    }
}

/// A call, as its caller holds it.
#[derive(Debug)]
pub struct Called<'a, Y: 'a, R: 'a, S: 'a, K> {
    callee: Recursive<'a, Y, R, S, K>,
    /// Whether its levels are the driver's now. Then it has none itself, and is a handle to what is returned.
    given: bool,
}

#[cfg(feature = "serde")]
impl<'a, Y, R, S, K> Called<'a, Y, R, S, K> {
    /// A call that was made before.
    pub(super) fn made(callee: Rc<dyn Returns<Y, R, S> + 'a>) -> Self {
        Called { callee: Recursive::new(callee), given: true }
    }
}

/// What is raised in the callee comes by way of the driver, and is raised at the call as it is. So is an exit, before
/// which the driver has closed the callee.
impl<'a, Y, R, S, K> Coroutine<S> for Called<'a, Y, R, S, K> {
    type Yield = Progress<'a, Y, S>;
    type Return = R;

    #[inline(always)]
    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Progress<'a, Y, S>, R> {
        let Called { callee, given } = &mut *self;
        if let Signal::Throw(exception) = signal {
            return Err(exception);
        }
        if mem::replace(given, true) {
            return callee.returned();
        }
        Ok(Step::Yielded(match callee.driver.take() {
            None => Progress::Called(callee.root.clone()),
            Some(driver) => joined(driver)?,
        }))
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        Some(&self.callee)
    }
}

/// A call that was made is a handle to the clone of the callee, which the driver has cloned before.
impl<Y, R, S, K: Forks> Clone for Called<'_, Y, R, S, K> {
    fn clone(&self) -> Self {
        let Called { callee, given } = self;
        Called { callee: if *given { Recursive::new(callee.forked()) } else { callee.clone() }, given: *given }
    }
}

/// A call of what has run before. It goes on, unless it waits for a value, of which there is none.
#[cold]
fn joined<'a, Y, S>(driver: Box<Driver<'a, Y, S>>) -> Result<Progress<'a, Y, S>, Exception> {
    match (driver.depth(), driver.sends) {
        (0, _) => Err(Exception::Finished),
        (_, Sends::Value) => Err(Exception::AlreadyStarted),
        _ => Ok(Progress::Joined(driver)),
    }
}

/// A delegate that the body resumes itself.
#[derive(Clone, Debug)]
pub struct Plain<'a, D> {
    pub(super) delegate: D,
    progress: PhantomData<&'a ()>,
}

impl<D> Plain<'_, D> {
    #[inline(always)]
    pub(super) fn new(delegate: D) -> Self {
        Plain { delegate, progress: PhantomData }
    }
}

// A delegate is only ever used through `&mut`, never pinned in place.
impl<D> Unpin for Plain<'_, D> {}

impl<'a, S: 'a, D: Delegate<S, Yield: 'a>> Coroutine<S> for Plain<'a, D> {
    type Yield = Progress<'a, D::Yield, S>;
    type Return = D::Return;

    #[inline(always)]
    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Progress<'a, D::Yield, S>, D::Return> {
        let (sent, raised) = signal.into_parts();
        Ok(match forward(&mut self.delegate, sent, raised)? {
            Step::Yielded(value) => Step::Yielded(Progress::Yielded(value)),
            Step::Returned(value) => Step::Returned(value),
        })
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        self.delegate.as_inspectable()
    }
}
