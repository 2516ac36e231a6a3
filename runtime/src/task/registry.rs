//! All tasks of a loop that are not over. They are owned here, so that none of them vanishes while it waits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use slab::Slab;

use super::AnyTask;
use super::waker::OwnWaker;

/// More are not kept for tasks to come.
const MOST_SPARE_WAKERS: usize = 256;

#[derive(Default)]
pub(crate) struct Tasks {
    tasks: RefCell<Slab<Rc<dyn AnyTask>>>,
    /// Of tasks that are gone, to be used again.
    wakers: RefCell<Vec<OwnWaker>>,
    /// The id of the last one that was made.
    made: Cell<u64>,
}

impl Tasks {
    pub(super) fn next_id(&self) -> u64 {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    pub(super) fn insert(&self, task: Rc<dyn AnyTask>) -> usize {
        self.tasks.borrow_mut().insert(task)
    }

    pub(super) fn spare_waker(&self) -> Option<OwnWaker> {
        self.wakers.borrow_mut().pop()
    }

    /// To be used again, unless somebody has a clone, or there are many.
    pub(super) fn keep_waker(&self, waker: OwnWaker) {
        let mut wakers = self.wakers.borrow_mut();
        if wakers.len() < MOST_SPARE_WAKERS && waker.is_alone() {
            wakers.push(waker);
        }
    }

    /// For the caller to drop, where nothing is borrowed.
    pub(super) fn remove(&self, key: usize) -> Option<Rc<dyn AnyTask>> {
        self.tasks.borrow_mut().try_remove(key)
    }

    pub(crate) fn get(&self, key: usize, id: u64) -> Option<Rc<dyn AnyTask>> {
        self.tasks.borrow().get(key).filter(|task| task.core().id == id).cloned()
    }

    /// In the order in which they were made.
    pub(super) fn all(&self) -> Vec<Rc<dyn AnyTask>> {
        let mut all: Vec<_> = self.tasks.borrow().iter().map(|(_, task)| Rc::clone(task)).collect();
        all.sort_by_key(|task| task.core().id);
        all
    }

    /// Forgets all of them, as the loop is closed.
    pub(crate) fn take(&self) -> Vec<Rc<dyn AnyTask>> {
        let all = self.all();
        // They are dropped by the caller: `all` has them too.
        self.tasks.borrow_mut().clear();
        all
    }

    pub(crate) fn len(&self) -> usize {
        self.tasks.borrow().len()
    }
}
