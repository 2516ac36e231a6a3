//! What can be raised in a coroutine, and what misuse of one gives back.

use core::fmt;
use core::panic::Location;

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
#[cfg(feature = "alloc")]
use core::error::Error;

#[cfg(feature = "alloc")]
mod outlined;
#[cfg(feature = "alloc")]
mod shared_error;
#[cfg(feature = "alloc")]
mod thrown;
mod traceback;

#[cfg(feature = "alloc")]
use self::outlined::Outlined;
#[cfg(feature = "alloc")]
pub use self::thrown::Thrown;
pub use self::traceback::Traceback;

/// An error on its way through coroutines: thrown in, raised by a body, or the report of a misuse.
///
/// Two words at most, and nothing on the path where nothing is raised. Any [`Error`](core::error::Error) becomes
/// one with `?` or `into()` (feature `alloc`); [`is`](Exception::is) and [`downcast`](Exception::downcast) get at it
/// again. As with other types of that ability, `Exception` itself does not implement `Error`; it converts into
/// `Box<dyn Error>`, so that `?` passes it on.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use coframe::Exception;
///
/// let e = Exception::from("x".parse::<u8>().unwrap_err());
/// assert!(e.is::<std::num::ParseIntError>());
/// assert_eq!(e.to_string(), "invalid digit found in string");
/// # }
/// ```
///
/// A thrown error knows what it was raised from ([`source`](Exception::source)) and where it passed
/// ([`traceback`](Exception::traceback)). `{}` prints the error, `{:?}` all three. A body that lets an exception pass
/// gives it no source.
///
/// A clone shares the error and has a traceback of its own; so several who wait for one thing can each raise what it
/// failed with. While there is another clone the error can be looked at and not be taken out: there `is` and
/// [`downcast_ref`](Exception::downcast_ref) are to be asked.
#[derive(Clone)]
#[non_exhaustive]
pub enum Exception {
    /// The coroutine is being closed: Python's `GeneratorExit`.
    Exit,
    /// A resume came after the end.
    Finished,
    /// A value was sent to a coroutine that has not reached its first suspension point. It still can be started.
    NotStarted,
    /// A coroutine that waits for a value was started a second time. It still waits.
    AlreadyStarted,
    /// A coroutine was resumed while it runs, through a shared handle: Python's `ValueError: generator already
    /// executing`. It goes on running.
    AlreadyRunning,
    /// It yielded while being closed: Python's `RuntimeError: generator ignored GeneratorExit`.
    IgnoredExit,
    /// A suspension point of a `pinned` coroutine or of an async generator was polled by something else than the coroutine's
    /// own resume, or a `pinned` one waits for a future: a macro hid an `.await` or an `async` block from the attribute.
    ForeignAwait,
    /// A task was asked to end, or what it waits for was cancelled: asyncio's `CancelledError`.
    #[cfg(feature = "alloc")]
    Cancelled(Cancelled),
    /// An error of the user's own.
    #[cfg(feature = "alloc")]
    Thrown(Thrown),
}

/// A request to end, with what the one who cancelled had to say.
///
/// ```
/// use coframe::{Cancelled, Exception};
///
/// let cancelled = Exception::Cancelled(Cancelled::new("the user left"));
/// assert_eq!(cancelled.to_string(), "the user left");
/// assert_eq!(Cancelled::default().message(), None);
/// ```
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cancelled(Outlined<alloc::sync::Arc<alloc::string::String>>);

#[cfg(feature = "alloc")]
impl Cancelled {
    /// A cancellation with a message.
    pub fn new(message: impl Into<alloc::string::String>) -> Self {
        Cancelled(Outlined::new(alloc::sync::Arc::new(message.into())))
    }

    /// What the one who cancelled had to say.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.get().map(|message| message.as_str())
    }
}

impl Exception {
    /// Whether this is [`Exit`](Exception::Exit): the coroutine is being closed, which is not an error.
    ///
    /// ```
    /// # use coframe::Exception;
    /// assert!(Exception::Exit.is_exit());
    /// assert!(!Exception::IgnoredExit.is_exit());
    /// ```
    #[must_use]
    pub const fn is_exit(&self) -> bool {
        matches!(self, Exception::Exit)
    }

