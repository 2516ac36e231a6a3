//! What stays in the loop's thread while another thread has a handle on it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Promises and tasks that other threads name by a number, because they cannot have them. The loop owns them until
/// they are removed, or it is closed.
#[derive(Default)]
pub(crate) struct Deposits {
    kept: RefCell<BTreeMap<u64, Deposit>>,
    /// Numbers are not used again: one that was removed is not found by a letter that comes late.
    made: Cell<u64>,
    /// How many hold the clock.
    holding: Cell<usize>,
}

struct Deposit {
    what: Rc<dyn Any>,
    holds_clock: bool,
}

impl Deposits {
    /// A virtual clock does not jump while there is one that holds it.
    pub(crate) fn insert(&self, what: Rc<dyn Any>, holds_clock: bool) -> u64 {
        let id = self.made.get() + 1;
        self.made.set(id);
        self.holding.set(self.holding.get() + usize::from(holds_clock));
        self.kept.borrow_mut().insert(id, Deposit { what, holds_clock });
        id
    }

    pub(crate) fn get<W: 'static>(&self, id: u64) -> Option<Rc<W>> {
        self.kept.borrow().get(&id).and_then(|deposit| Rc::clone(&deposit.what).downcast().ok())
    }

    /// For the caller to drop, where nothing is borrowed.
    pub(crate) fn remove<W: 'static>(&self, id: u64) -> Option<Rc<W>> {
        let deposit = self.kept.borrow_mut().remove(&id)?;
        self.holding.set(self.holding.get() - usize::from(deposit.holds_clock));
        deposit.what.downcast().ok()
    }

    /// All of them, for the caller to drop.
    pub(super) fn take(&self) -> impl Iterator<Item = Rc<dyn Any>> + use<> {
        self.holding.set(0);
        self.kept.take().into_values().map(|deposit| deposit.what)
    }

    pub(super) fn hold_clock(&self) -> bool {
        self.holding.get() > 0
    }
}
