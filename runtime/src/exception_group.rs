//! Several exceptions in one: Python's `ExceptionGroup` ([PEP 654]).
//!
//! [PEP 654]: https://peps.python.org/pep-0654/

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::Exception;

/// Exceptions that were raised side by side, with a message on the whole: Python's `ExceptionGroup` ([PEP 654]). It is an
/// error, and so can be raised; and it can have groups among its members.
///
/// ```
/// use coframe::{Exception, ExceptionGroup};
/// use std::{fmt, num::ParseIntError};
///
/// let number = "x".parse::<u8>().unwrap_err();
/// let group = ExceptionGroup::new("two at once", [Exception::from(fmt::Error), number.into()]).unwrap();
/// assert_eq!(group.to_string(), "two at once (2 sub-exceptions)");
///
/// let raised = Exception::from(group);
/// let group = raised.downcast_ref::<ExceptionGroup>().unwrap();
/// let (numbers, rest) = group.split(|e| e.is::<ParseIntError>()); // `except* ValueError`
/// assert_eq!(numbers.unwrap().exceptions().len(), 1);
/// assert!(rest.unwrap().exceptions()[0].is::<fmt::Error>());
/// ```
///
/// [PEP 654]: https://peps.python.org/pep-0654/
#[derive(Clone, Debug)]
pub struct ExceptionGroup {
    message: Cow<'static, str>,
    /// Never empty.
    exceptions: Vec<Exception>,
}

impl ExceptionGroup {
    /// A group of these; `None` if there are none, because then nothing is to be raised. Python raises a `ValueError`.
    #[must_use]
    pub fn new(message: impl Into<Cow<'static, str>>, exceptions: impl IntoIterator<Item = Exception>) -> Option<Self> {
        let exceptions: Vec<_> = exceptions.into_iter().collect();
        if exceptions.is_empty() { None } else { Some(ExceptionGroup { message: message.into(), exceptions }) }
    }

    /// What is said of the whole.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Its members, at least one. There may be groups among them.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// Those for which `matches` is true, and the others: Python's `split`, with which `except*` works. Groups keep their
    /// form, without the members that went to the other side, and without those groups that are left empty.
    ///
    /// `matches` is asked of all members, from the outside to the inside. A group of which it is true goes over whole.
    #[must_use]
    pub fn split(&self, mut matches: impl FnMut(&Exception) -> bool) -> (Option<Self>, Option<Self>) {
        self.split_by(&mut matches)
    }

    fn split_by(&self, matches: &mut dyn FnMut(&Exception) -> bool) -> (Option<Self>, Option<Self>) {
        let (mut matching, mut rest) = (Vec::new(), Vec::new());
        for exception in &self.exceptions {
            if matches(exception) {
                matching.push(exception.clone());
            } else if let Exception::Thrown(thrown) = exception
                && let Some(group) = thrown.downcast_ref::<Self>()
            {
                let (inside, outside) = group.split_by(matches);
                matching.extend(inside.map(|part| Exception::Thrown(thrown.with_error(part))));
                rest.extend(outside.map(|part| Exception::Thrown(thrown.with_error(part))));
            } else {
                rest.push(exception.clone());
            }
        }
        let part = |exceptions| ExceptionGroup::new(self.message.clone(), exceptions);
        (part(matching), part(rest))
    }

    /// Those for which `matches` is true: Python's `subgroup`, the first half of [`split`](ExceptionGroup::split).
    #[must_use]
    pub fn subgroup(&self, matches: impl FnMut(&Exception) -> bool) -> Option<Self> {
        self.split(matches).0
    }

    /// All that are not groups, in order, those of the groups in it among them.
    ///
    /// ```
    /// use coframe::{Exception, ExceptionGroup};
    ///
    /// let inner = ExceptionGroup::new("inner", [Exception::from(std::fmt::Error)]).unwrap();
    /// let outer = ExceptionGroup::new("outer", [inner.into(), Exception::from(std::fmt::Error)]).unwrap();
    /// assert_eq!(outer.exceptions().len(), 2);
    /// assert!(outer.flatten().all(|e| e.is::<std::fmt::Error>()));
    /// ```
    pub fn flatten(&self) -> impl Iterator<Item = &Exception> {
        let mut left: Vec<&Exception> = self.exceptions.iter().rev().collect();
        core::iter::from_fn(move || {
            loop {
                let next = left.pop()?;
                match next.downcast_ref::<Self>() {
                    Some(group) => left.extend(group.exceptions.iter().rev()),
                    None => return Some(next),
                }
            }
        })
    }
}

/// The message and how many there are, as Python prints it.
impl fmt::Display for ExceptionGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.exceptions.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{} ({count} sub-exception{plural})", self.message)
    }
}

impl Error for ExceptionGroup {}
