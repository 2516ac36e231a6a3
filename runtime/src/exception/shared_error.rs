//! A thrown error and what is known of its way, in one allocation behind one thin pointer.
//!
//! Handles count their owners, so that a clone allocates nothing. What only the last owner may do, which is to change the way
//! and to take the error out, asks whether it is alone; nobody can clone a handle of which there is no other, so that it
//! stays so. Unlike an `Arc` it has no weak handles, and one that is alone is dropped without a locked instruction.

use alloc::boxed::Box;
use core::error::Error;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering, fence};

use super::thrown::Way;

/// An error of whatever type.
pub(super) type AnyError = dyn Error + Send + Sync;

/// An error as it is held.
pub(super) trait Held: Send + Sync + 'static {
    fn error(&self) -> &AnyError;

    /// Where the error is, if it is another handle's.
    fn origin(&self) -> Option<&SharedError> {
        None
    }

    /// As [`Held::origin`].
    fn origin_mut(&mut self) -> Option<&mut SharedError> {
        None
    }

    /// The error in a box.
    fn into_box(self) -> Box<AnyError>
    where
        Self: Sized;
}

/// A handle to an error and its way.
pub(super) struct SharedError(NonNull<Head>);

/// What comes before the error, whatever its type.
struct Head {
    owners: AtomicUsize,
    table: &'static Table,
    way: Way,
}

/// The invariant of this file: a [`SharedError`] points to an `Object<T>` that was a `Box`. Its table is that of `T`. It is
/// there while it has owners, of which there are as many as handles. It is changed or freed by one who has the only handle
/// and has it by `&mut` or by value.
#[repr(C)]
struct Object<T> {
    head: Head,
    held: T,
}

/// What depends on the type that is held. All are called with a handle's pointer.
struct Table {
    /// What is held. It is there as long as the handle.
    held: unsafe fn(NonNull<Head>) -> *mut dyn Held,
    /// Frees the object, of which this is the only handle, but for the error.
    take: unsafe fn(NonNull<Head>) -> Box<AnyError>,
    /// Frees the object, of which this is the only handle.
    free: unsafe fn(NonNull<Head>),
}

#[allow(unsafe_code)]
impl<T: Held> Object<T> {
    const TABLE: Table = Table { held: Self::held, take: Self::take, free: Self::free };

    unsafe fn held(object: NonNull<Head>) -> *mut dyn Held {
        // SAFETY: by the invariant it is an `Object<T>` that is there.
        unsafe { &raw mut (*object.cast::<Self>().as_ptr()).held }
    }

    unsafe fn take(object: NonNull<Head>) -> Box<AnyError> {
        // SAFETY: by the invariant it was a `Box<Object<T>>`. The only handle is given up for it.
        let object = unsafe { Box::from_raw(object.cast::<Self>().as_ptr()) };
        object.held.into_box()
    }

    unsafe fn free(object: NonNull<Head>) {
        // SAFETY: as in `take`.
        drop(unsafe { Box::from_raw(object.cast::<Self>().as_ptr()) });
    }
}

#[allow(unsafe_code)]
impl SharedError {
    pub(super) fn new<T: Held>(way: Way, held: T) -> Self {
        let head = Head { owners: AtomicUsize::new(1), table: &Object::<T>::TABLE, way };
        SharedError(NonNull::from(Box::leak(Box::new(Object { head, held }))).cast())
    }

    fn head(&self) -> &Head {
        // SAFETY: by the invariant it is there as long as this handle, an `Object` starts with its head, and it is not
        // changed while anyone has the handle by `&`.
        unsafe { self.0.as_ref() }
    }

    fn held(&self) -> &dyn Held {
        // SAFETY: the pointer is this handle's, and what is held is there as long and is not changed either.
        unsafe { &*(self.head().table.held)(self.0) }
    }

    pub(super) fn error(&self) -> &AnyError {
        self.held().error()
    }

    pub(super) fn way(&self) -> &Way {
        &self.head().way
    }

    /// The way, if this is the only handle.
    pub(super) fn way_mut(&mut self) -> Option<&mut Way> {
        // SAFETY: there is no other handle, and this one is borrowed by `&mut` for as long as the way.
        self.is_alone().then(|| unsafe { &mut (*self.0.as_ptr()).way })
    }

    /// Where the error itself is.
    pub(super) fn origin(&self) -> &SharedError {
        self.held().origin().unwrap_or(self)
    }

    /// As [`SharedError::origin`], if it is another handle and this is the only one.
    pub(super) fn origin_mut(&mut self) -> Option<&mut SharedError> {
        if !self.is_alone() {
            return None;
        }
        // SAFETY: there is no other handle, and this one is borrowed by `&mut` for as long as what is held.
        unsafe { &mut *(self.head().table.held)(self.0) }.origin_mut()
    }

    /// Whether there is no other handle. Acquires what those did that there were.
    pub(super) fn is_alone(&self) -> bool {
        self.head().owners.load(Ordering::Acquire) == 1
    }

    /// The error in a box.
    ///
    /// # Errors
    ///
    /// The handle, if it is not the only one.
    pub(super) fn into_box(self) -> Result<Box<AnyError>, Self> {
        if !self.is_alone() {
            return Err(self);
        }
        let handle = ManuallyDrop::new(self);
        // SAFETY: the pointer is that of the only handle, which was given up.
        Ok(unsafe { (handle.head().table.take)(handle.0) })
    }
}

impl Clone for SharedError {
    fn clone(&self) -> Self {
        // That there is a handle keeps the object, so nothing needs to be seen of others.
        let owners = self.head().owners.fetch_add(1, Ordering::Relaxed);
        // Handles that were forgotten count on; half of the numbers are left to threads that are here at the same time.
        assert!(owners <= usize::MAX / 2, "coframe: an exception has too many clones");
        SharedError(self.0)
    }
}

#[allow(unsafe_code)]
impl Drop for SharedError {
    fn drop(&mut self) {
        if !self.is_alone() {
            if self.head().owners.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            // What the others did comes before.
            fence(Ordering::Acquire);
        }
        // SAFETY: this was the only handle, or the last one to count itself out.
        unsafe { (self.head().table.free)(self.0) };
    }
}

// SAFETY: handles give `&` to what is held and to the way from any thread; what has them by `&mut` or frees them has the only
// handle, in whatever thread. `Held` is `Send + Sync`, below is what says that the way is, and the owners are atomic.
#[allow(unsafe_code)]
unsafe impl Send for SharedError {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl Sync for SharedError {}

const _: () = {
    const fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Way>();
};
