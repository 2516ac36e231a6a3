//! Clones of recursive coroutines: all levels, each of which is a frame of its own.
//!
//! Only those frames know how to clone themselves whose function derives `Clone`. They call no others: another call,
//! [`Called`](super::Called), is not `Clone`, so neither is a frame that holds it. Nothing nests, so that a million levels
//! take no more of the thread's stack than one.

use alloc::boxed::Box;
use core::fmt;

use super::call::Call;
use super::machine::{Inspect, Locals};
use super::recursion::{CallFrame, LevelFrame, LookedAt};
use super::seen::Seen;
use super::sends::{Receives, Sends};
use super::turn::Turn;
use crate::coroutine::Resumed;
use crate::recursive::Stage;
use crate::{Cloneable, Code, Recursive};

/// Says of the last parameter of a [`Recursive`] that all its levels can be cloned.
#[diagnostic::on_unimplemented(
    message = "this recursive coroutine cannot be cloned",
    label = "a recursive coroutine that is not `Clone`",
    note = "write `derive(Clone)` in the attribute of the function that is called: \
            a recursive coroutine that derives it may only call others that do"
)]
pub trait Forks {}

impl Forks for Cloneable {}

/// A frame that can be cloned.
#[derive(Clone)]
pub struct Forkable<A>(pub(super) A);

impl<A: Inspect> Inspect for Forkable<A> {
    fn code(&self) -> &'static Code {
        self.0.code()
    }

    fn position(&self) -> u32 {
        self.0.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.0.see(what, show);
    }
}

impl<A: LookedAt> LookedAt for Forkable<A> {
    #[cfg(feature = "serde")]
    fn as_any(&self) -> Option<&dyn core::any::Any> {
        self.0.as_any()
    }
}

impl<Y, R, S, A: LevelFrame<Y, R, S> + Clone> LevelFrame<Y, R, S> for Forkable<A> {
    const CODE: &'static Code = A::CODE;
    const SENDS: Sends = A::SENDS;

    fn starts(sent: &S) -> bool {
        A::starts(sent)
    }

    #[inline(always)]
    fn run<'r>(&mut self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Resumed<(), R>
    where
        Self: 'r,
    {
        self.0.run(sent, turn)
    }

    fn fork(&self) -> Self {
        self.clone()
    }
}

impl<A: fmt::Debug> fmt::Debug for Forkable<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Forkable").field(&self.0).finish()
    }
}

/// All levels, however many: they do not nest.
impl<Y, R, S, K: Forks> Clone for Recursive<'_, Y, R, S, K> {
    fn clone(&self) -> Self {
        Recursive::at(match &self.stage {
            Stage::Called(call) => Stage::Called(call.fork()),
            Stage::Made(driver) => Stage::Made(Box::new(driver.fork())),
            Stage::Started(driver) => Stage::Started(Box::new(driver.fork())),
        })
    }
}

/// [`recursive`](super::recursive) where the locals are `Clone`.
#[inline(always)]
pub fn recursive_cloneable<'a, S, Y, R, L, F, V>(
    locals: impl FnOnce() -> L + 'a,
    body: F,
    look: V,
) -> Recursive<'a, Y, R, S, Cloneable>
where
    L: Locals<Sends: Receives<S>> + Clone + 'a,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'a, Y, S>) -> Resumed<(), R> + Clone + 'a,
    V: Fn(&L, u32, u32) -> Seen<'_> + Clone + 'a,
{
    Recursive::at(Stage::Called(Call::new(move || Forkable(CallFrame::new(locals(), body, look)))))
}
