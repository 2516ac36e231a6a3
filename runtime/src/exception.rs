//! What can be raised in a coroutine, and what misuse of one gives back.

use core::fmt;

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
#[cfg(feature = "alloc")]
use core::error::Error;

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
#[derive(Debug)]
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
    /// It yielded while being closed: Python's `RuntimeError: generator ignored GeneratorExit`.
    IgnoredExit,
    /// An error of the user's own.
    #[cfg(feature = "alloc")]
    Thrown(Thrown),
}

/// A thrown error, behind one pointer so that an [`Exception`] stays within two words.
///
/// It dereferences to the error.
#[cfg(feature = "alloc")]
pub struct Thrown(Box<Box<dyn Error + Send + Sync>>);

#[cfg(feature = "alloc")]
impl Thrown {
    /// The error as the box it was thrown in.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        *self.0
    }
}

#[cfg(feature = "alloc")]
impl core::ops::Deref for Thrown {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &**self.0
    }
}

#[cfg(feature = "alloc")]
impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "alloc")]
impl From<Box<dyn Error + Send + Sync>> for Thrown {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Thrown(Box::new(error))
    }
}

#[cfg(feature = "alloc")]
impl<E: Error + Send + Sync + 'static> From<E> for Exception {
    fn from(error: E) -> Self {
        Exception::Thrown(Thrown(Box::new(Box::new(error))))
    }
}

#[cfg(feature = "alloc")]
impl From<Exception> for Box<dyn Error + Send + Sync> {
    fn from(exception: Exception) -> Self {
        match exception {
            Exception::Thrown(thrown) => thrown.into_inner(),
            misuse => alloc::string::ToString::to_string(&misuse).into(),
        }
    }
}

#[cfg(feature = "alloc")]
impl From<Exception> for Box<dyn Error> {
    fn from(exception: Exception) -> Self {
        Box::<dyn Error + Send + Sync>::from(exception)
    }
}

impl Exception {
    /// Whether this is a thrown error of type `E`.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn is<E: Error + 'static>(&self) -> bool {
        matches!(self, Exception::Thrown(thrown) if thrown.is::<E>())
    }

    /// The thrown error, if it is an `E`.
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
    /// Gives the exception back unchanged if it is anything else.
    #[cfg(feature = "alloc")]
    pub fn downcast<E: Error + 'static>(self) -> Result<E, Self> {
        match self {
            Exception::Thrown(thrown) => match thrown.into_inner().downcast() {
                Ok(error) => Ok(*error),
                Err(error) => Err(Exception::Thrown(error.into())),
            },
            misuse => Err(misuse),
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exception::Exit => f.write_str("coroutine is being closed"),
            Exception::Finished => f.write_str("coroutine is already finished"),
            Exception::NotStarted => f.write_str("cannot send a value to a coroutine that was not started"),
            Exception::AlreadyStarted => f.write_str("cannot start a coroutine twice: it waits for a value"),
            Exception::IgnoredExit => f.write_str("coroutine yielded while it was being closed"),
            #[cfg(feature = "alloc")]
            Exception::Thrown(thrown) => fmt::Display::fmt(&**thrown, f),
        }
    }
}
