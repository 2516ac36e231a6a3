//! `gather!` and `gather_results!`: a few of different types.

use std::future::IntoFuture;
use std::rc::Rc;

use super::Gather;
use super::gather::{AnyChild, Child, Errors, together};
use crate::{Exception, TaskOutput};

/// [`gather`](fn@crate::gather) for items of different types, up to twelve: gives a tuple of their values.
///
/// It is an expression of type [`Gather`](crate::Gather); all that is said of the function holds for it.
///
/// ```
/// use coframe::{gather, sleep, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn name() -> &'static str {
///     yield_from!(sleep(0.5));
///     "Ada"
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> String {
///     let (name, year, ()) = yield_from!(gather!(name(), async { Ok("1815".parse::<u32>()?) }, sleep(1.0)));
///     format!("{name}, {year}")
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert_eq!(event_loop.run_until_complete(program())?, "Ada, 1815");
/// # Ok::<(), coframe::Exception>(())
/// ```
#[cfg(feature = "event-loop")]
#[macro_export]
macro_rules! gather {
    ($($item:expr),* $(,)?) => {
        $crate::private::Together::gather(($($item,)*))
    };
}

/// [`gather_results`](fn@crate::gather_results) for items of different types, up to twelve: gives a tuple of a `Result` for
/// each, and does not fail itself: `gather(…, return_exceptions=True)`.
///
/// It is an expression of type [`Gather`](crate::Gather); all that is said of the function holds for it.
///
/// ```
/// use coframe::{Exception, gather_results, sleep};
///
/// coframe::run(async {
///     let (year, born, slept) =
///         gather_results!(async { Ok("1815".parse::<u32>()?) }, async { Ok("x".parse::<i8>()?) }, sleep(0.01)).await?;
///     assert_eq!(year?, 1815);
///     assert!(born.unwrap_err().is::<std::num::ParseIntError>());
///     slept
/// })?;
/// # Ok::<(), Exception>(())
/// ```
#[cfg(feature = "event-loop")]
#[macro_export]
macro_rules! gather_results {
    ($($item:expr),* $(,)?) => {
        $crate::private::Together::gather_results(($($item,)*))
    };
}

/// A tuple of what can be awaited.
#[diagnostic::on_unimplemented(
    message = "`gather!` and `gather_results!` take up to twelve items, each of which can be awaited",
    note = "more of them can be gathered by the function `gather`, or by a `gather!` inside of another"
)]
pub trait Together {
    /// The tuple of what they give.
    type Values;

    /// The tuple of what becomes of them.
    type Results;

    /// Starts all of them.
    fn gather(self) -> Gather<Self::Values>;

    /// Starts all of them, and waits for all.
    fn gather_results(self) -> Gather<Self::Results>;
}

macro_rules! tuples {
    ($([$($item:ident $F:ident)*])*) => {$(
        impl<$($F),*> Together for ($($F,)*)
        where
            $($F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,)*
        {
            type Values = ($(<$F::Output as TaskOutput>::Value,)*);
            type Results = ($(Result<<$F::Output as TaskOutput>::Value, Exception>,)*);

            #[track_caller]
            fn gather(self) -> Gather<Self::Values> {
                let ($($item,)*) = self;
                $(let $item = Child::start($item);)*
                let children: Vec<Rc<dyn AnyChild>> = vec![$($item.clone()),*];
                together(children, Errors::Raised, move || Ok(($($item.result()?,)*)))
            }

            #[track_caller]
            fn gather_results(self) -> Gather<Self::Results> {
                let ($($item,)*) = self;
                $(let $item = Child::start($item);)*
                let children: Vec<Rc<dyn AnyChild>> = vec![$($item.clone()),*];
                together(children, Errors::Collected, move || Ok(($($item.result(),)*)))
            }
        }
    )*};
}

tuples! {
    []
    [a A]
    [a A b B]
    [a A b B c C]
    [a A b B c C d D]
    [a A b B c C d D e E]
    [a A b B c C d D e E f F]
    [a A b B c C d D e E f F g G]
    [a A b B c C d D e E f F g G h H]
    [a A b B c C d D e E f F g G h H i I]
    [a A b B c C d D e E f F g G h H i I j J]
    [a A b B c C d D e E f F g G h H i I j J k K]
    [a A b B c C d D e E f F g G h H i I j J k K l L]
}
