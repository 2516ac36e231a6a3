//! Raising: where an exception gets its first place and its source.

use core::panic::Location;

use crate::Exception;

/// `exception`, raised where this is called.
#[track_caller]
#[cold]
pub fn raise(exception: impl Into<Exception>) -> Exception {
    exception.into().climbed(Location::caller())
}

/// [`raise`] with an explicit cause.
#[track_caller]
#[cold]
pub fn raise_from(exception: impl Into<Exception>, cause: impl Into<Exception>) -> Exception {
    raise(exception).with_source(cause)
}

/// What came out of a coroutine that was being closed. A thrown error was raised instead of the exit, which becomes its
/// source unless it has one.
#[cold]
pub fn raised_while_closing(exception: Exception) -> Exception {
    match exception.source() {
        None => exception.with_source(Exception::Exit),
        Some(_) => exception,
    }
}
