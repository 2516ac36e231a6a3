//! A frame: a position, the saved locals, and the body as a closure over both.
//!
//! The body writes the position where it pauses, and nothing otherwise. A return, an exception and a panic leave a frame
//! that the driver here then clears and marks as closed; that it was resumed when it was closed the body itself finds out,
//! since it looks at the position in any case.

use core::hint::cold_path;
use core::mem::ManuallyDrop;

use super::raise;
use super::seen::Seen;
use super::sends::{Receives, Sends, SendsValue};
use crate::coroutine::Resumed;
use crate::{Code, Exception, Generator, Signal, Step};

/// The position of a frame whose body has not run.
pub const CREATED: u32 = 0;
/// The position of a frame whose body is running. Suspension points are numbered from 1 and stay below.
pub const RUNNING: u32 = u32::MAX - 1;
/// The position of a frame whose body is over.
pub const CLOSED: u32 = u32::MAX;

/// What can be asked of any machine, whatever it is sent.
pub trait Inspect {
    /// The code it runs.
    fn code(&self) -> &'static Code;
    /// `CREATED`, a suspension point, `RUNNING` or closed.
    fn position(&self) -> u32;
    /// Shows what there is to see in it: a local by its number, or one of the constants beside [`Seen`].
    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        let _ = what;
        show(Seen::End);
    }
}

/// The state machine inside a [`Generator`]. Only expansions implement it.
#[diagnostic::on_unimplemented(
    message = "this coroutine is not sent `{S}`",
    label = "this coroutine has another `send` type than `{S}`",
    note = "an iterator and a `for` loop send `()`, and what a coroutine delegates to is sent what it is sent itself"
)]
pub trait Machine<S = ()>: Inspect {
    /// What it yields.
    type Yield;
    /// What it returns.
    type Return;
    /// Runs to the next suspension point or to the end.
    ///
    /// # Errors
    ///
    /// As [`Coroutine::resume`](crate::Coroutine::resume).
    fn resume(&mut self, signal: Signal<S>) -> Resumed<Self::Yield, Self::Return>;
}

/// The saved locals of one coroutine, as its expansion declares them.
pub trait Locals {
    /// The code object.
    const CODE: &'static Code;
    /// What it is sent, which [`Receives`] that.
    type Sends;
    /// Drops what is saved, in reverse order of declaration.
    fn clear(&mut self);
}

/// The locals of a function that could not be compiled.
#[derive(Clone, Debug)]
pub struct NoLocals;

impl Locals for NoLocals {
    const CODE: &'static Code = &Code::new("", "", 0, &[]);
    // Whatever it was to be sent.
    type Sends = SendsValue;

    fn clear(&mut self) {}
}

/// The machine of a frame coroutine.
#[derive(Clone, Debug)]
pub struct FrameMachine<L, F, V> {
    pub(super) position: u32,
    pub(super) locals: L,
    pub(super) body: F,
    /// Looks at the locals, of which only the expansion knows the types. It captures nothing, and takes no room.
    pub(super) look: V,
}

impl<L, F, V> FrameMachine<L, F, V> {
    pub(super) const fn new(locals: L, body: F, look: V) -> Self {
        FrameMachine { position: CREATED, locals, body, look }
    }
}

/// Makes a coroutine of its start values and its body.
///
/// The locals stand before the closure so that their types are known when the closure is checked.
#[inline]
pub fn generator<S, Y, R, L, F, V>(locals: L, body: F, look: V) -> Generator<FrameMachine<L, F, V>>
where
    L: Locals,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Raised) -> Resumed<Y, R>,
    V: Fn(&L, u32, u32) -> Seen<'_>,
{
    Generator::new(FrameMachine::new(locals, body, look))
}

/// What is raised in a body that is resumed, which takes it before all else. So it need not be dropped, and need not be where
/// it could be if the body panics.
pub type Raised = ManuallyDrop<Option<Exception>>;

/// What is lent for the length of one resume: a family of types, one for each lifetime.
///
/// `dyn for<'r> Lend<'r, Send = &'r str, Yield = &'r str>` names such a family; no value of it exists.
pub trait Lend<'r> {
    /// What is sent.
    type Send;
    /// What is yielded.
    type Yield;
}

/// The body of a coroutine that is lent what it is sent. A trait of its own because a bound on `FnMut` cannot say that
/// what is yielded lives as long as what was sent (E0582).
pub trait LendBody<'r, T: ?Sized + Lend<'r>, L, R>:
    FnMut(&mut L, &mut u32, u32, Option<T::Send>, Raised) -> Resumed<T::Yield, R>
{
}

impl<'r, T: ?Sized + Lend<'r>, L, R, F> LendBody<'r, T, L, R> for F where
    F: FnMut(&mut L, &mut u32, u32, Option<T::Send>, Raised) -> Resumed<T::Yield, R>
{
}

/// [`generator`] for a coroutine whose `send` is borrowed for one resume.
#[inline]
pub fn lending<T, R, L, F, V>(locals: L, body: F, look: V) -> Generator<FrameMachine<L, F, V>>
where
    T: ?Sized + for<'r> Lend<'r>,
    L: Locals,
    F: for<'r> LendBody<'r, T, L, R>,
    V: Fn(&L, u32, u32) -> Seen<'_>,
{
    Generator::new(FrameMachine::new(locals, body, look))
}

