//! One activation of a recursive coroutine: its frame on the heap, and what it gives to its driver.
//!
//! Two own the frame: the [`Driver`], which resumes it and knows it as a [`Level`], and the one who called it, who knows
//! the type of what it [`Returns`]. A caller gives its callee to the [`Turn`], and is resumed again when that is over. It
//! may start the callee itself.

use core::cell::RefCell;
use core::fmt;
use core::marker::PhantomData;

use super::machine::{CLOSED, FrameMachine, Inspect, Locals, Look, RUNNING, Sends};
use super::seen::Seen;
use super::shared::Shared;
use super::turn::Turn;
use crate::coroutine::Resumed;
use crate::{Code, Recursive, Step};

/// How a resume of a level ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// At a suspension point. Either the turn has what was yielded, or the innermost level is to be resumed now.
    Paused,
    /// The level is over, and has what its caller is to take.
    Returned,
    /// The level is over, and the turn has what was raised.
    Raised,
}

/// An activation, as its driver knows it.
///
/// The lifetime of what the activation has captured is no parameter of the trait, so that `dyn Level + 'a` is covariant
/// in `'a`: a call that borrows nothing may stand in a body that borrows.
pub trait Level<Y, S>: Inspect {
    /// Runs the body on, which is suspended or has not run.
    fn resume<'r>(&self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Outcome
    where
        Self: 'r;

    /// Drops all that the activation holds, and runs none of its body.
    fn abandon(&self);

    /// Clones the activation, which keeps the clone for [`Returns::forked`] until [`forget_fork`](Level::forget_fork).
    /// The level above keeps its own meanwhile.
    fn fork<'r>(&self) -> Shared<dyn Level<Y, S> + 'r>
    where
        Self: 'r,
    {
        unreachable!("coframe: only what derives `Clone` is cloned")
    }

    /// Forgets the clone that was made last.
    fn forget_fork(&self) {}

    /// The activation, if it can be saved.
    #[cfg(feature = "serde")]
    fn as_any(&self) -> Option<&dyn core::any::Any> {
        None
    }
}

/// An activation, as its caller knows it.
pub trait Returns<Y, R, S>: Level<Y, S> {
    /// What the body returned, once.
    fn take(&self) -> Option<R>;

    /// What a start is to the body.
    fn sends(&self) -> Sends;

    /// The clone that the activation keeps.
    fn forked<'r>(&self) -> Option<Shared<dyn Returns<Y, R, S> + 'r>>
    where
        Self: 'r,
    {
        None
    }
}

/// One call of a body: its frame, and then what it returned.
pub struct Activation<'a, L, F, V, R> {
    // Borrowed while the body runs, and left as it is by one that panics, for the driver to abandon. Nothing that the body
    // can reach leads back here.
    pub(super) life: RefCell<Life<L, F, V, R>>,
    captures: PhantomData<&'a ()>,
}

pub(super) enum Life<L, F, V, R> {
    Live(FrameMachine<L, F, V>),
    /// With what the body returned, until the caller takes it.
    Over(Option<R>),
}

impl<L, F, V, R> Activation<'_, L, F, V, R> {
    #[inline(always)]
    pub(super) fn new(locals: L, body: F, look: V) -> Self {
        Self::of(Life::Live(FrameMachine::new(locals, body, look)))
    }

    #[inline(always)]
    pub(super) fn of(life: Life<L, F, V, R>) -> Self {
        Activation { life: RefCell::new(life), captures: PhantomData }
    }
}

/// A clone of the frame. What was returned is the caller's that has not taken it yet, and of the level that it called.
impl<L: Clone, F: Clone, V: Clone, R> Clone for Activation<'_, L, F, V, R> {
    fn clone(&self) -> Self {
        let life = match &*self.life.borrow() {
            Life::Live(frame) => Life::Live(frame.clone()),
            Life::Over(_) => Life::Over(None),
        };
        Activation { life: RefCell::new(life), captures: PhantomData }
    }
}

impl<L: Locals, F, V: Look<L>, R> Inspect for Activation<'_, L, F, V, R> {
    fn code(&self) -> &'static Code {
        L::CODE
    }

    fn position(&self) -> u32 {
        self.life.try_borrow().map_or(RUNNING, |life| match &*life {
            Life::Live(frame) => frame.position(),
            Life::Over(_) => CLOSED,
        })
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        match self.life.try_borrow().as_deref() {
            Ok(Life::Live(frame)) => frame.see(what, show),
            _ => show(Seen::End),
        }
    }
}

impl<'a, S: 'a, Y: 'a, R, L, F, V> Level<Y, S> for Activation<'a, L, F, V, R>
where
    L: Locals,
    V: Look<L>,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'a, Y, S>) -> Resumed<(), R>,
{
    fn resume<'r>(&self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Outcome
    where
        Self: 'r,
    {
        let mut life = self.life.borrow_mut();
        let Life::Live(frame) = &mut *life else { unreachable!("coframe: a driver resumes no level that is over") };
        let entry = frame.position;
        match (frame.body)(&mut frame.locals, &mut frame.position, entry, sent, turn) {
            Ok(Step::Yielded(())) => Outcome::Paused,
            Ok(Step::Returned(value)) => {
                *life = Life::Over(Some(value));
                Outcome::Returned
            }
            Err(exception) => {
                *life = Life::Over(None);
                turn.raise(exception);
                Outcome::Raised
            }
        }
    }

    fn abandon(&self) {
        *self.life.borrow_mut() = Life::Over(None);
    }
}

impl<'a, S: 'a, Y: 'a, R, L, F, V> Returns<Y, R, S> for Activation<'a, L, F, V, R>
where
    L: Locals,
    V: Look<L>,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'a, Y, S>) -> Resumed<(), R>,
{
    fn take(&self) -> Option<R> {
        match &mut *self.life.borrow_mut() {
            Life::Over(returned) => returned.take(),
            Life::Live(_) => None,
        }
    }

    fn sends(&self) -> Sends {
        L::SENDS
    }
}

impl<L: Locals, F, V, R> fmt::Debug for Activation<'_, L, F, V, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Activation").field(&L::CODE.name()).finish()
    }
}

/// Makes a recursive coroutine of its start values and its body. A body that catches or delegates is no other kind: the
/// driver closes every level through its body.
#[inline]
pub fn recursive<'a, S, Y, R, L, F, V>(locals: L, body: F, look: V) -> Recursive<'a, Y, R, S>
where
    L: Locals + 'a,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'a, Y, S>) -> Resumed<(), R> + 'a,
    V: Fn(&L, u32, u32) -> Seen<'_> + 'a,
{
    Recursive::new(Shared::new(Activation::new(locals, body, look)).into_returns())
}
