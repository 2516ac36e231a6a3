//! A thrown error with what is known of its way: what it was raised from and where it passed.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::panic::Location;

use super::Exception;
use super::outlined::Outlined;
use super::traceback::{Entry, Traceback};

/// A thrown error, behind one pointer so that an [`Exception`] stays within two words.
///
/// It dereferences to the error; so `thrown.source()` is the error's own, and [`Exception::source`] what it was raised
/// from.
///
/// ```
/// use coframe::Exception;
///
/// let Exception::Thrown(thrown) = Exception::from(std::fmt::Error) else { unreachable!() };
/// assert!(thrown.is::<std::fmt::Error>());
/// ```
#[derive(Clone)]
pub struct Thrown(Outlined<Box<Inner>>);

/// A clone has the same error and the same source, and a traceback of its own.
#[derive(Clone)]
struct Inner {
    error: Arc<Box<dyn Error + Send + Sync>>,
    source: Option<Arc<Link>>,
    traceback: Vec<Entry>,
}

impl Thrown {
    /// The error as the box it was thrown in. Its source and traceback are dropped.
    ///
    /// While there are clones of the exception they share the error: then it is a box around the shared one, which
    /// prints the same and cannot be downcast.
    ///
    /// ```
    /// # use coframe::Exception;
    /// # let Exception::Thrown(thrown) = Exception::from(std::fmt::Error) else { unreachable!() };
    /// assert!(thrown.into_inner().is::<std::fmt::Error>());
    /// ```
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        Arc::try_unwrap(self.0.into_inner().error).unwrap_or_else(|error| Box::new(Shared(error)))
    }

    pub(super) fn downcast<E: Error + 'static>(mut self) -> Result<E, Self> {
        let inner = &mut **self.0;
        if !inner.error.is::<E>() || Arc::get_mut(&mut inner.error).is_none() {
            return Err(self);
        }
        match Arc::try_unwrap(self.0.into_inner().error).map(|error| error.downcast()) {
            Ok(Ok(error)) => Ok(*error),
            _ => unreachable!("coframe: an error that is its own only owner's changed its type"),
        }
    }

    /// The error alone, or with its sources behind [`Error::source`].
    pub(super) fn into_error(self) -> Box<dyn Error + Send + Sync> {
        match self.0.source {
            None => self.into_inner(),
            Some(_) => Box::new(Link(Exception::Thrown(self))),
        }
    }

    pub(super) fn source_exception(&self) -> Option<&Exception> {
        self.0.source.as_ref().map(|link| &link.0)
    }

    pub(super) fn with_source(mut self, cause: Exception) -> Self {
        self.0.source = Some(Arc::new(Link(cause)));
        self
    }

    /// Another error in its place, with the same source and traceback.
    pub(crate) fn with_error(&self, error: impl Error + Send + Sync + 'static) -> Self {
        Thrown(Outlined::new(Box::new(Inner { error: Arc::new(Box::new(error)), ..(**self.0).clone() })))
    }

    pub(super) fn traceback(&self) -> Traceback<'_> {
        Traceback::new(&self.0.traceback)
    }

    pub(super) fn climbed(mut self, at: &'static Location<'static>) -> Self {
        match self.0.traceback.last_mut() {
            Some((last, times)) if *last == at => *times += 1,
            _ => self.0.traceback.push((at, 1)),
        }
        self
    }
}

impl core::ops::Deref for Thrown {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &**self.0.error
    }
}

impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl From<Box<dyn Error + Send + Sync>> for Thrown {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        let inner = Inner { error: Arc::new(error), source: None, traceback: Vec::new() };
        Thrown(Outlined::new(Box::new(inner)))
    }
}

/// An error that several exceptions share.
#[derive(Debug)]
struct Shared(Arc<Box<dyn Error + Send + Sync>>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// An exception in a chain of sources, which can stand for an [`Error`] whose `source` is the next one.
struct Link(Exception);

impl Link {
    fn next(&mut self) -> Option<Link> {
        match &mut self.0 {
            Exception::Thrown(thrown) => thrown.0.source.take().and_then(Arc::into_inner),
            _ => None,
        }
    }

    /// The error itself where the chain ends, so that it can be downcast.
    fn as_error(&self) -> &(dyn Error + 'static) {
        match &self.0 {
            Exception::Thrown(Thrown(inner)) if inner.source.is_none() => &**inner.error,
            _ => self,
        }
    }
}

// In a loop, because a chain may be longer than the stack is deep.
impl Drop for Link {
    fn drop(&mut self) {
        let mut next = self.next();
        while let Some(mut link) = next {
            next = link.next();
        }
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Exception::Thrown(thrown) => thrown.0.source.as_deref().map(Link::as_error),
            _ => None,
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Exception::Thrown(thrown) => thrown.fmt(f),
            plain => plain.fmt(f),
        }
    }
}
