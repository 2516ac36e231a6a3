//! A thrown error with what is known of its way: what it was raised from and where it passed.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::panic::Location;

use super::Exception;
use super::outlined::Outlined;
use super::shared_error::{AnyError, Held, SharedError};
use super::traceback::{Entries, Traceback};

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
// Clones share their way until one of them goes on.
#[derive(Clone)]
pub struct Thrown(Outlined<SharedError>);

/// What is known of the way of an error.
#[derive(Clone, Default)]
pub(super) struct Way {
    source: Option<Link>,
    traceback: Entries,
}

impl Thrown {
    pub(super) fn of<E: Error + Send + Sync + 'static>(error: E) -> Self {
        Thrown(Outlined::new(SharedError::new(Way::default(), Plain(error))))
    }

    /// The error as the box it was thrown in, or in a new one. Its source and traceback are dropped.
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
        boxed(self.0.into_inner())
    }

    pub(super) fn downcast<E: Error + 'static>(self) -> Result<E, Self> {
        if !self.is::<E>() || !self.0.is_alone() || !self.0.origin().is_alone() {
            return Err(self);
        }
        match self.into_inner().downcast() {
            Ok(error) => Ok(*error),
            Err(_) => unreachable!("coframe: an error that is its own only owner's changed its type"),
        }
    }

    /// The error alone, or with its sources behind [`Error::source`].
    pub(super) fn into_error(self) -> Box<dyn Error + Send + Sync> {
        match self.0.way().source {
            None => self.into_inner(),
            Some(_) => Box::new(Link(Exception::Thrown(self))),
        }
    }

    pub(super) fn source_exception(&self) -> Option<&Exception> {
        self.0.way().source.as_ref().map(|link| &link.0)
    }

    pub(super) fn with_source(mut self, cause: Exception) -> Self {
        self.change_way(|way| way.source = Some(Link(cause)));
        self
    }

    /// Another error in its place, with the same source and traceback.
    pub(crate) fn with_error(&self, error: impl Error + Send + Sync + 'static) -> Self {
        Thrown(Outlined::new(SharedError::new(self.0.way().clone(), Plain(error))))
    }

    pub(super) fn traceback(&self) -> Traceback<'_> {
        self.0.way().traceback.as_traceback()
    }

    pub(super) fn climbed(mut self, at: &'static Location<'static>) -> Self {
        self.change_way(|way| way.traceback.push(at));
        self
    }

    /// Of this clone only.
    fn change_way(&mut self, change: impl FnOnce(&mut Way)) {
        if let Some(way) = self.0.way_mut() {
            return change(way);
        }
        let mut way = self.0.way().clone();
        change(&mut way);
        self.0 = Outlined::new(SharedError::new(way, Again(self.0.origin().clone())));
    }
}

impl core::ops::Deref for Thrown {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        self.0.error()
    }
}

impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.error(), f)
    }
}

impl From<Box<dyn Error + Send + Sync>> for Thrown {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Thrown(Outlined::new(SharedError::new(Way::default(), Boxed(error))))
    }
}

/// An error by value.
struct Plain<E>(E);

impl<E: Error + Send + Sync + 'static> Held for Plain<E> {
    fn error(&self) -> &AnyError {
        &self.0
    }

    fn into_box(self) -> Box<AnyError> {
        Box::new(self.0)
    }
}

/// An error that was in a box.
struct Boxed(Box<AnyError>);

impl Held for Boxed {
    fn error(&self) -> &AnyError {
        &*self.0
    }

    fn into_box(self) -> Box<AnyError> {
        self.0
    }
}

/// The error of another exception that this one is a clone of.
struct Again(SharedError);

impl Held for Again {
    fn error(&self) -> &AnyError {
        self.0.error()
    }

    fn origin(&self) -> Option<&SharedError> {
        Some(&self.0)
    }

    fn origin_mut(&mut self) -> Option<&mut SharedError> {
        Some(&mut self.0)
    }

    fn into_box(self) -> Box<AnyError> {
        boxed(self.0)
    }
}

fn boxed(error: SharedError) -> Box<AnyError> {
    error.into_box().unwrap_or_else(|error| Box::new(Shared(error)))
}

/// An error that several exceptions share.
struct Shared(SharedError);

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shared").field(&self.0.error()).finish()
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0.error(), f)
    }
}

impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.error().source()
    }
}

/// An exception in a chain of sources, which can stand for an [`Error`] whose `source` is the next one.
#[derive(Clone)]
struct Link(Exception);

impl Link {
    /// Takes the next one out, unless somebody else has it as well. That of the exception of which it is a clone is put to
    /// the rest.
    fn next(&mut self, rest: &mut Vec<Link>) -> Option<Link> {
        let Exception::Thrown(thrown) = &mut self.0 else { return None };
        let origin = thrown.0.origin_mut().and_then(SharedError::way_mut);
        rest.extend(origin.and_then(|way| way.source.take()));
        thrown.0.way_mut()?.source.take()
    }

    /// The error itself where the chain ends, so that it can be downcast.
    fn as_error(&self) -> &(dyn Error + 'static) {
        match &self.0 {
            Exception::Thrown(Thrown(error)) if error.way().source.is_none() => error.error(),
            _ => self,
        }
    }
}

// In a loop, because a chain may be longer than the stack is deep.
impl Drop for Link {
    fn drop(&mut self) {
        let mut rest = Vec::new();
        let mut next = self.next(&mut rest);
        while let Some(mut link) = next {
            next = link.next(&mut rest);
            drop(link);
            next = next.or_else(|| rest.pop());
        }
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Exception::Thrown(thrown) => thrown.0.way().source.as_ref().map(Link::as_error),
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
