//! The tracked coroutines that run in a thread, innermost last.
//!
//! A `tracked` body enters itself here for the time of a resume. That is why it is asked for: the entry costs more than a
//! small resume does, and an identity takes room in the frame.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::machine::Locals;
use crate::Code;
use crate::frame::FrameId;

/// What tells the activations of `tracked` coroutines apart. A clone is another activation.
#[derive(Debug)]
pub struct Identity(FrameId);

impl Identity {
    /// One that no other has.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        Identity(FrameId(NonZeroUsize::new(NEXT.fetch_add(1, Ordering::Relaxed)).unwrap_or(NonZeroUsize::MAX)))
    }

    /// Its number.
    #[must_use]
    pub const fn id(&self) -> FrameId {
        self.0
    }

    /// Says that the activation runs, until the guard is dropped. It goes on from a position.
    fn enter(&self, code: &'static Code, position: u32) -> Entered {
        let entry = Running { code, position, id: self.0 };
        // Once the thread's own variables are gone there is nobody to ask.
        Entered(RUNNING.try_with(|running| running.borrow_mut().push(entry)).is_ok())
    }
}

/// Says that an activation of the code of these locals runs, until the guard is dropped. It goes on from a position.
#[must_use]
pub fn entered<L: Locals>(_: &L, identity: &Identity, position: u32) -> Entered {
    identity.enter(L::CODE, position)
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Identity::new()
    }
}

/// An activation that runs.
#[derive(Clone, Copy)]
pub(crate) struct Running {
    pub(crate) code: &'static Code,
    /// What it went on from.
    pub(crate) position: u32,
    pub(crate) id: FrameId,
}

thread_local! {
    static RUNNING: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

/// While it lives, an activation runs. They end in the reverse order of their beginning, as calls do.
#[derive(Debug)]
pub struct Entered(bool);

impl Drop for Entered {
    fn drop(&mut self) {
        if self.0 {
            _ = RUNNING.try_with(|running| running.borrow_mut().pop());
        }
    }
}

/// The innermost that runs.
pub(crate) fn current() -> Option<Running> {
    RUNNING.try_with(|running| running.borrow().last().copied()).ok().flatten()
}

/// The one that has resumed an activation which runs, if it is tracked itself.
pub(crate) fn back(id: FrameId) -> Option<Running> {
    let find = |running: &RefCell<Vec<Running>>| {
        let running = running.borrow();
        let index = running.iter().rposition(|entry| entry.id == id)?;
        running.get(index.checked_sub(1)?).copied()
    };
    RUNNING.try_with(find).ok().flatten()
}
