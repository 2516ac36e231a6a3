//! What a driver and the levels that it runs have between them: the levels, what is raised, what is yielded.
//!
//! A body is given a [`Turn`] by shared reference, and may be of a level that has captured what lives longer than what the
//! driver knows of all of them. So a turn is contravariant in that lifetime: it can only be given levels. The levels
//! themselves, which are covariant in it, are the [`Levels`] of the driver. That one is the other is the unsafe part here.
//!
//! The invariant: a level in [`Core::levels`] outlives the lifetime of the [`Levels`] that the core is in. A level comes
//! there through these, or through a turn with a lifetime that is longer or the same. No reference to the vector is there
//! when code runs that is not in this file: it is reached through a `Turn` only by methods that keep none, and a turn is
//! given by `&mut Levels`.

#![allow(unsafe_code)]

use alloc::vec::Vec;
use core::cell::{Cell, UnsafeCell};
use core::marker::PhantomData;
use core::{fmt, mem};

use super::machine::Raised;
use super::recursion::Level;
use super::shared::Shared;
use crate::Exception;

/// How many calls at most run inside the resume of their callers.
const ROOM: u32 = 16;

struct Core<Y, S> {
    levels: UnsafeCell<Vec<Shared<dyn Level<Y, S>>>>,
    /// What the level that is resumed next finds raised.
    raised: Cell<Option<Exception>>,
    /// What a level has yielded that has paused, unless it has called.
    yielded: Cell<Option<Y>>,
    /// How many more calls may run inside the resume of their callers.
    room: Cell<u32>,
}

/// The levels of a call, as their driver has them.
pub(super) struct Levels<'a, Y, S> {
    core: Core<Y, S>,
    captured: PhantomData<&'a ()>,
}

/// What a body that may call itself is resumed with.
#[repr(transparent)]
pub struct Turn<'a, Y, S> {
    core: Core<Y, S>,
    captured: PhantomData<fn(&'a ())>,
}

impl<'a, Y, S> Levels<'a, Y, S> {
    /// Each called by the one before.
    pub(super) fn new(levels: Vec<Shared<dyn Level<Y, S> + 'a>>) -> Self {
        // SAFETY: a lifetime is all that changes; it is that of `Self`.
        let levels =
            unsafe { mem::transmute::<Vec<Shared<dyn Level<Y, S> + 'a>>, Vec<Shared<dyn Level<Y, S>>>>(levels) };
        let core = Core {
            levels: UnsafeCell::new(levels),
            raised: Cell::new(None),
            yielded: Cell::new(None),
            room: Cell::new(ROOM),
        };
        Levels { core, captured: PhantomData }
    }

    /// The outermost first.
    #[inline(always)]
    pub(super) fn get(&self) -> &Vec<Shared<dyn Level<Y, S> + 'a>> {
        // SAFETY: these levels outlive `'a`, and there is no turn.
        unsafe { &*self.core.levels.get().cast() }
    }

    /// The outermost first.
    #[inline(always)]
    pub(super) fn get_mut(&mut self) -> &mut Vec<Shared<dyn Level<Y, S> + 'a>> {
        // SAFETY: these levels outlive `'a`, and so do those that are put here.
        unsafe { &mut *self.core.levels.get().cast() }
    }

    /// For a level to be resumed with.
    #[inline(always)]
    pub(super) fn turn(&mut self) -> &Turn<'a, Y, S> {
        // SAFETY: a turn is nothing but a core, and only gets levels that outlive `'a`.
        unsafe { &*(&raw const self.core).cast() }
    }
}

impl<'a, Y, S> Turn<'a, Y, S> {
    /// What is raised, which is nothing then.
    #[inline(always)]
    pub fn pending(&self) -> Raised {
        Raised::new(self.raised())
    }

    /// What is raised, which is nothing then.
    #[inline(always)]
    pub(super) fn raised(&self) -> Option<Exception> {
        self.core.raised.take()
    }

    /// Raises in the level that is resumed next.
    #[inline(always)]
    pub(super) fn raise(&self, exception: Exception) {
        self.core.raised.set(Some(exception));
    }

    /// Yields.
    #[inline(always)]
    pub fn yielded(&self, value: Y) {
        self.core.yielded.set(Some(value));
    }

    /// What was yielded, unless there was a call.
    #[inline(always)]
    pub(super) fn take_yielded(&self) -> Option<Y> {
        self.core.yielded.take()
    }

    /// Puts a level on the others. It is the innermost then.
    #[inline(always)]
    pub(super) fn enter(&self, level: Shared<dyn Level<Y, S> + 'a>) {
        // SAFETY: the level outlives `'a`, which is no shorter than the lifetime of the `Levels`; and nothing else has a
        // reference to the vector.
        unsafe {
            let level = mem::transmute::<Shared<dyn Level<Y, S> + 'a>, Shared<dyn Level<Y, S>>>(level);
            (*self.core.levels.get()).push(level);
        }
    }

    /// Takes the innermost level from the others.
    #[inline(always)]
    pub(super) fn leave(&self) {
        // SAFETY: nothing else has a reference to the vector. What is dropped is dropped when this one is gone.
        let level = unsafe { (*self.core.levels.get()).pop() };
        drop(level);
    }

    /// Runs a call inside the resume of its caller, if there is room.
    #[inline(always)]
    pub(super) fn inside<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        let room = self.core.room.get().checked_sub(1)?;
        self.core.room.set(room);
        let outcome = run();
        self.core.room.set(room + 1);
        Some(outcome)
    }
}

impl<Y, S> fmt::Debug for Turn<'_, Y, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}
