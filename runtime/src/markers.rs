//! The markers: each means something only inside a `#[coroutine]` body, and says so elsewhere.

/// Pauses the coroutine and hands out a value; its own value is what the next resume sends. Python's `x = yield v`.
///
/// `yield_!()` hands out `()`; in a `task` it gives up the turn, so that all others that are ready run first. The operand
/// is evaluated as a `let` initialiser is: its temporaries end before the pause. What is thrown in is raised here:
/// it ends the innermost [`attempt!`](crate::attempt), or leaves the coroutine.
///
/// `yield_!('name: v)` gives the suspension point a name of its own, by which a saved frame finds it again after the source
/// has changed. Each suspension point may have one, so `yield_from!('name: d)` as well. A loop or a block right behind a name
/// has it for its label, as in any expression; put it in parentheses.
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

/// [`yield_!`](crate::yield_) whose value is a `Result`: what is sent, or the exception that is thrown in. Python's
/// `try: x = yield v` with one `except` around it.
///
/// An [`Exit`](crate::Exception::Exit) must be passed on, with [`raise!`](crate::raise) or by returning: a coroutine that
/// yields while it is closed is refused with [`IgnoredExit`](crate::Exception::IgnoredExit).
///
/// ```
/// # #[cfg(not(feature = "alloc"))] fn main() {}
/// # #[cfg(feature = "alloc")] fn main() -> Result<(), coframe::Exception> {
/// use coframe::{CoroutineExt, Exception, Step, raise, try_yield};
///
/// #[coframe::coroutine(yield = u32)]
/// fn survivor() {
///     for n in 0.. {
///         match try_yield!(n) {
///             Err(exit) if exit.is_exit() => raise!(exit),
///             Err(_) | Ok(()) => {}
///         }
///     }
/// }
///
/// let mut survivor = survivor();
/// assert_eq!(survivor.start()?, Step::Yielded(0));
/// assert_eq!(survivor.throw("x".parse::<u8>().unwrap_err())?, Step::Yielded(1));
/// assert!(survivor.close()?.is_none());
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! try_yield {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`try_yield!` may only stand in a function marked `#[coframe::coroutine]`")
    };
}

/// Hands the caller on to a delegate until that is over; its value is what the delegate returns. Python's
/// `x = yield from d` ([PEP 380]).
///
/// The operand is a coroutine with the same `yield` and `send` (by value, by `&mut`, boxed, pinned or `dyn`), anything
/// that implements `IntoIterator` where `send` is `()`, or a type that implements [`Delegate`](crate::Delegate). In a `task`
/// it is also anything that can be awaited: what a future gives is the value, and if that is a `Result` with an
/// [`Exception`](crate::Exception) its error is raised. What the
/// coroutine is sent goes to the innermost delegate, and so does what is thrown in; closing it closes the delegate first.
/// The delegate is resumed where it is kept, and never moved.
///
/// A delegate that was started already goes on, except that one which waits for a value has none to get on the first
/// step: it raises [`AlreadyStarted`](crate::Exception::AlreadyStarted), unless an `Option` is sent, which is `None` then.
/// One that is over has no value to give any more: it raises [`Finished`](crate::Exception::Finished).
///
/// ```
/// #[coframe::coroutine(yield = u32)]
/// fn pair(n: u32) -> u32 {
///     coframe::yield_!(n);
///     coframe::yield_!(n + 1);
///     n + 2
/// }
///
/// #[coframe::coroutine(yield = u32)]
/// fn four() {
///     let next = coframe::yield_from!(pair(1));
///     coframe::yield_from!([next, 4]);
/// }
///
/// assert_eq!(four().collect::<Vec<_>>(), [1, 2, 3, 4]);
/// ```
///
/// [PEP 380]: https://peps.python.org/pep-0380/
#[macro_export]
macro_rules! yield_from {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`yield_from!` may only stand in a function marked `#[coframe::coroutine]`")
    };
}

