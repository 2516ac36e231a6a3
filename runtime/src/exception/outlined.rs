//! What an exception owns, dropped out of line.
//!
//! A resume holds an exception that is almost never there. Its destructor takes the owner by value, so that the exception
//! need not have an address, and stays in registers where there is none.

use core::fmt;
use core::ops::{Deref, DerefMut};

/// A pointer that is dropped by a call, or none.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Outlined<P>(Option<P>);

impl<P> Outlined<P> {
    pub(super) const fn new(pointer: P) -> Self {
        Outlined(Some(pointer))
    }

    pub(super) const fn get(&self) -> Option<&P> {
        self.0.as_ref()
    }

    pub(super) fn into_inner(mut self) -> P {
        match self.0.take() {
            Some(pointer) => pointer,
            None => vacant(),
        }
    }
}

impl<P> Drop for Outlined<P> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(pointer) = self.0.take() {
            discard(pointer);
        }
    }
}

#[cold]
#[inline(never)]
fn discard<P>(pointer: P) {
    drop(pointer);
}

#[cold]
fn vacant() -> ! {
    unreachable!("coframe: a pointer is taken once, by its destructor or instead of it")
}

impl<P> Deref for Outlined<P> {
    type Target = P;

    fn deref(&self) -> &P {
        match &self.0 {
            Some(pointer) => pointer,
            None => vacant(),
        }
    }
}

impl<P> DerefMut for Outlined<P> {
    fn deref_mut(&mut self) -> &mut P {
        match &mut self.0 {
            Some(pointer) => pointer,
            None => vacant(),
        }
    }
}

impl<P> Default for Outlined<P> {
    fn default() -> Self {
        Outlined(None)
    }
}

impl<P: fmt::Debug> fmt::Debug for Outlined<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
