//! What context variables refuse.

use std::fmt;

/// The error of a context variable or a context that was asked for something out of place.
///
/// Python raises a `LookupError`, a `RuntimeError` or a `ValueError` there.
///
/// ```
/// use coframe::{ContextError, ContextVar};
///
/// static USER: ContextVar<String> = ContextVar::new("user");
///
/// let refused = USER.get().unwrap_err();
/// assert_eq!(refused, ContextError::NoValue("user"));
/// assert_eq!(refused.to_string(), "context variable `user` has no value");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContextError {
    /// The variable of this name was asked for, and has neither a value in the current context nor a default.
    NoValue(&'static str),
    /// The context was to be entered while it is, in this thread or another one.
    AlreadyEntered,
    /// A token was to reset another variable than the one that it is of.
    OtherVariable,
    /// A token was to reset its variable in another context than the one in which it was set.
    OtherContext,
}

impl fmt::Display for ContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContextError::NoValue(name) => write!(f, "context variable `{name}` has no value"),
            ContextError::AlreadyEntered => f.write_str("cannot enter a context that is entered already"),
            ContextError::OtherVariable => f.write_str("the token was made by another context variable"),
            ContextError::OtherContext => f.write_str("the token was made in another context"),
        }
    }
}

impl std::error::Error for ContextError {}
