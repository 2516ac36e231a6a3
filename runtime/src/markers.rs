//! The markers: each means something only inside a `#[coroutine]` body, and says so elsewhere.

/// Pauses the coroutine and hands out a value; its own value is what the next resume sends. Python's `x = yield v`.
///
/// `yield_!()` hands out `()`. The operand is evaluated as a `let` initialiser is: its temporaries end before the pause.
///
/// ```compile_fail
/// coframe::yield_!(1); // not in a coroutine
/// ```
#[macro_export]
macro_rules! yield_ {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`yield_!` may only stand in a function marked `#[coframe::coroutine]`")
    };
}
