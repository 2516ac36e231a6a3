//! What the levels of a recursive coroutine are in: memory of the [pool], with a count of the handles to it.
//!
//! A [`Shared`] is an [`Rc`](alloc::rc::Rc) without weak handles, whose count is in the [`Header`] before the value.
//!
//! The invariant: a handle points to a value that lives, in memory of the pool for its type; the count is that of the
//! handles. None leaves its thread, since [`NonNull`] is not `Send`.

#![allow(unsafe_code)]

use core::fmt;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::NonNull;

use super::pool::{self, Header};
use super::recursion::{Level, Returns};

/// A counted handle to a value of this thread.
pub struct Shared<T: ?Sized> {
    value: NonNull<T>,
}

impl<T> Shared<T> {
    /// Takes memory, and puts the value there.
    #[inline(always)]
    pub(crate) fn new(value: T) -> Self {
        let place = pool::take::<T>();
        // SAFETY: this is memory for such a value.
        unsafe { place.write(value) };
        Shared { value: place }
    }

    /// As its driver knows it.
    #[inline(always)]
    pub(super) fn into_level<'a, Y, S>(self) -> Shared<dyn Level<Y, S> + 'a>
    where
        T: Level<Y, S> + 'a,
    {
        Shared { value: ManuallyDrop::new(self).value }
    }

    /// As its caller knows it.
    #[inline(always)]
    pub(super) fn into_returns<'a, Y, R, S>(self) -> Shared<dyn Returns<Y, R, S> + 'a>
    where
        T: Returns<Y, R, S> + 'a,
    {
        Shared { value: ManuallyDrop::new(self).value }
    }
}

impl<'a, Y, R, S> Shared<dyn Returns<Y, R, S> + 'a> {
    /// Another handle, as its driver knows it.
    #[inline(always)]
    pub(crate) fn to_level(&self) -> Shared<dyn Level<Y, S> + 'a> {
        Shared { value: ManuallyDrop::new(self.clone()).value }
    }
}

/// What can be said of a value, in its header.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    /// Nothing is left of it that would have to be dropped.
    Empty = 1,
    /// It is a level of a driver, or was one.
    Given = 2,
}

impl<T: ?Sized> Shared<T> {
    /// Whether that was said.
    #[inline(always)]
    pub(super) fn is(&self, mark: Mark) -> bool {
        self.header().marks.get() & mark as u8 != 0
    }

    /// Says it.
    #[inline(always)]
    pub(super) fn mark(&self, mark: Mark) {
        let marks = &self.header().marks;
        marks.set(marks.get() | mark as u8);
    }

    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: a header stands before the value, as long as there is a handle.
        unsafe { self.value.cast::<Header>().sub(1).as_ref() }
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        let handles = &self.header().handles;
        // There may be as many handles as there are numbers, if they are forgotten.
        let Some(more) = handles.get().checked_add(1) else { too_many() };
        handles.set(more);
        Shared { value: self.value }
    }
}

impl<T: ?Sized> Drop for Shared<T> {
    #[inline(always)]
    fn drop(&mut self) {
        let left = self.header().handles.get() - 1;
        self.header().handles.set(left);
        if left > 0 {
            return;
        }
        // SAFETY: this was the last handle, so that nobody reaches the value any more.
        unsafe {
            if !self.is(Mark::Empty) {
                end(self.value);
            } else {
                pool::give(self.value);
            }
        }
    }
}

/// Ends a value that is not empty.
///
/// # Safety
///
/// It was made by [`Shared::new`], and nobody reaches it any more.
#[inline(never)]
unsafe fn end<T: ?Sized>(value: NonNull<T>) {
    /// Its memory goes even if its destructor panics.
    struct Memory<T: ?Sized>(NonNull<T>);
    impl<T: ?Sized> Drop for Memory<T> {
        fn drop(&mut self) {
            // SAFETY: as the caller of `end` says.
            unsafe { pool::give(self.0) };
        }
    }
    let _memory = Memory(value);
    // SAFETY: as the caller says.
    unsafe { value.drop_in_place() };
}

#[cold]
#[inline(never)]
fn too_many() -> ! {
    panic!("coframe: too many handles to a level")
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the value lives as long as there is a handle, and is only ever shared.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
