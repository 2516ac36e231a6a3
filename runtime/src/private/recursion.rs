//! One activation of a recursive coroutine: its frame, and where the value is that it returns.
//!
//! Activations are in the memory of a [`Turn`], each on the one that has called it. The driver knows them as [`Level`]s. A
//! caller knows of its callee nothing but the type of what it returns, which is where the level was: see
//! [`Turn::take_returned`].

use core::fmt;
use core::marker::PhantomData;

use super::call::Call;
use super::machine::{CLOSED, FrameMachine, Inspect, Locals, Look, NoLocals};
use super::seen::Seen;
use super::sends::{Receives, Sends};
use super::turn::{Start, Turn};
use crate::coroutine::Resumed;
use crate::recursive::Stage;
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

/// What can be looked at in a level.
pub trait LookedAt: Inspect {
    /// The frame, if it can be saved.
    #[cfg(feature = "serde")]
    fn as_any(&self) -> Option<&dyn core::any::Any> {
        None
    }
}

/// The frame of an activation.
pub trait LevelFrame<Y, R, S>: LookedAt {
    /// The code object.
    const CODE: &'static Code;
    /// What a start is to the body.
    const SENDS: Sends;

    /// Whether a start sends the same.
    fn starts(sent: &S) -> bool;

    /// Runs the body on, which is suspended or has not run.
    ///
    /// # Errors
    ///
    /// What the body raises or lets pass.
    fn run<'r>(&mut self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Resumed<(), R>
    where
        Self: 'r;

    /// A clone of the frame.
    #[must_use]
    fn fork(&self) -> Self
    where
        Self: Sized,
    {
        unreachable!("coframe: only what derives `Clone` is cloned")
    }
}

/// An activation, as its driver knows it.
///
/// The lifetime of what the activation has captured is no parameter of the trait, so that `dyn Level + 'a` is covariant
/// in `'a`: a call that borrows nothing may stand in a body that borrows.
pub(super) trait Level<Y, S>: LookedAt {
    /// Runs the body on. If it is over its frame is dropped.
    fn resume<'r>(&mut self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Outcome
    where
        Self: 'r;

    /// Whether a start sends the same.
    fn starts(&self, sent: &S) -> bool;

    /// Drops the frame, and runs none of the body.
    fn abandon(&mut self);

    /// Drops what the body returned.
    ///
    /// # Safety
    ///
    /// It has returned, and nobody has taken that.
    #[allow(unsafe_code)]
    unsafe fn forget_returned(&mut self);

    /// Puts a clone of the activation on the levels of a turn.
    fn fork<'r>(&self, turn: &Turn<'r, Y, S>)
    where
        Self: 'r;

    /// Moves the activation to the levels of a turn.
    fn join<'r>(&mut self, turn: &Turn<'r, Y, S>)
    where
        Self: 'r;
}

/// One call of a body.
// What it starts with stands first, where one finds it who does not know what the frame is.
#[repr(C)]
pub(super) struct Activation<A, Y, R, S> {
    start: Start<Y, R, S>,
    /// Until the body is over.
    frame: Option<A>,
}

impl<A, Y, R, S> Activation<A, Y, R, S> {
    #[inline(always)]
    pub(super) const fn new(start: Start<Y, R, S>, frame: A) -> Self {
        Activation { start, frame: Some(frame) }
    }
}

impl<A: LookedAt, Y, R, S> LookedAt for Activation<A, Y, R, S> {
    #[cfg(feature = "serde")]
    fn as_any(&self) -> Option<&dyn core::any::Any> {
        self.frame.as_ref()?.as_any()
    }
}

/// Nothing is seen of a level that is over: it is no level any more.
impl<A: Inspect, Y, R, S> Inspect for Activation<A, Y, R, S> {
    fn code(&self) -> &'static Code {
        self.frame.as_ref().map_or(NoLocals::CODE, Inspect::code)
    }

    fn position(&self) -> u32 {
        self.frame.as_ref().map_or(CLOSED, Inspect::position)
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        match &self.frame {
            Some(frame) => frame.see(what, show),
            None => show(Seen::End),
        }
    }
}

