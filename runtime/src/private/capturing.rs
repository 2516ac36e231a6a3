//! The body of a coroutine that is restored out of nothing. The one place where frames need unsafe.
//!
//! A frame that waits for a delegate has the delegate's frame in a slot, body and all, and a body is a closure: it has no
//! name and cannot be written down. But the closure that `#[coroutine]` expands to captures nothing, for all that its
//! function was given is in the locals. It is a function, in the form of a value without contents, of which one is as
//! good as another. So another one is made.

use core::ptr::NonNull;

use super::saving::Framed;

/// The body of a function: a closure that captures nothing.
///
/// The invariant of [`SavedMachine<M, C, Captureless>`](super::SavedMachine): `M::Body` is such a closure. It is upheld by
/// [`saved`](super::saved), the one way to make the first machine of such a type, which takes what an expansion of
/// `#[coroutine]` on a function gives. That closure is not `move` and can be called again and again, so that it captures
/// by reference if it captures at all, and the size below is not 0. Nothing else may call that: what is in `private` is for
/// expansions.
#[derive(Clone, Copy, Debug)]
pub struct Captureless;

/// The body of a machine, out of nothing, for a [`SavedMachine`](super::SavedMachine) that is [`Captureless`].
#[allow(unsafe_code)]
pub(super) fn body<M: Framed>() -> M::Body {
    const {
        assert!(
            size_of::<M::Body>() == 0 && align_of::<M::Body>() == 1 && !core::mem::needs_drop::<M::Body>(),
            "coframe: the body of a function captures nothing"
        );
    }
    // SAFETY: by the invariant of `Captureless` the type is that of a closure without captures, which has one value, of
    // no bytes: any aligned pointer that is not null may be read for it.
    unsafe { NonNull::<M::Body>::dangling().read() }
}
