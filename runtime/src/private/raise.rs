//! Placeholder.
use crate::Exception;
#[cold]
pub fn raise(exception: impl Into<Exception>) -> Exception { exception.into() }
#[cold]
pub fn raise_from(exception: impl Into<Exception>, _: impl Into<Exception>) -> Exception { exception.into() }
