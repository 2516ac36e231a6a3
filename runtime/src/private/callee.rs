//! What a recursive coroutine delegates to: a call of another, or anything else that can be delegated to.

use core::cell::Cell;
use core::marker::PhantomData;
use core::pin::Pin;
use core::{fmt, mem};

use super::delegation::{Items, forward};
use super::driver::Driver;
use super::forking::Forks;
use super::machine::finished;
use super::sends::Sends;
use super::turn::Turn;
use crate::coroutine::Resumed;
use crate::recursive::Stage;
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
    pub(super) fn operand(self) -> E {
        self.operand.into_inner().expect("coframe: an operand is asked once what it is")
    }

    /// The operand, which is asked for by reference.
    #[inline(always)]
    pub(super) fn lent_operand(&self) -> E {
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
    pub fn delegate(self) -> Recursive<'a, Y, R, S, K> {
        self.operand()
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
        Plain::new(Items::new(self.lent_operand()))
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

/// A call, as its caller holds it: the callee is the next of the driver's levels.
pub struct Called<'a, Y: 'a, R: 'a, S: 'a, K> {
    /// Whether its caller has not paused since it began.
    begins: bool,
    #[allow(clippy::type_complexity)]
    types: PhantomData<fn(&'a (), S, K) -> (Y, R)>,
}

impl<Y, R, S, K> Called<'_, Y, R, S, K> {
    #[inline(always)]
    const fn new(begins: bool) -> Self {
        Called { begins, types: PhantomData }
    }

    /// A call of which its caller waits for the end.
    #[cfg(feature = "serde")]
    pub(super) const fn begun() -> Self {
        Called::new(false)
    }
}

/// A call may be over as soon as it begins.
impl<'a, Y, R, S, K> Begin<'a, Y, S> for Recursive<'a, Y, R, S, K> {
    type Delegate = Called<'a, Y, R, S, K>;

    #[inline(always)]
    fn begin(self, turn: &Turn<'a, Y, S>, apart: bool) -> Resumed<Self::Delegate, R> {
        match self.stage {
            Stage::Called(call) if apart => call.enter(turn),
            Stage::Called(call) => {
                if let Step::Returned(value) = call.run(turn)? {
                    return Ok(Step::Returned(value));
                }
            }
            Stage::Made(mut driver) => driver.join(turn),
            Stage::Started(driver) => join(*driver, turn)?,
        }
        Ok(Step::Yielded(Called::new(true)))
    }
}

/// What is raised in the callee comes by way of the turn, and is raised at the call as it is. So is an exit, before which
/// the driver has closed the callee.
impl<'a, Y, R, S, K> Drive<'a, Y, S> for Called<'a, Y, R, S, K> {
    #[allow(unsafe_code)]
    #[inline(always)]
    fn drive(&mut self, _: Option<S>, turn: &Turn<'a, Y, S>) -> Resumed<(), R> {
        if mem::take(&mut self.begins) {
            return Ok(Step::Yielded(()));
        }
        // SAFETY: the callee is the level that was over last, since nothing else has run since; and it has returned an `R`,
        // of which the type of the call tells.
        match unsafe { turn.take_returned() } {
            Some(value) => Ok(Step::Returned(value)),
            None => Err(turn.raised().unwrap_or(Exception::Finished)),
        }
    }
}

/// The driver resumes the callee.
impl<Y, R, S, K> Coroutine<S> for Called<'_, Y, R, S, K> {
    type Yield = Y;
    type Return = R;

    fn resume(self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Y, R> {
        finished(signal)
    }
}

impl<Y, R, S, K> Unpin for Called<'_, Y, R, S, K> {}

/// A call that has begun is the next level, which the driver clones.
impl<Y, R, S, K: Forks> Clone for Called<'_, Y, R, S, K> {
    fn clone(&self) -> Self {
        Called::new(self.begins)
    }
}

impl<Y, R, S, K> fmt::Debug for Called<'_, Y, R, S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Called")
    }
}

/// A call of what has run before. It goes on, unless it waits for a value, of which there is none.
#[cold]
fn join<'a, Y, R, S>(mut driver: Driver<'a, Y, R, S>, turn: &Turn<'a, Y, S>) -> Result<(), Exception> {
    match (driver.depth(), driver.sends) {
        (0, _) => Err(Exception::Finished),
        (_, Sends::Value) => Err(Exception::AlreadyStarted),
        _ => {
            driver.join(turn);
            Ok(())
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

impl<'a, S, D: Delegate<S>> Begin<'a, D::Yield, S> for Plain<'a, D> {
    type Delegate = Self;

    #[inline(always)]
    fn begin(self, _: &Turn<'a, D::Yield, S>, _: bool) -> Resumed<Self, D::Return> {
        Ok(Step::Yielded(self))
    }
}

impl<'a, S, D: Delegate<S>> Drive<'a, D::Yield, S> for Plain<'a, D> {
    #[inline(always)]
    fn drive(&mut self, sent: Option<S>, turn: &Turn<'a, D::Yield, S>) -> Resumed<(), D::Return> {
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

/// What a body that may call itself has as the operand of a delegation.
pub trait Begin<'a, Y, S> {
    /// What it delegates to.
    type Delegate: Drive<'a, Y, S>;

    /// Begins a call. If it is not `apart`, it may run inside this. Gives what is to be driven on, unless it is over.
    ///
    /// # Errors
    ///
    /// What is raised at the delegation.
    fn begin(self, turn: &Turn<'a, Y, S>, apart: bool) -> Begun<Self::Delegate, S>;
}

/// What is to be driven on, or what it came to.
pub type Begun<D, S> = Resumed<D, <D as Coroutine<S>>::Return>;

/// Begins what the operand of a delegation may be: a call.
///
/// # Errors
///
/// What is raised at the delegation.
#[inline(always)]
pub fn begin<'a, S, Y, D: Begin<'a, Y, S>>(operand: D, turn: &Turn<'a, Y, S>) -> Begun<D::Delegate, S> {
    operand.begin(turn, false)
}

/// [`begin`] in a tracked body, which is not to be known as running while a call runs.
///
/// # Errors
///
/// What is raised at the delegation.
#[inline(always)]
pub fn begin_apart<'a, S, Y, D: Begin<'a, Y, S>>(operand: D, turn: &Turn<'a, Y, S>) -> Begun<D::Delegate, S> {
    operand.begin(turn, true)
}

/// What a body that may call itself delegates to.
pub trait Drive<'a, Y, S>: Coroutine<S> {
    /// One step of the delegation. What is yielded goes to the turn.
    ///
    /// # Errors
    ///
    /// What is raised at the delegation.
    fn drive(&mut self, sent: Option<S>, turn: &Turn<'a, Y, S>) -> Resumed<(), Self::Return>;
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
    delegate.drive(sent, turn)
}
