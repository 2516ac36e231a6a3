//! What most users of coroutines import: `use coframe::prelude::*;`.
//!
//! It is also the home of the expression form, [`coroutine!`], which cannot stand beside the attribute of the same name
//! at the root of the crate (both live in one namespace).

#[cfg(feature = "event-loop")]
pub use crate::{Awaitable, Promise, Task, run, sleep, spawn};
pub use crate::{
    Coroutine, CoroutineExt, Exception, Generator, Machine, Signal, Step, attempt, or_raise, raise, try_yield,
    try_yield_from, yield_, yield_from,
};
#[cfg(feature = "alloc")]
pub use crate::{Recursive, Shared};
pub use coframe_macros::coroutine_expr as coroutine;
