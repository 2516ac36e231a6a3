//! All tasks of a loop that are not over. They are owned here, so that none of them vanishes while it waits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use slab::Slab;

use super::AnyTask;
use super::core::NO_KEY;
use super::waker::OwnWaker;
use crate::event_loop::EventLoop;

/// There is room for so many as soon as there is one.
const FEWEST: usize = 16;

/// More are not kept for tasks to come.
const MOST_SPARE_WAKERS: usize = 256;

#[derive(Default)]
pub(crate) struct Tasks {
    tasks: RefCell<Slab<Rc<dyn AnyTask>>>,
    /// The one that tasks are polled with.
    waker: Cell<Option<Rc<OwnWaker>>>,
    /// Of tasks that are gone, to be used again.
    wakers: RefCell<Vec<Rc<OwnWaker>>>,
    /// The id of the last one that was made.
    made: Cell<u64>,
}

impl Tasks {
    pub(super) fn next_id(&self) -> u64 {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    pub(super) fn insert(&self, task: Rc<dyn AnyTask>) -> u32 {
        let mut tasks = self.tasks.borrow_mut();
        if tasks.len() == tasks.capacity() {
            // Not twice as much: a loop with a million tasks would have room for another one.
            let more = tasks.len() / 4;
            tasks.reserve_exact(more.max(FEWEST));
        }
        // There is no room for so many.
        u32::try_from(tasks.insert(task)).unwrap_or(NO_KEY)
    }

    /// A waker of which nobody has a clone, for a step.
    #[inline]
    pub(super) fn lend_waker(&self, event_loop: &EventLoop) -> Rc<OwnWaker> {
        self.waker.take().unwrap_or_else(|| self.another_waker(event_loop))
    }

    #[cold]
    fn another_waker(&self, event_loop: &EventLoop) -> Rc<OwnWaker> {
        self.wakers.borrow_mut().pop().unwrap_or_else(|| Rc::new(OwnWaker::new(event_loop.inbox())))
    }

    /// It comes back from a step, in which nobody has made a clone.
    #[inline]
    pub(super) fn give_back(&self, waker: Rc<OwnWaker>) {
        if let Some(before) = self.waker.replace(Some(waker)) {
            self.keep_waker(before);
        }
    }

    /// To be used again, unless somebody has a clone, or there are many.
    #[cold]
    pub(super) fn keep_waker(&self, waker: Rc<OwnWaker>) {
        let mut wakers = self.wakers.borrow_mut();
        if wakers.len() < MOST_SPARE_WAKERS && waker.is_alone() {
            wakers.push(waker);
        }
    }

    /// For the caller to drop, where nothing is borrowed.
    pub(super) fn remove(&self, key: u32) -> Option<Rc<dyn AnyTask>> {
        self.tasks.borrow_mut().try_remove(key as usize)
    }

    pub(crate) fn get(&self, key: u32, id: u64) -> Option<Rc<dyn AnyTask>> {
        self.tasks.borrow().get(key as usize).filter(|task| task.core().id == id).cloned()
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