    /// Whether this is a thrown error of type `E`.
    ///
    /// ```
    /// # use coframe::Exception;
    /// # use std::{fmt, num::ParseIntError};
    /// let e = Exception::from("x".parse::<u8>().unwrap_err());
    /// assert!(e.is::<ParseIntError>());
    /// assert!(!e.is::<fmt::Error>());
    /// ```
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn is<E: Error + 'static>(&self) -> bool {
        matches!(self, Exception::Thrown(thrown) if thrown.is::<E>())
    }

    /// The thrown error, if it is an `E`.
    ///
    /// ```
    /// # use coframe::Exception;
    /// # use std::num::{IntErrorKind, ParseIntError};
    /// let e = Exception::from("".parse::<u8>().unwrap_err());
    /// assert_eq!(e.downcast_ref::<ParseIntError>().map(ParseIntError::kind), Some(&IntErrorKind::Empty));
    /// ```
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        match self {
            Exception::Thrown(thrown) => thrown.downcast_ref(),
            _ => None,
        }
    }

    /// Takes the thrown error out, if it is an `E`.
    ///
    /// ```
    /// # use coframe::Exception;
    /// let e = Exception::from("x".parse::<u8>().unwrap_err());
    /// assert!(e.downcast::<std::num::ParseIntError>().is_ok());
    /// assert!(Exception::Exit.downcast::<std::num::ParseIntError>().is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// Gives the exception back unchanged, with its source and traceback, if it is anything else.
    #[cfg(feature = "alloc")]
    pub fn downcast<E: Error + 'static>(self) -> Result<E, Self> {
        match self {
            Exception::Thrown(thrown) => thrown.downcast().map_err(Exception::Thrown),
            misuse => Err(misuse),
        }
    }

    /// The exception that this one was raised from: Python's `__cause__` and `__context__` in one ([PEP 3134]).
    ///
    /// It is what [`with_source`](Exception::with_source) set, or the [`Exit`](Exception::Exit) during which a body
    /// raised this one instead of ending. It is not the error's own
    /// [`Error::source`](core::error::Error::source), which is asked of the error.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// # use coframe::Exception;
    /// let e = Exception::from(std::fmt::Error);
    /// assert!(e.source().is_none());
    /// let e = e.with_source(Exception::Exit);
    /// assert!(e.source().is_some_and(Exception::is_exit));
    /// # }
    /// ```
    ///
    /// [PEP 3134]: https://peps.python.org/pep-3134/
    #[must_use]
    pub fn source(&self) -> Option<&Exception> {
        match self {
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) => thrown.source_exception(),
            _ => None,
        }
    }

    /// The same exception, raised from `cause`: Python's `raise e from cause` ([PEP 3134]). A source that it had is
    /// replaced.
    ///
    /// Only a [`Thrown`](Exception::Thrown) has room for a source. The other variants come back as they are and `cause`
    /// is dropped: they say all there is to say, and stay within two words without an allocation.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// # use coframe::Exception;
    /// let parsing = "x".parse::<u8>().unwrap_err();
    /// let e = Exception::from(std::fmt::Error).with_source(parsing);
    /// assert!(e.source().unwrap().is::<std::num::ParseIntError>());
    /// assert!(Exception::Exit.with_source(e).source().is_none());
    /// # }
    /// ```
    ///
    /// [PEP 3134]: https://peps.python.org/pep-3134/
    #[must_use]
    pub fn with_source(self, cause: impl Into<Exception>) -> Exception {
        match self {
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) => Exception::Thrown(thrown.with_source(cause.into())),
            plain => {
                drop(cause);
                plain
            }
        }
    }

    /// The places that this exception passed on its way up, innermost first; empty for all but a
    /// [`Thrown`](Exception::Thrown).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// # use coframe::Exception;
    /// assert!(Exception::from(std::fmt::Error).traceback().is_empty());
    /// # }
    /// ```
    #[must_use]
    pub fn traceback(&self) -> Traceback<'_> {
        match self {
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) => thrown.traceback(),
            _ => Traceback::new(&[]),
        }
    }

    /// The same exception, a frame further up: adds the place where it left that frame to its traceback.
    #[doc(hidden)]
    #[must_use]
    pub fn climbed(self, at: &'static Location<'static>) -> Self {
        match self {
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) => Exception::Thrown(thrown.climbed(at)),
            plain => {
                _ = at;
                plain
            }
        }
    }

    /// `{:?}` without the sources.
    fn fmt_alone(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exception::Exit => f.write_str("Exit"),
            Exception::Finished => f.write_str("Finished"),
            Exception::NotStarted => f.write_str("NotStarted"),
            Exception::AlreadyStarted => f.write_str("AlreadyStarted"),
            Exception::AlreadyRunning => f.write_str("AlreadyRunning"),
            Exception::IgnoredExit => f.write_str("IgnoredExit"),
            Exception::ForeignAwait => f.write_str("ForeignAwait"),
            #[cfg(feature = "alloc")]
            Exception::Cancelled(cancelled) => match cancelled.message() {
                Some(message) => f.debug_tuple("Cancelled").field(&message).finish(),
                None => f.write_str("Cancelled"),
            },
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) if self.source().is_none() && self.traceback().is_empty() => {
                f.debug_tuple("Thrown").field(thrown).finish()
            }
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) => {
                fmt::Debug::fmt(thrown, f)?;
                match self.traceback() {
                    empty if empty.is_empty() => Ok(()),
                    traceback => write!(f, "\n{traceback}"),
                }
            }
        }
    }
}

