//! What a task makes of what its future gives.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::ffi::OsString;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Exception;

/// What a future may give that is run as a task: a `Result` whose error the task fails with, or a plain value.
///
/// A task fails as a coroutine does, with an [`Exception`]. So `async` blocks that may fail end in `Ok(value)` and use
/// `?` on any error; such a block needs no annotation. Others give plain values: `()`, numbers, texts, collections, and
/// other types of the standard library implement this trait. A value of another type, or a `Result` with another
/// error, is given as `Ok(value)`; or implement the trait for it:
///
/// ```
/// use coframe::{Exception, TaskOutput};
///
/// #[derive(Clone)]
/// struct Answer(u32);
///
/// impl TaskOutput for Answer {
///     type Value = Self;
///
///     fn into_result(self) -> Result<Self, Exception> {
///         Ok(self)
///     }
/// }
///
/// assert_eq!(coframe::run(async { Answer(42) })?.0, 42);
/// assert_eq!(coframe::run(async { Ok("42".parse::<u32>()?) })?, 42);
/// # Ok::<(), Exception>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a task cannot give a `{Self}`",
    label = "the future gives a `{Self}`",
    note = "end the future in `Ok(value)`, with an error of type `coframe::Exception`: `async {{ Ok(future.await) }}`; \
            an error of another type becomes one with `?`: `async {{ Ok(future.await?) }}`",
    note = "or implement `coframe::TaskOutput` for the type",
    note = "an `async` block that ends in an endless `loop` gives a `!`: make it a `()` with `let end: () = loop {{ … }};`"
)]
pub trait TaskOutput {
    /// What the task gives.
    type Value: 'static;

    /// The value, or what the task fails with.
    ///
    /// # Errors
    ///
    /// What the task fails with.
    fn into_result(self) -> Result<Self::Value, Exception>;
}

impl<T: 'static> TaskOutput for Result<T, Exception> {
    type Value = T;

    fn into_result(self) -> Result<T, Exception> {
        self
    }
}

macro_rules! plain {
    ($([$($generic:ident),*] $type:ty;)*) => {$(
        impl<$($generic: 'static),*> TaskOutput for $type {
            type Value = Self;

            fn into_result(self) -> Result<Self, Exception> {
                Ok(self)
            }
        }
    )*};
}

plain! {
    [] (); [] bool; [] char; [] String; [] &'static str; [] Infallible;
    [] u8; [] u16; [] u32; [] u64; [] u128; [] usize;
    [] i8; [] i16; [] i32; [] i64; [] i128; [] isize;
    [] f32; [] f64;
    [] Duration; [] Instant; [] PathBuf; [] OsString;
    [T] Option<T>; [T] Vec<T>; [T] VecDeque<T>; [T] Box<T>; [T] Rc<T>; [T] Arc<T>; [T] &'static [T];
    [T] BTreeSet<T>; [T, S] HashSet<T, S>; [K, V] BTreeMap<K, V>; [K, V, S] HashMap<K, V, S>;
    [A] (A,); [A, B] (A, B); [A, B, C] (A, B, C); [A, B, C, D] (A, B, C, D); [A, B, C, D, E] (A, B, C, D, E);
    [A, B, C, D, E, F] (A, B, C, D, E, F);
}

impl<T: 'static, const N: usize> TaskOutput for [T; N] {
    type Value = Self;

    fn into_result(self) -> Result<Self, Exception> {
        Ok(self)
    }
}

impl<T: ToOwned + ?Sized + 'static> TaskOutput for Cow<'static, T> {
    type Value = Self;

    fn into_result(self) -> Result<Self, Exception> {
        Ok(self)
    }
}
