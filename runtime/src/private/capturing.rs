//! The body of a coroutine that is restored out of nothing. The one place where frames need unsafe.
//!
//! A frame that waits for a delegate has the delegate's frame in a slot, body and all, and a body is a closure: it has no
//! name and cannot be written down. But the closure that `#[coroutine]` expands to captures nothing, for all that its
//! function was given is in the locals. It is a function, in the form of a value without contents, of which one is as
//! good as another. So another one is made.

use core::mem::needs_drop;
use core::ptr::NonNull;

/// Of a machine: it is that of a function, so that its body is a closure that captures nothing.
///
/// That is the invariant of [`SavedMachine<M, C, Captureless>`](super::SavedMachine). It is upheld by
/// [`saved`](super::saved), the one way to make the first machine of such a type, which takes what an expansion of
/// `#[coroutine]` on a function gives. The closure there is not `move` and can be called again and again, so that it
/// captures by reference if it captures at all, and its size is not 0. Nothing else may call `saved`: what is in `private`
/// is for expansions. Of a [`Storable`](super::Storable), which [`storable`](super::storable) makes, it is the invariant as
/// well, in the same way.
#[derive(Clone, Copy, Debug)]
pub struct Captureless;

/// The closure `F` of a machine that is [`Captureless`], or of a [`Storable`](super::Storable), out of nothing.
#[allow(unsafe_code)]
pub(super) fn captureless<F>() -> F {
    const {
        assert!(
            size_of::<F>() == 0 && align_of::<F>() == 1 && !needs_drop::<F>(),
            "coframe: the body of a function captures nothing"
        );
    }
    // SAFETY: by the invariant of `Captureless` the type is that of a closure without captures, which has one value, of
    // no bytes: any aligned pointer that is not null may be read for it.
    unsafe { NonNull::<F>::dangling().read() }
}
