//! The places that an exception passed.

use core::fmt;
use core::panic::Location;

/// A place, and how many times in a row the exception passed it.
pub(super) type Entry = (&'static Location<'static>, usize);

/// Where an [`Exception`](crate::Exception) was raised and which frames it climbed since, innermost first: Python's
/// `__traceback__`, read from its end.
///
/// Equal neighbours take one entry, so that an exception out of a million levels of recursion stays small (CPython
/// prints `[Previous line repeated 999999 more times]`).
///
/// It prints as one line an entry:
///
/// ```text
///   at src/tree.rs:31
///   at src/tree.rs:12 (1000000 times)
///   at src/main.rs:8
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Traceback<'a> {
    entries: &'a [Entry],
}

impl<'a> Traceback<'a> {
    pub(super) const fn new(entries: &'a [Entry]) -> Self {
        Traceback { entries }
    }

    /// Whether nothing was recorded: the exception was made outside of a coroutine and no frame was in its way.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Each place with the number of times in a row that it was passed, innermost first.
    ///
    /// ```
    /// # let e = coframe::Exception::Exit;
    /// for (at, times) in e.traceback().iter() {
    ///     println!("{}:{}, {times} times", at.file(), at.line());
    /// }
    /// ```
    pub fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&'static Location<'static>, usize)> + ExactSizeIterator + use<'a> {
        self.entries.iter().copied()
    }
}

impl fmt::Display for Traceback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (at, times)) in self.iter().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            write!(f, "{newline}  at {}:{}", at.file(), at.line())?;
            if times > 1 {
                write!(f, " ({times} times)")?;
            }
        }
        Ok(())
    }
}
