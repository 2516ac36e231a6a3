//! What a `move` closure captures that mentions a field of a local: the field alone, or all of a pointer.

#[cfg(feature = "alloc")]
use alloc::{boxed::Box, rc::Rc, sync::Arc};

/// A pointer of std's: whose fields are those of what it points to, so that a `move` closure that mentions one captures all
/// of the pointer.
#[diagnostic::on_unimplemented(
    message = "coframe: this `{Self}` has the name of one of std's pointers, and is none",
    label = "a `move` closure captures a field of it alone",
    note = "give the type another name, or bind the field first"
)]
pub trait StdPointer {}

impl<T: ?Sized> StdPointer for &T {}
impl<T: ?Sized> StdPointer for &mut T {}
#[cfg(feature = "alloc")]
impl<T: ?Sized> StdPointer for Box<T> {}
#[cfg(feature = "alloc")]
impl<T: ?Sized> StdPointer for Rc<T> {}
#[cfg(feature = "alloc")]
impl<T: ?Sized> StdPointer for Arc<T> {}

/// Demands that a local is one of std's pointers, as its type's name says.
pub fn std_pointer<T: StdPointer + ?Sized>(_: &T) {}

/// A local of unknown type of which a `move` closure mentions fields.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a, T: ?Sized>(pub &'a T);

/// What no pointer is: the error where a closure captures all of one.
#[diagnostic::on_unimplemented(
    message = "coframe: this `move` closure mentions a field of a pointer, and so captures all of it, which cannot be seen here",
    label = "of a local of another type it would capture the field alone",
    note = "say `let _ = &local;` in the closure, or give the local its type: `let local: Rc<_> = …;`"
)]
pub trait CapturedByField {}

/// The fallback of the probing: no pointer.
pub trait CapturedFields: Sized {
    /// Nothing is wrong.
    fn captured(self) {}
}

impl<T: ?Sized> CapturedFields for Fields<'_, T> {}

#[cfg(feature = "alloc")]
impl<T: ?Sized> Fields<'_, Rc<T>> {
    /// Is refused.
    pub fn captured(self)
    where
        Rc<T>: CapturedByField,
    {
    }
}

#[cfg(feature = "alloc")]
impl<T: ?Sized> Fields<'_, Arc<T>> {
    /// Is refused.
    pub fn captured(self)
    where
        Arc<T>: CapturedByField,
    {
    }
}

#[cfg(feature = "alloc")]
impl<T: ?Sized> Fields<'_, Box<T>> {
    /// Is refused.
    pub fn captured(self)
    where
        Box<T>: CapturedByField,
    {
    }
}
