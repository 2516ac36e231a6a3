//! What is to be run: a queue that is emptied batch by batch, one in a pass.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;

use super::handle::Runnable;

/// An entry of the ready queue.
pub(super) type Entry = Rc<dyn Runnable>;

/// For how many entries there is always room, once there was.
const ROOM_KEPT: usize = 1024;

/// What is scheduled while a batch runs is for the next one, so that a pass changes two queues for each other and then looks
/// at one that nobody else has.
#[derive(Default)]
pub(super) struct Ready(RefCell<VecDeque<Entry>>);

/// The entries that run in this pass. Each leaves it before it runs: the others are there for the next pass if it panics,
/// before those that were scheduled meanwhile.
pub(super) struct Batch<'a> {
    entries: VecDeque<Entry>,
    ready: &'a Ready,
}

impl Ready {
    #[inline]
    pub(super) fn push(&self, entry: Entry) {
        self.0.borrow_mut().push_back(entry);
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// How many wait for the next batch.
    pub(super) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// All of them, for the caller to discard where nothing is borrowed.
    pub(super) fn take(&self) -> VecDeque<Entry> {
        self.0.take()
    }

    /// An empty batch.
    pub(super) fn batch(&self) -> Batch<'_> {
        Batch { entries: VecDeque::new(), ready: self }
    }
}

impl Batch<'_> {
    /// Takes those that are ready now. The one before is over.
    #[inline]
    pub(super) fn fill(&mut self) {
        let mut ready = self.ready.0.borrow_mut();
        mem::swap(&mut *ready, &mut self.entries);
        // A queue that had to be long once is not kept.
        if ready.capacity() > ROOM_KEPT && ready.capacity() / 4 > self.entries.len() {
            *ready = VecDeque::new();
        }
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<Entry> {
        self.entries.pop_front()
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if !self.entries.is_empty() {
            let mut ready = self.ready.0.borrow_mut();
            self.entries.append(&mut ready);
            mem::swap(&mut *ready, &mut self.entries);
        }
    }
}