/// [`yield_from!`](crate::yield_from) whose value is a `Result`: what the delegate returns, or the exception that it lets
/// out.
///
/// ```
/// # #[cfg(not(feature = "alloc"))] fn main() {}
/// # #[cfg(feature = "alloc")] fn main() -> Result<(), coframe::Exception> {
/// use coframe::{CoroutineExt, Exception, Step, raise, try_yield_from, yield_};
///
/// #[coframe::coroutine(yield = u32)]
/// fn flaky() {
///     yield_!(1);
///     raise!("x".parse::<u8>().unwrap_err());
/// }
///
/// #[coframe::coroutine(yield = u32)]
/// fn careful() -> String {
///     match try_yield_from!(flaky()) {
///         Err(exit) if exit.is_exit() => raise!(exit),
///         Err(error) => format!("it failed: {error}"),
///         Ok(()) => "fine".to_owned(),
///     }
/// }
///
/// let mut careful = careful();
/// assert_eq!(careful.start()?, Step::Yielded(1));
/// assert_eq!(careful.start()?, Step::Returned("it failed: invalid digit found in string".to_owned()));
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! try_yield_from {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`try_yield_from!` may only stand in a function marked `#[coframe::coroutine]`")
    };
}

/// `.await` whose value is a `Result`: what the future gives, or the exception that is raised there. Python's
/// `try: x = await f` with one `except` around it. For a coroutine that is an `async fn`; in others it is
/// [`try_yield_from!`](crate::try_yield_from).
///
/// Of a future that gives a `Result` with an [`Exception`](crate::Exception) that is the outcome. Of any other future an
/// exception is what was raised while it was waited for, such as a cancellation of the task. The operand is evaluated as
/// that of an `.await` is.
///
/// ```
/// # #[cfg(not(feature = "event-loop"))] fn main() {}
/// # #[cfg(feature = "event-loop")] fn main() -> Result<(), coframe::Exception> {
/// use coframe::{Exception, raise, sleep, spawn, try_await};
///
/// #[coframe::coroutine]
/// async fn worker() {
///     if let Err(exception) = try_await!(sleep(3600.0)) {
///         sleep(0.01).await; // say goodbye to somebody
///         raise!(exception);
///     }
/// }
///
/// #[coframe::coroutine]
/// async fn main_task() -> bool {
///     let worker = spawn(worker());
///     sleep(0).await;
///     worker.cancel();
///     matches!(try_await!(worker), Err(Exception::Cancelled(_)))
/// }
///
/// assert!(coframe::run(main_task())?);
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! try_await {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`try_await!` may only stand in an `async fn` marked `#[coframe::coroutine]`")
    };
}

/// A loop over a stream, each of whose steps is awaited: Python's `async for`. For a coroutine that is an `async fn`.
///
/// It takes what a `for` loop has after its keyword, with a label where there is one: `for_await!('lines: line in lines() {
/// … })`. In its body everything may stand that may stand around it: `.await`, `yield_!`, `break`, `continue`, `?`. Its value
/// is `()`.
///
/// It takes any [`Stream`](https://docs.rs/futures-core/latest/futures_core/stream/trait.Stream.html), by value or by `&mut`.
/// Of items that are `Result`s with an [`Exception`](crate::Exception), such as those of an
/// [`AsyncGenerator`](crate::AsyncGenerator), the error is raised and the value is the item. The stream is dropped when the
/// loop is left.
///
/// ```
/// # #[cfg(not(feature = "event-loop"))] fn main() {}
/// # #[cfg(feature = "event-loop")] fn main() -> Result<(), coframe::Exception> {
/// use coframe::{for_await, sleep, yield_};
///
/// #[coframe::coroutine(yield = u32)]
/// async fn squares() {
///     for n in 1.. {
///         sleep(0).await;
///         yield_!(n * n);
///     }
/// }
///
/// #[coframe::coroutine]
/// async fn sum_below(limit: u32) -> u32 {
///     let mut sum = 0;
///     for_await!(square in squares() {
///         if square >= limit {
///             break;
///         }
///         sum += square;
///     });
///     sum
/// }
///
/// assert_eq!(coframe::run(sum_below(20))?, 1 + 4 + 9 + 16);
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! for_await {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`for_await!` may only stand in an `async fn` marked `#[coframe::coroutine]`")
    };
}

