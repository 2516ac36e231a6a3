//! Waiting for several at once, and for one behind a shield: after CPython 3.13's `asyncio.tasks`.
//!
//! | file | | waits for |
//! | --- | --- | --- |
//! | `gather` | [`gather`](fn@gather), [`gather_results`](fn@gather_results) | all of them, and gives their results in order |
//! | `tuples` | [`gather!`](crate::gather!), [`gather_results!`](crate::gather_results!) | the same for a few of different types |
//! | `many` | [`wait`] | the first, the first that fails, or all; tells the done from the pending |
//! | `waitable` | [`Waitable`] | |
//! | `as_completed` | [`as_completed`](fn@as_completed) | one after the other, as they finish |
//! | `shield` | [`shield`](fn@shield) | one, which goes on when the waiter is cancelled |
//!
//! Who waits here is called back by what it waits for, as in CPython, so that it hears of it a pass after a task that
//! waits for the same promise by itself. A callback never keeps the promise that it was added to.

mod as_completed;
mod gather;
mod many;
mod shield;
mod tuples;
mod waitable;

pub use self::as_completed::{AsCompleted, CompletedTasks, NextResult, NextTask, as_completed};
pub use self::gather::{Gather, gather, gather_results};
pub use self::many::{ReturnWhen, Wait, wait};
pub use self::shield::{Shield, shield};
pub use self::tuples::Together;
pub use self::waitable::Waitable;
