//! What a coroutine does wrong while it is closed by being dropped.
//!
//! A drop has no caller who could be given an `Err`, and must not panic. So what comes out goes to a hook, as CPython
//! gives what leaves a `__del__` to [`sys.unraisablehook`].
//!
//! [`sys.unraisablehook`]: https://docs.python.org/3/library/sys.html#sys.unraisablehook

#[cfg(feature = "std")]
mod hook;
#[cfg(all(test, feature = "std"))]
mod tests;

#[cfg(feature = "event-loop")]
pub(crate) use self::hook::contain;
#[cfg(feature = "std")]
pub use self::hook::{Misbehaviour, Unraisable, UnraisableHook, set_unraisable_hook, take_unraisable_hook};

use crate::{Code, Exception};

/// Closes a coroutine that is being dropped. Nothing gets out of here: what `close` raises goes to the hook, and so
/// does a panic. Without `std` there is no hook, and no way to keep a panic in.
pub(crate) fn close_in_drop<R>(coroutine: &'static Code, close: impl FnOnce() -> Result<R, Exception>) {
    #[cfg(feature = "std")]
    hook::close_in_drop(coroutine, || close().map(drop));
    #[cfg(not(feature = "std"))]
    {
        _ = (coroutine, close());
    }
}