/// The variant as a derived `Debug` prints it; for a thrown error with a traceback or a source, a report of several
/// lines: the error, the traceback, and `caused by:` with the same for the source.
impl fmt::Debug for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_alone(f)?;
        let mut last = self;
        while let Some(source) = last.source() {
            f.write_str("\ncaused by: ")?;
            source.fmt_alone(f)?;
            last = source;
        }
        Ok(())
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exception::Exit => f.write_str("coroutine is being closed"),
            Exception::Finished => f.write_str("coroutine is already finished"),
            Exception::NotStarted => f.write_str("cannot send a value to a coroutine that was not started"),
            Exception::AlreadyStarted => f.write_str("cannot start a coroutine twice: it waits for a value"),
            Exception::AlreadyRunning => f.write_str("cannot resume a coroutine that is running"),
            Exception::IgnoredExit => f.write_str("coroutine yielded while it was being closed"),
            Exception::ForeignAwait => {
                f.write_str("a suspension point was awaited by something else than its coroutine")
            }
            #[cfg(feature = "alloc")]
            Exception::Cancelled(cancelled) => f.write_str(cancelled.message().unwrap_or("cancelled")),
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) => fmt::Display::fmt(&**thrown, f),
        }
    }
}

#[cfg(feature = "alloc")]
impl<E: Error + Send + Sync + 'static> From<E> for Exception {
    fn from(error: E) -> Self {
        Exception::Thrown(Thrown::of(error))
    }
}

/// The thrown error itself where it has no source. Where it has one, an error that prints as the thrown one does and
/// whose [`Error::source`] leads along the sources; it cannot be downcast, so [`downcast`](Exception::downcast) first.
/// The traceback is dropped.
///
/// ```
/// # use {coframe::Exception, std::error::Error, std::fmt};
/// let bare = Box::<dyn Error>::from(Exception::from(fmt::Error));
/// assert!(bare.is::<fmt::Error>());
///
/// let parsing = "x".parse::<u8>().unwrap_err();
/// let chained = Box::<dyn Error>::from(Exception::from(fmt::Error).with_source(parsing));
/// assert_eq!(chained.to_string(), fmt::Error.to_string());
/// assert!(chained.source().unwrap().is::<std::num::ParseIntError>());
/// ```
#[cfg(feature = "alloc")]
impl From<Exception> for Box<dyn Error + Send + Sync> {
    fn from(exception: Exception) -> Self {
        match exception {
            Exception::Thrown(thrown) => thrown.into_error(),
            misuse => alloc::string::ToString::to_string(&misuse).into(),
        }
    }
}

/// As into `Box<dyn Error + Send + Sync>`.
#[cfg(feature = "alloc")]
impl From<Exception> for Box<dyn Error> {
    fn from(exception: Exception) -> Self {
        Box::<dyn Error + Send + Sync>::from(exception)
    }
}
