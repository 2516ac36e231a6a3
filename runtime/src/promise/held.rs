//! A shared handle that gives its allocation back with the last of its kind: the one place where promises need unsafe.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::rc::Rc;

/// What can be used again when nobody has a handle on it any more.
pub(crate) trait Reusable {
    /// Called with the last handle, in place of dropping it.
    fn give_back(self: Rc<Self>);
}

/// Drops a handle, which may be the last one.
#[inline]
pub(crate) fn let_go<P: Reusable + ?Sized>(handle: Rc<P>) {
    if Rc::strong_count(&handle) == 1 {
        handle.give_back();
    }
}

/// An `Rc` that is [let go](let_go) when it is dropped.
///
/// The invariant: the handle is there until this is dropped. Nothing but its destructor takes it out.
pub(crate) struct Held<P: Reusable + ?Sized>(ManuallyDrop<Rc<P>>);

impl<P: Reusable + ?Sized> Held<P> {
    #[inline]
    pub(crate) fn new(handle: Rc<P>) -> Self {
        Held(ManuallyDrop::new(handle))
    }
}

impl<P: Reusable + ?Sized> Deref for Held<P> {
    type Target = Rc<P>;

    #[inline]
    fn deref(&self) -> &Rc<P> {
        &self.0
    }
}

impl<P: Reusable + ?Sized> Clone for Held<P> {
    #[inline]
    fn clone(&self) -> Self {
        Held::new(Rc::clone(&self.0))
    }
}

impl<P: Reusable + ?Sized> Drop for Held<P> {
    #[inline]
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        // SAFETY: by the invariant it is there; nobody has this any more.
        let_go(unsafe { ManuallyDrop::take(&mut self.0) });
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::{Held, Reusable};

    struct Counted(Rc<Cell<u32>>);

    impl Reusable for Counted {
        fn give_back(self: Rc<Self>) {
            assert_eq!(Rc::strong_count(&self), 1);
            self.0.set(self.0.get() + 1);
        }
    }

    /// Without a loop, so that miri can run it.
    #[test]
    fn the_last_handle_gives_it_back_and_no_other() {
        let given_back = Rc::new(Cell::new(0));
        let one: Held<dyn Reusable> = Held::new(Rc::new(Counted(given_back.clone())));
        let (other, bare) = (one.clone(), Rc::clone(&one));
        drop(one);
        drop(other);
        assert_eq!(given_back.get(), 0);
        let last: Held<dyn Reusable> = Held::new(bare);
        drop(last);
        assert_eq!((given_back.get(), Rc::strong_count(&given_back)), (1, 1));
    }
}
