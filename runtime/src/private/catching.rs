//! A frame whose body catches exceptions or delegates: it is closed through its body when it is dropped.
//!
//! Any other frame is closed by dropping its locals, which is what an exit that nothing catches does. So only these pay
//! for a destructor.

use core::fmt;
use core::marker::PhantomData;

use super::machine::{CREATED, FrameMachine, Inspect, Lend, LendBody, Locals, Look, Machine, RUNNING, Raised};
use super::seen::Seen;
use crate::coroutine::{Resumed, closed};
use crate::{Code, Exception, Generator, Signal, unraisable};

/// How to raise an exit in a frame of locals `L` and body `F`. A type parameter of the machine and not a bound on `F`, since
/// a destructor can only ask for what the type itself demands.
pub trait Exit<L, F, V> {
    /// The code of the body.
    const CODE: &'static Code;
    /// Closes a suspended frame.
    ///
    /// # Errors
    ///
    /// As [`close`](crate::CoroutineExt::close).
    fn exit(frame: &mut FrameMachine<L, F, V>) -> Result<(), Exception>;
}

/// [`Exit`] of a body that is sent an `S`.
#[derive(Debug)]
pub struct Sent<S, Y, R>(PhantomData<fn(S) -> (Y, R)>);

impl<S, Y, R, L, F, V> Exit<L, F, V> for Sent<S, Y, R>
where
    L: Locals,
    V: Look<L>,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Raised) -> Resumed<Y, R>,
{
    const CODE: &'static Code = L::CODE;

    #[cold]
    #[inline(never)]
    fn exit(frame: &mut FrameMachine<L, F, V>) -> Result<(), Exception> {
        closed(frame.run(frame.position, None, Some(Exception::Exit))).map(drop)
    }
}

/// [`Exit`] of a body that is lent what it is sent.
#[derive(Debug)]
pub struct Lent<T: ?Sized, R>(PhantomData<fn(&T) -> R>);

impl<T, R, L, F, V> Exit<L, F, V> for Lent<T, R>
where
    T: ?Sized + for<'r> Lend<'r>,
    L: Locals,
    V: Look<L>,
    F: for<'r> LendBody<'r, T, L, R>,
{
    const CODE: &'static Code = L::CODE;

    #[cold]
    #[inline(never)]
    fn exit(frame: &mut FrameMachine<L, F, V>) -> Result<(), Exception> {
        fn one<'r, T, R, L, F, V>(frame: &mut FrameMachine<L, F, V>) -> Result<(), Exception>
        where
            T: ?Sized + Lend<'r>,
            L: Locals,
            V: Look<L>,
            F: LendBody<'r, T, L, R>,
        {
            closed(frame.run(frame.position, None, Some(Exception::Exit))).map(drop)
        }
        one::<T, R, L, F, V>(frame)
    }
}

/// The machine of a frame coroutine that catches or delegates.
pub struct CatchingMachine<X: Exit<L, F, V>, L, F, V> {
    pub(super) frame: FrameMachine<L, F, V>,
    pub(super) exit: PhantomData<X>,
}

impl<X: Exit<L, F, V>, L: Clone, F: Clone, V: Clone> Clone for CatchingMachine<X, L, F, V> {
    fn clone(&self) -> Self {
        CatchingMachine { frame: self.frame.clone(), exit: PhantomData }
    }
}

impl<X: Exit<L, F, V>, L, F, V> fmt::Debug for CatchingMachine<X, L, F, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatchingMachine").finish_non_exhaustive()
    }
}

impl<X: Exit<L, F, V>, L, F, V> Drop for CatchingMachine<X, L, F, V> {
    fn drop(&mut self) {
        if !matches!(self.frame.position, CREATED | RUNNING..) {
            unraisable::close_in_drop(X::CODE, || X::exit(&mut self.frame));
        }
    }
}

impl<X: Exit<L, F, V>, L: Locals, F, V: Look<L>> Inspect for CatchingMachine<X, L, F, V> {
    fn code(&self) -> &'static Code {
        self.frame.code()
    }

    fn position(&self) -> u32 {
        self.frame.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.frame.see(what, show);
    }
}

impl<S, X: Exit<L, F, V>, L, F, V> Machine<S> for CatchingMachine<X, L, F, V>
where
    L: Locals,
    V: Look<L>,
    FrameMachine<L, F, V>: Machine<S>,
{
    type Yield = <FrameMachine<L, F, V> as Machine<S>>::Yield;
    type Return = <FrameMachine<L, F, V> as Machine<S>>::Return;

    #[inline(always)]
    fn resume(&mut self, signal: Signal<S>) -> Resumed<Self::Yield, Self::Return> {
        self.frame.resume(signal)
    }
}

/// [`generator`](super::generator) for a body that catches or delegates.
#[inline]
#[allow(clippy::type_complexity, reason = "it is the type that the bounds name")]
pub fn catching<S, Y, R, L, F, V>(locals: L, body: F, look: V) -> Generator<CatchingMachine<Sent<S, Y, R>, L, F, V>>
where
    L: Locals,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Raised) -> Resumed<Y, R>,
    V: Fn(&L, u32, u32) -> Seen<'_>,
{
    Generator::new(CatchingMachine { frame: FrameMachine::new(locals, body, look), exit: PhantomData })
}

/// [`lending`](super::lending) for a body that catches or delegates.
#[inline]
pub fn catching_lending<T, R, L, F, V>(locals: L, body: F, look: V) -> Generator<CatchingMachine<Lent<T, R>, L, F, V>>
where
    T: ?Sized + for<'r> Lend<'r>,
    L: Locals,
    F: for<'r> LendBody<'r, T, L, R>,
    V: Fn(&L, u32, u32) -> Seen<'_>,
{
    Generator::new(CatchingMachine { frame: FrameMachine::new(locals, body, look), exit: PhantomData })
}
