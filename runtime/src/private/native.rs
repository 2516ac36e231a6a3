//! The body as it was written, for the compiler's eyes: checked, linted, and never run.

use core::convert::Infallible;

use crate::Exception;

/// Takes the body as a plain closure, whose markers are calls of [`pause`], and does not call it.
///
/// It does not return, so that what the closure captured still belongs to the code after it.
pub fn native<R>(body: impl FnOnce() -> R) -> Infallible {
    drop(body);
    unreachable!("coframe: the native form of a body is never run")
}

/// A suspension point, as the type checker sees it.
pub fn pause<Y, S>(_: Y) -> S {
    unreachable!("coframe: the native form of a body is never run")
}

/// [`pause`] for a marker without an operand.
pub fn pause_unit<S>() -> S {
    unreachable!("coframe: the native form of a body is never run")
}

/// A suspension point where what is raised is a value.
///
/// # Errors
///
/// None: it is not run.
pub fn try_pause<Y, S>(_: Y) -> Result<S, Exception> {
    unreachable!("coframe: the native form of a body is never run")
}

/// [`try_pause`] for a marker without an operand.
///
/// # Errors
///
/// None: it is not run.
pub fn try_pause_unit<S>() -> Result<S, Exception> {
    unreachable!("coframe: the native form of a body is never run")
}

/// Stands around the outcome of an `attempt!` or a `try_…!` marker whose exit is dropped unseen, to be warned of.
#[deprecated = "this drops an `Exit` too, so that the coroutine may go on while it is being closed: match \
                `Err(Exception::Exit)` by name, or keep the exception and pass it on with `raise!`"]
pub fn drops_exit<T>(outcome: T) -> T {
    outcome
}

/// The same where `?` returns the exit.
#[deprecated = "`?` returns an `Exit` as a value and does not raise it, so that closing the coroutine gives it back: match \
                the outcome, and pass on what is not handled with `raise!`"]
pub fn returns_exit<T>(outcome: T) -> T {
    outcome
}

/// What a body is left with where it raises.
pub fn raised<T>(_: Exception) -> T {
    unreachable!("coframe: the native form of a body is never run")
}

/// Gives the value of an attempt without an end the type that a loop without an end has.
#[inline(always)]
pub fn endless<T>(_: &Result<T, Exception>, _: impl FnOnce() -> T) {}

/// What a suspension point was sent, in the lowered form: a call like [`pause`], so that rustc reports an error about its
/// type once for both.
#[inline(always)]
pub fn resumed<S>(sent: S) -> S {
    sent
}

/// The text of an expression, as `assert!` gives it.
#[doc(hidden)]
#[macro_export]
macro_rules! __expr_text {
    ($expr:expr) => {
        ::core::stringify!($expr)
    };
}
