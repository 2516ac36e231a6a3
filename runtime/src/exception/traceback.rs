//! The places that an exception passed.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;
use core::panic::Location;

/// A place, and how many times in a row the exception passed it.
pub(super) type Entry = (&'static Location<'static>, usize);

/// The places that were passed.
#[cfg(feature = "alloc")]
#[derive(Clone)]
pub(super) enum Entries {
    /// So many of these. The others say nothing.
    Few(usize, [Entry; 3]),
    Many(Vec<Entry>),
}

#[cfg(feature = "alloc")]
impl Entries {
    pub(super) fn push(&mut self, at: &'static Location<'static>) {
        match self.as_mut_slice().last_mut() {
            Some((last, times)) if *last == at => *times += 1,
            _ => self.push_new((at, 1)),
        }
    }

    fn push_new(&mut self, entry: Entry) {
        match self {
            Entries::Few(length, entries) => match entries.get_mut(*length) {
                Some(free) => {
                    *free = entry;
                    *length += 1;
                }
                None => {
                    let mut many = Vec::with_capacity(2 * entries.len());
                    many.extend(*entries);
                    many.push(entry);
                    *self = Entries::Many(many);
                }
            },
            Entries::Many(entries) => entries.push(entry),
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Entry] {
        match self {
            Entries::Few(length, entries) => &mut entries[..*length],
            Entries::Many(entries) => entries,
        }
    }

    pub(super) fn as_traceback(&self) -> Traceback<'_> {
        Traceback::new(match self {
            Entries::Few(length, entries) => &entries[..*length],
            Entries::Many(entries) => entries,
        })
    }
}

#[cfg(feature = "alloc")]
impl Default for Entries {
    fn default() -> Self {
        const NOWHERE: Entry = (Location::caller(), 0);
        Entries::Few(0, [NOWHERE; 3])
    }
}

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
