//! What a recursive coroutine delegates to: a call of another, or anything else that can be delegated to.

use core::cell::Cell;
use core::marker::PhantomData;
use core::pin::Pin;
use core::{fmt, mem};

use super::delegation::{Items, forward};
use super::driver::Driver;
use super::forking::Forks;
use super::machine::Sends;
use super::recursion::Outcome;
#[cfg(feature = "serde")]
use super::recursion::Returns;
use super::shared::Mark;
#[cfg(feature = "serde")]
use super::shared::Shared;
use super::turn::Turn;
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
        Called { callee: self.operand() }
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

/// A call, as its caller holds it. Once the callee is marked as given its levels are the driver's, and it has none itself: it
/// is a handle to what is returned.
#[derive(Debug)]
pub struct Called<'a, Y: 'a, R: 'a, S: 'a, K> {
    callee: Recursive<'a, Y, R, S, K>,
}

#[cfg(feature = "serde")]
impl<'a, Y, R, S, K> Called<'a, Y, R, S, K> {
    /// A call that was made before.
    pub(super) fn made(callee: Shared<dyn Returns<Y, R, S> + 'a>) -> Self {
        callee.mark(Mark::Given);
        Called { callee: Recursive::new(callee) }
    }
}

/// What is raised in the callee comes by way of the turn, and is raised at the call as it is. So is an exit, before which
/// the driver has closed the callee.
impl<'a, Y, R, S, K> Drive<'a, Y, S> for Called<'a, Y, R, S, K> {
    #[inline(always)]
    fn drive(&mut self, _: Option<S>, turn: &Turn<'a, Y, S>, apart: bool) -> Resumed<(), R> {
        let Called { callee } = self;
        if callee.root.is(Mark::Given) {
            return over(callee, turn);
        }
        callee.root.mark(Mark::Given);
        if let Some(driver) = callee.driver.take() {
            return joined(*driver, turn);
        }
        turn.enter(callee.root.to_level());
        let ran = if apart { None } else { turn.inside(|| callee.root.resume(None, turn)) };
        match ran {
            None | Some(Outcome::Paused) => Ok(Step::Yielded(())),
            Some(Outcome::Returned) => {
                turn.leave();
                returned(callee)
            }
            Some(Outcome::Raised) => {
                turn.leave();
                over(callee, turn)
            }
        }
    }
}

/// What a call came to, whose levels are gone.
#[inline(always)]
fn over<Y, R, S, K>(callee: &Recursive<'_, Y, R, S, K>, turn: &Turn<'_, Y, S>) -> Resumed<(), R> {
    match turn.raised() {
        None => returned(callee),
        Some(exception) => Err(exception),
    }
}

/// What a call returned, of which nothing is left then.
#[inline(always)]
fn returned<Y, R, S, K>(callee: &Recursive<'_, Y, R, S, K>) -> Resumed<(), R> {
    let returned = callee.returned();
    callee.root.mark(Mark::Empty);
    returned
}

/// In place, as any other.
impl<Y, R, S, K> Coroutine<S> for Called<'_, Y, R, S, K> {
    type Yield = Y;
    type Return = R;

    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Y, R> {
        Pin::new(&mut self.callee).resume(signal)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        Some(&self.callee)
    }
}

/// A call that was made is a handle to the clone of the callee, which the driver has cloned before.
impl<Y, R, S, K: Forks> Clone for Called<'_, Y, R, S, K> {
    fn clone(&self) -> Self {
        let Called { callee } = self;
        if !callee.root.is(Mark::Given) {
            return Called { callee: callee.clone() };
        }
        let fork = callee.forked();
        fork.mark(Mark::Given);
        Called { callee: Recursive::new(fork) }
    }
}

/// A call of what has run before. It goes on, unless it waits for a value, of which there is none.
#[cold]
fn joined<'a, Y, R, S>(mut driver: Driver<'a, Y, S>, turn: &Turn<'a, Y, S>) -> Resumed<(), R> {
    match (driver.depth(), driver.sends) {
        (0, _) => Err(Exception::Finished),
        (_, Sends::Value) => Err(Exception::AlreadyStarted),
        _ => {
            mem::take(driver.levels.get_mut()).into_iter().for_each(|level| turn.enter(level));
            Ok(Step::Yielded(()))
        }
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

impl<'a, S, D: Delegate<S>> Drive<'a, D::Yield, S> for Plain<'a, D> {
    #[inline(always)]
    fn drive(&mut self, sent: Option<S>, turn: &Turn<'a, D::Yield, S>, _: bool) -> Resumed<(), D::Return> {
        Ok(match forward(&mut self.delegate, sent, turn.raised())? {
            Step::Yielded(value) => {
                turn.yielded(value);
                Step::Yielded(())
            }
            Step::Returned(value) => Step::Returned(value),
        })
    }
}

impl<S, D: Delegate<S>> Coroutine<S> for Plain<'_, D> {
    type Yield = D::Yield;
    type Return = D::Return;

    fn resume(mut self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<D::Yield, D::Return> {
        let (sent, raised) = signal.into_parts();
        forward(&mut self.delegate, sent, raised)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        self.delegate.as_inspectable()
    }
}

/// What a body that may call itself delegates to.
pub trait Drive<'a, Y, S>: Coroutine<S> {
    /// One step of the delegation. What is yielded goes to the turn. If it is not `apart`, a call may run inside this.
    ///
    /// # Errors
    ///
    /// What is raised at the delegation.
    fn drive(&mut self, sent: Option<S>, turn: &Turn<'a, Y, S>, apart: bool) -> Resumed<(), Self::Return>;
}

/// One step of a delegation.
///
/// # Errors
///
/// What is raised at the delegation.
#[inline(always)]
pub fn drive<'a, S, Y, D: Drive<'a, Y, S>>(
    delegate: &mut D,
    sent: Option<S>,
    turn: &Turn<'a, Y, S>,
) -> Resumed<(), D::Return> {
    delegate.drive(sent, turn, false)
}

/// [`drive`] in a tracked body, which is not to be known as running while a call runs.
///
/// # Errors
///
/// What is raised at the delegation.
#[inline(always)]
pub fn drive_apart<'a, S, Y, D: Drive<'a, Y, S>>(
    delegate: &mut D,
    sent: Option<S>,
    turn: &Turn<'a, Y, S>,
) -> Resumed<(), D::Return> {
    delegate.drive(sent, turn, true)
}
