//! What scopes refuse: [`Timeout`](crate::Timeout) and [`TaskGroup`](crate::TaskGroup).

use std::fmt;

/// The error of a scope that was used out of place: the `RuntimeError` of asyncio's timeouts and task groups. It prints as
/// that does, without the group that asyncio shows.
///
/// ```
/// use coframe::{Scope, ScopeError, Timeout};
///
/// let refused = Timeout::new(1.0).reschedule(2.0).unwrap_err();
/// assert_eq!(refused.downcast_ref(), Some(&ScopeError::NotEntered(Scope::Timeout)));
/// assert_eq!(refused.to_string(), "Timeout has not been entered");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeError {
    /// It was to be entered a second time. It can be used once.
    AlreadyEntered(Scope),
    /// It was not entered yet.
    NotEntered(Scope),
    /// It was to be entered where no task runs, that could be cancelled.
    OutsideTask(Scope),
    /// The time of a timeout is over, and its task is being cancelled.
    Expiring,
    /// A timeout has been left after its time was over.
    Expired,
    /// It has been left.
    Over(Scope),
    /// A task was to be created in a group whose tasks are being cancelled.
    ShuttingDown,
    /// The group was [cancelled](crate::TaskGroup::cancel) before its body could give a value.
    Cancelled,
}

/// Which scope it is that refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A [`Timeout`](crate::Timeout).
    Timeout,
    /// A [`TaskGroup`](crate::TaskGroup).
    TaskGroup,
}

/// The name of its type.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scope::Timeout => "Timeout",
            Scope::TaskGroup => "TaskGroup",
        })
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScopeError::AlreadyEntered(scope) => write!(f, "{scope} has already been entered"),
            ScopeError::NotEntered(scope) => write!(f, "{scope} has not been entered"),
            ScopeError::OutsideTask(scope) => write!(f, "{scope} should be used inside a task"),
            ScopeError::Expiring => f.write_str("Cannot change state of expiring Timeout"),
            ScopeError::Expired => f.write_str("Cannot change state of expired Timeout"),
            ScopeError::Over(Scope::Timeout) => f.write_str("Cannot change state of finished Timeout"),
            ScopeError::Over(Scope::TaskGroup) => f.write_str("TaskGroup is finished"),
            ScopeError::ShuttingDown => f.write_str("TaskGroup is shutting down"),
            ScopeError::Cancelled => f.write_str("TaskGroup was cancelled"),
        }
    }
}

impl std::error::Error for ScopeError {}
