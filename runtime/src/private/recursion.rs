//! One activation of a recursive coroutine: its frame on the heap, and what it gives to its driver.
//!
//! Two own the frame: the [`Driver`], which resumes it and knows it as a [`Level`], and the one who called it, who knows
//! the type of what it [`Returns`]. A caller never resumes its callee. It gives the callee away as [`Progress::Called`]
//! and is resumed again when that is over.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::RefCell;
use core::fmt;
use core::marker::PhantomData;

use super::driver::Driver;
use super::machine::{CLOSED, FrameMachine, Inspect, Locals, Look, RUNNING, Sends};
use super::seen::Seen;
use crate::coroutine::Resumed;
use crate::{Code, Exception, Recursive, Step};

/// What a body that may call itself gives at a suspension point.
pub enum Progress<'a, Y: 'a, S: 'a> {
    /// A value for whoever resumes the whole.
    Yielded(Y),
    /// A call: this level runs from its start, and the body goes on when it is over.
    Called(Rc<dyn Level<Y, S> + 'a>),
    /// A call of what has run before, with all its levels.
    Joined(Box<Driver<'a, Y, S>>),
}

impl<Y, S> fmt::Debug for Progress<'_, Y, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Progress::Yielded(_) => "Yielded",
            Progress::Called(_) => "Called",
            Progress::Joined(_) => "Joined",
        })
    }
}

/// An activation, as its driver knows it.
///
/// The lifetime of what the activation has captured is no parameter of the trait, so that `dyn Level + 'a` is covariant
/// in `'a`: a call that borrows nothing may stand in a body that borrows.
pub trait Level<Y, S>: Inspect {
    /// Runs the body on, which is suspended or has not run.
    ///
    /// # Errors
    ///
    /// What the body raises or lets pass.
    fn resume<'r>(&self, sent: Option<S>, raised: Option<Exception>) -> Resumed<Progress<'r, Y, S>, ()>
    where
        Self: 'r;

    /// Drops all that the activation holds, and runs none of its body.
    fn abandon(&self);

    /// Clones the activation, which keeps the clone for [`Returns::forked`] until [`forget_fork`](Level::forget_fork).
    /// The level above keeps its own meanwhile.
    fn fork<'r>(&self) -> Rc<dyn Level<Y, S> + 'r>
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
    fn forked<'r>(&self) -> Option<Rc<dyn Returns<Y, R, S> + 'r>>
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
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Option<Exception>) -> Resumed<Progress<'a, Y, S>, R>,
{
    fn resume<'r>(&self, sent: Option<S>, raised: Option<Exception>) -> Resumed<Progress<'r, Y, S>, ()>
    where
        Self: 'r,
    {
        let mut life = self.life.borrow_mut();
        let Life::Live(frame) = &mut *life else { unreachable!("coframe: a driver resumes no level that is over") };
        match frame.enter(sent, raised) {
            Ok(Step::Yielded(Progress::Called(level))) => called(level),
            Ok(Step::Yielded(progress)) => Ok(Step::Yielded(progress)),
            Ok(Step::Returned(value)) => {
                *life = Life::Over(Some(value));
                Ok(Step::Returned(()))
            }
            Err(exception) => {
                *life = Life::Over(None);
                Err(exception)
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
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Option<Exception>) -> Resumed<Progress<'a, Y, S>, R>,
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

/// A call, as the driver gets it. Not inlined, so that its two words go through registers: as a part of the result as a
/// whole they would be read wider than they have just been written, and the processor would have to wait for that.
#[inline(never)]
fn called<'a, Y: 'a, S: 'a>(level: Rc<dyn Level<Y, S> + 'a>) -> Resumed<Progress<'a, Y, S>, ()> {
    Ok(Step::Yielded(Progress::Called(level)))
}

/// Makes a recursive coroutine of its start values and its body. A body that catches or delegates is no other kind: the
/// driver closes every level through its body.
#[inline]
pub fn recursive<'a, S, Y, R, L, F, V>(locals: L, body: F, look: V) -> Recursive<'a, Y, R, S>
where
    L: Locals + 'a,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Option<Exception>) -> Resumed<Progress<'a, Y, S>, R> + 'a,
    V: Fn(&L, u32, u32) -> Seen<'_> + 'a,
{
    Recursive::new(Rc::new(Activation::new(locals, body, look)))
}
