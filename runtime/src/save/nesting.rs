//! How deep recursive coroutines can be in one another: as locals, and where they are resumed in place.
//!
//! The levels of one are a list, which takes none of the stack however long it is. One that is a part of another's frame
//! does, to write it and to read it, and an input can have as many as it has room for.

use core::cell::Cell;

/// As many as that, in one another.
const MOST: u32 = 32;

std::thread_local! {
    static NESTED: Cell<u32> = const { Cell::new(0) };
}

/// While it lives, one is being written or read.
pub(super) struct Nested(());

impl Nested {
    /// `None` if there are too many.
    pub(super) fn enter() -> Option<Self> {
        NESTED.with(|nested| {
            let within = nested.get();
            (within < MOST).then(|| {
                nested.set(within + 1);
                Nested(())
            })
        })
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        NESTED.with(|nested| nested.set(nested.get() - 1));
    }
}