impl<Y, R, S, A: LevelFrame<Y, R, S>> Level<Y, S> for Activation<A, Y, R, S> {
    #[inline(always)]
    fn resume<'r>(&mut self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Outcome
    where
        Self: 'r,
    {
        let Some(frame) = &mut self.frame else { unreachable!("coframe: a driver resumes no level that is over") };
        match frame.run(sent, turn) {
            Ok(Step::Yielded(())) => Outcome::Paused,
            Ok(Step::Returned(value)) => {
                self.frame = None;
                self.start.returned.write(value);
                Outcome::Returned
            }
            Err(exception) => {
                self.frame = None;
                turn.raise(exception);
                Outcome::Raised
            }
        }
    }

    fn starts(&self, sent: &S) -> bool {
        A::starts(sent)
    }

    fn abandon(&mut self) {
        self.frame = None;
    }

    #[allow(unsafe_code)]
    unsafe fn forget_returned(&mut self) {
        // SAFETY: as the caller says; `resume` has written it.
        unsafe { self.start.returned.assume_init_drop() }
    }

    fn fork<'r>(&self, turn: &Turn<'r, Y, S>)
    where
        Self: 'r,
    {
        if let Some(frame) = &self.frame {
            turn.enter(frame.fork());
        }
    }

    fn join<'r>(&mut self, turn: &Turn<'r, Y, S>)
    where
        Self: 'r,
    {
        if let Some(frame) = self.frame.take() {
            turn.enter(frame);
        }
    }
}

/// The frame of a recursive coroutine that cannot be saved or cloned, and what is in one that can.
pub struct CallFrame<'a, L, F, V> {
    pub(super) machine: FrameMachine<L, F, V>,
    captures: PhantomData<&'a ()>,
}

impl<L, F, V> CallFrame<'_, L, F, V> {
    #[inline(always)]
    pub(super) const fn new(locals: L, body: F, look: V) -> Self {
        Self::of(FrameMachine::new(locals, body, look))
    }

    #[inline(always)]
    pub(super) const fn of(machine: FrameMachine<L, F, V>) -> Self {
        CallFrame { machine, captures: PhantomData }
    }
}

impl<L: Clone, F: Clone, V: Clone> Clone for CallFrame<'_, L, F, V> {
    fn clone(&self) -> Self {
        CallFrame::of(self.machine.clone())
    }
}

impl<L: Locals, F, V: Look<L>> Inspect for CallFrame<'_, L, F, V> {
    fn code(&self) -> &'static Code {
        L::CODE
    }

    fn position(&self) -> u32 {
        self.machine.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.machine.see(what, show);
    }
}

impl<L: Locals, F, V: Look<L>> LookedAt for CallFrame<'_, L, F, V> {}

impl<'a, S: 'a, Y: 'a, R, L, F, V> LevelFrame<Y, R, S> for CallFrame<'a, L, F, V>
where
    L: Locals<Sends: Receives<S>>,
    V: Look<L>,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'a, Y, S>) -> Resumed<(), R>,
{
    const CODE: &'static Code = L::CODE;
    const SENDS: Sends = L::Sends::SENDS;

    fn starts(sent: &S) -> bool {
        L::Sends::starts(sent)
    }

    #[inline(always)]
    fn run<'r>(&mut self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Resumed<(), R>
    where
        Self: 'r,
    {
        let FrameMachine { position, locals, body, .. } = &mut self.machine;
        let entry = *position;
        body(locals, position, entry, sent, turn)
    }
}

impl<L: Locals, F, V> fmt::Debug for CallFrame<'_, L, F, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallFrame").field(&L::CODE.name()).finish()
    }
}

/// Makes a recursive coroutine of what makes its start values, which does nothing but to move, and its body. A body that
/// catches or delegates is no other kind: the driver closes every level through its body.
#[inline(always)]
pub fn recursive<'a, S, Y, R, L, F, V>(locals: impl FnOnce() -> L + 'a, body: F, look: V) -> Recursive<'a, Y, R, S>
where
    L: Locals<Sends: Receives<S>> + 'a,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'a, Y, S>) -> Resumed<(), R> + 'a,
    V: Fn(&L, u32, u32) -> Seen<'_> + 'a,
{
    Recursive::at(Stage::Called(Call::new(move || CallFrame::new(locals(), body, look))))
}