/// What looks at the locals `L`, at a position and for a number.
pub trait Look<L>: Fn(&L, u32, u32) -> Seen<'_> {}

impl<L, V: Fn(&L, u32, u32) -> Seen<'_>> Look<L> for V {}

impl<L: Locals, F, V: Look<L>> Inspect for FrameMachine<L, F, V> {
    fn code(&self) -> &'static Code {
        L::CODE
    }

    fn position(&self) -> u32 {
        self.position
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        show((self.look)(&self.locals, self.position, what));
    }
}

impl<S, Y, R, L, F, V> Machine<S> for FrameMachine<L, F, V>
where
    L: Locals<Sends: Receives<S>>,
    V: Look<L>,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Raised) -> Resumed<Y, R>,
{
    type Yield = Y;
    type Return = R;

    // The caller knows which signal it sends, and the body is a function of its own.
    #[inline(always)]
    fn resume(&mut self, signal: Signal<S>) -> Resumed<Y, R> {
        let (entry, sends) = (self.position, <L::Sends as Receives<S>>::SENDS);
        // The caller knows the signal and the compiler what is sent, so that what is left of this is one test, of what is
        // an error.
        let (sent, raised) = match signal {
            Signal::Start => {
                if matches!(sends, Sends::Value) && entry != CREATED {
                    cold_path();
                    return Err(if entry == CLOSED { Exception::Finished } else { Exception::AlreadyStarted });
                }
                (None, None)
            }
            Signal::Send(value) if entry == CREATED && !matches!(sends, Sends::Unit) => {
                if !L::Sends::starts(&value) {
                    cold_path();
                    return Err(Exception::NotStarted);
                }
                (None, None)
            }
            Signal::Send(value) => (Some(value), None),
            Signal::Throw(exception) => {
                if entry == CREATED {
                    return self.raise_unstarted(exception);
                }
                (None, Some(exception))
            }
        };
        self.run(entry, sent, raised)
    }
}

impl<L: Locals, F, V> FrameMachine<L, F, V> {
    /// Runs the body on from a position.
    #[inline(always)]
    pub(super) fn run<S, Y, R>(&mut self, entry: u32, sent: Option<S>, raised: Option<Exception>) -> Resumed<Y, R>
    where
        F: FnMut(&mut L, &mut u32, u32, Option<S>, Raised) -> Resumed<Y, R>,
    {
        let running = Running { locals: &mut self.locals, position: &mut self.position };
        let resumed = (self.body)(running.locals, running.position, entry, sent, Raised::new(raised));
        if let Ok(Step::Yielded(_)) = resumed {
            core::mem::forget(running);
        }
        resumed
    }

    /// A body that has not run ends without running: only its arguments are dropped.
    #[cold]
    fn raise_unstarted<Y, R>(&mut self, exception: Exception) -> Resumed<Y, R> {
        self.position = CLOSED;
        self.locals.clear();
        Err(exception)
    }
}

/// Closes the frame when it is dropped, which it is unless the body pauses.
struct Running<'a, L: Locals> {
    locals: &'a mut L,
    position: &'a mut u32,
}

impl<L: Locals> Drop for Running<'_, L> {
    #[inline]
    fn drop(&mut self) {
        *self.position = CLOSED;
        self.locals.clear();
    }
}

/// What a closed frame gives at a resume: what was thrown in, or the report that it is over.
///
/// # Errors
///
/// Always.
// Inlined, so that what is raised needs no address.
#[cold]
#[inline(always)]
pub fn over<S, Y, R>(_: Option<S>, raised: Option<Exception>) -> Resumed<Y, R> {
    Err(raised.unwrap_or(Exception::Finished))
}

/// What a resume gives after the end: what was thrown in, or the report that it is over.
///
/// # Errors
///
/// Always.
#[cold]
pub fn finished<S, Y, R>(signal: Signal<S>) -> Resumed<Y, R> {
    match signal {
        Signal::Throw(exception) => Err(exception),
        Signal::Start | Signal::Send(_) => Err(Exception::Finished),
    }
}

/// What a suspension point is sent.
///
/// # Errors
///
/// What was thrown in, with the marker in its traceback.
#[inline]
#[track_caller]
pub fn sent<S>(sent: &mut Option<S>, raised: &mut Option<Exception>) -> Result<S, Exception> {
    match (sent.take(), raised.take()) {
        (Some(value), _) => Ok(value),
        (None, Some(exception)) => Err(raise(exception)),
        (None, None) => Err(Exception::AlreadyStarted),
    }
}

/// [`sent`] where an `Option` is sent, so that a start sends `None`.
///
/// # Errors
///
/// What was thrown in, with the marker in its traceback.
#[inline]
#[track_caller]
pub fn sent_option<T>(sent: &mut Option<Option<T>>, raised: &mut Option<Exception>) -> Result<Option<T>, Exception> {
    match raised.take() {
        None => Ok(sent.take().flatten()),
        Some(exception) => Err(raise(exception)),
    }
}

/// [`sent`] where `()` is sent, so that a start is a send.
///
/// # Errors
///
/// What was thrown in, with the marker in its traceback.
#[inline]
#[track_caller]
pub fn sent_unit(_: &mut Option<()>, raised: &mut Option<Exception>) -> Result<(), Exception> {
    match raised.take() {
        None => Ok(()),
        Some(exception) => Err(raise(exception)),
    }
}