/// A block that an exception ends: its value is a `Result`, of the block's own value or of what was raised at any yield in
/// it. Python's `try`.
///
/// The locals of the block are dropped on the way out. `return`, `break`, `continue` and `?` leave it as they leave any
/// block; `?` is not caught, since it returns and does not raise.
///
/// Being closed is an exception as well: [`Err(Exception::Exit)`](crate::Exception::Exit). Handle what you came for, which
/// [`downcast`](crate::Exception::downcast) tells from the rest, and pass the rest on with [`raise!`](crate::raise), as
/// Python's `except ValueError` does.
///
/// ```
/// # #[cfg(not(feature = "alloc"))] fn main() {}
/// # #[cfg(feature = "alloc")] fn main() -> Result<(), coframe::Exception> {
/// use coframe::{CoroutineExt, Exception, Step, attempt, raise, yield_};
/// use std::num::ParseIntError;
///
/// #[coframe::coroutine(yield = u32, send = &str)]
/// fn sum() -> u32 {
///     let mut sum = 0;
///     loop {
///         let read = attempt! {
///             loop {
///                 match yield_!(sum).parse::<u32>() {
///                     Ok(0) => return sum,
///                     Ok(number) => sum += number,
///                     Err(error) => raise!(error),
///                 }
///             }
///         };
///         let Err(exception) = read;
///         match exception.downcast::<ParseIntError>() {
///             Ok(_) => sum = 0,
///             Err(other) => raise!(other),
///         }
///     }
/// }
///
/// let mut sum = sum();
/// assert_eq!(sum.start()?, Step::Yielded(0));
/// assert_eq!(sum.send("20")?, Step::Yielded(20));
/// assert_eq!(sum.send("x")?, Step::Yielded(0));
/// assert_eq!(sum.send("22")?, Step::Yielded(22));
/// assert_eq!(sum.close()?, None);
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! attempt {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`attempt!` may only stand in a function marked `#[coframe::coroutine]`")
    };
}

/// Raises an exception: it ends the innermost [`attempt!`](crate::attempt), or leaves the coroutine. Python's `raise e`.
///
/// The operand is an [`Exception`](crate::Exception) or any error. `raise!(e, from = cause)` says what it was raised from:
/// [`source`](crate::Exception::source) gives that again. `raise!` has no value, as `return` has none.
///
/// ```
/// # #[cfg(not(feature = "alloc"))] fn main() {}
/// # #[cfg(feature = "alloc")] fn main() -> Result<(), coframe::Exception> {
/// use coframe::{CoroutineExt, Exception, attempt, raise, yield_};
///
/// #[coframe::coroutine]
/// fn translated() {
///     if let Err(cause) = attempt! { yield_!() } {
///         raise!(std::fmt::Error, from = cause);
///     }
/// }
///
/// let mut translated = translated();
/// translated.start()?;
/// let exception = translated.throw("x".parse::<u8>().unwrap_err()).unwrap_err();
/// assert!(exception.is::<std::fmt::Error>());
/// assert!(exception.source().unwrap().is::<std::num::ParseIntError>());
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! raise {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`raise!` may only stand in a function marked `#[coframe::coroutine]`")
    };
}

/// The value of an `Ok`; an `Err` is raised, as [`raise!`](crate::raise) does. For what can fail in a body: `?` would
/// return the error, and an [`attempt!`](crate::attempt) does not catch what is returned.
///
/// It does not pause, and its operand is evaluated as that of `?` is: the temporaries live to the end of the statement
/// around it. So `match or_raise!(first(&list.borrow())) { … }` holds the borrow in its arms; `let` the value first if
/// that is not meant.
///
/// ```
/// # #[cfg(not(feature = "alloc"))] fn main() {}
/// # #[cfg(feature = "alloc")] fn main() -> Result<(), coframe::Exception> {
/// use coframe::{CoroutineExt, Step, or_raise, yield_};
///
/// #[coframe::coroutine(yield = u32, send = &str)]
/// fn sum() {
///     let mut sum = 0;
///     loop {
///         sum += or_raise!(yield_!(sum).parse::<u32>());
///     }
/// }
///
/// let mut sum = sum();
/// sum.start()?;
/// assert_eq!(sum.send("20")?, Step::Yielded(20));
/// assert_eq!(sum.send("22")?, Step::Yielded(42));
/// assert!(sum.send("many").unwrap_err().is::<std::num::ParseIntError>());
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! or_raise {
    ($($tokens:tt)*) => {
        ::core::compile_error!("`or_raise!` may only stand in a function marked `#[coframe::coroutine]`")
    };
}
