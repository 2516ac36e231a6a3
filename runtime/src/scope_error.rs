//! What scopes refuse: [`Timeout`](crate::Timeout) and [`TaskGroup`](crate::TaskGroup).

use std::fmt;

/// The error of a scope that was used out of place: the `RuntimeError` of asyncio's timeouts and task groups.
///
/// ```
/// use coframe::{ScopeError, Timeout};
///
/// let refused = Timeout::new(1.0).reschedule(2.0).unwrap_err();
/// assert_eq!(refused.downcast_ref(), Some(&ScopeError::NotEntered));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeError {
    /// It was to be entered a second time. It can be used once.
    AlreadyEntered,
    /// It was not entered yet.
    NotEntered,
    /// It was to be entered where no task runs, that could be cancelled.
    OutsideTask,
    /// It has been left, or its time is over.
    Over,
    /// A task was to be created in a group whose tasks are being cancelled.
    ShuttingDown,
    /// The group was [cancelled](crate::TaskGroup::cancel) before its body could give a value.
    Cancelled,
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScopeError::AlreadyEntered => "the scope has already been entered",
            ScopeError::NotEntered => "the scope has not been entered",
            ScopeError::OutsideTask => "the scope can be entered by a task only",
            ScopeError::Over => "the scope is over",
            ScopeError::ShuttingDown => "the task group is shutting down",
            ScopeError::Cancelled => "the task group was cancelled",
        })
    }
}

impl std::error::Error for ScopeError {}
