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

/// What a body is left with where it raises.
pub fn raised<T>(_: Exception) -> T {
    unreachable!("coframe: the native form of a body is never run")
}

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
