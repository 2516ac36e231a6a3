//! A cell in a thread-local variable that is cheap to get at.

use std::cell::Cell;
use std::mem::ManuallyDrop;

/// A cell of which nothing is dropped with the thread, so that getting at it asks no questions.
pub(super) struct Place<T>(Cell<ManuallyDrop<Option<T>>>);

impl<T> Place<T> {
    pub(super) const fn empty() -> Self {
        Place(Cell::new(ManuallyDrop::new(None)))
    }

    /// Where nothing is.
    #[inline]
    pub(super) fn put(&self, next: Option<T>) {
        self.0.set(ManuallyDrop::new(next));
    }

    #[inline]
    pub(super) fn take(&self) -> Option<T> {
        ManuallyDrop::into_inner(self.0.replace(ManuallyDrop::new(None)))
    }

    /// It is not in its place meanwhile.
    #[inline]
    pub(super) fn look<R>(&self, look: impl FnOnce(Option<&T>) -> R) -> R {
        let here = self.0.replace(ManuallyDrop::new(None));
        let result = look(here.as_ref());
        self.0.set(here);
        result
    }

    #[inline]
    pub(super) fn get(&self) -> Option<T>
    where
        T: Clone,
    {
        self.look(|here| here.cloned())
    }
}
