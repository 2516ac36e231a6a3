//! The proof that a pattern which binds all parts of a value leaves nothing of it.
//!
//! What has no destructor of its own is gone with its parts. One that has such a destructor cannot be taken apart, unless all
//! that is taken is `Copy`: then it stays, and is dropped at the end of its scope. An attribute cannot tell the two apart, so
//! the expansion asks of each type that a pattern names. Method probing does: `Parted(x).leaves_nothing()` is the inherent
//! method for a type that implements `Drop`, where it is an error, and else that of the trait.

use core::marker::PhantomData;

/// A value that was bound by the pattern which takes it apart.
#[derive(Debug)]
pub struct Parted<T>(pub T);

// The lint is about bounds that are taken to ask for any destructor. This one is to ask for one of the type's own.
#[allow(drop_bounds)]
impl<T: Drop> Parted<T> {
    /// Cannot be called.
    pub fn leaves_nothing(self)
    where
        T: TakenApart,
    {
    }
}

/// What no type with a destructor of its own is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has a destructor, and would be dropped before the end of its scope",
    label = "this pattern copies what is in it and leaves the rest",
    note = "a coroutine cannot tell such a pattern from one that takes all there is: give the value a name with `let`, match a \
            reference to it, and mention it once more at the end: `drop(value)`"
)]
pub trait TakenApart {}

/// The fallback of the probing: nothing is left.
pub trait LeavesNothing {
    /// Does nothing.
    fn leaves_nothing(self);
}

impl<T> LeavesNothing for Parted<T> {
    fn leaves_nothing(self) {}
}

/// A value of a type that is only looked at.
#[must_use]
pub fn imagined<T>(_: PhantomData<T>) -> T {
    unreachable!("coframe: a value that is only looked at")
}
