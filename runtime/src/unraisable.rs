//! Placeholder.
use crate::{Code, Exception};
pub(crate) fn closing(_: &'static Code, close: impl FnOnce() -> Result<(), Exception>) { let _ = close(); }
