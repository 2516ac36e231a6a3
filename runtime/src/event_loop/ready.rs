//! What is to be run: a list that is emptied batch by batch, one in a pass. The one place where the loop needs unsafe.
//!
//! Something is put there in each step of a task, and often nothing else is done there; asking whether the list is borrowed
//! would be a good part of that.

use std::cell::UnsafeCell;
use std::mem;
use std::rc::Rc;

use super::handle::Runnable;

/// An entry of the ready queue.
pub(super) type Entry = Rc<dyn Runnable>;

/// For how many entries there is always room, once there was.
const ROOM_KEPT: usize = 1024;

/// What is scheduled while a batch runs is for the next one, so that a pass changes two lists for each other and then looks
/// at one that nobody else has.
///
/// The invariant: nobody comes back to the list while somebody looks at it. It is upheld by this file, the only one that has
/// the list: what [looks](Ready::look) neither runs nor drops an entry, and neither allocates nor frees, so that it
/// calls no foreign code, not even an allocator. The cell keeps other threads away.
#[derive(Default)]
pub(super) struct Ready(UnsafeCell<Vec<Entry>>);

/// The entries that run in this pass. Each leaves it before it runs: the others are there for the next pass if it panics,
/// before those that were scheduled meanwhile.
pub(super) struct Batch<'a> {
    /// The last one is the next to run.
    entries: Vec<Entry>,
    ready: &'a Ready,
}

impl Ready {
    #[inline(always)]
    #[allow(unsafe_code)]
    fn look<R>(&self, look: impl FnOnce(&mut Vec<Entry>) -> R) -> R {
        // SAFETY: no other reference to the list lives, see the invariant of the type.
        look(unsafe { &mut *self.0.get() })
    }

    #[inline(always)]
    pub(super) fn push(&self, entry: Entry) {
        let refused = self.look(|list| {
            if list.len() == list.capacity() {
                return Some(entry);
            }
            list.push(entry);
            None
        });
        if let Some(entry) = refused {
            self.push_to_full(entry);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_to_full(&self, entry: Entry) {
        let mut list = self.take();
        list.push(entry);
        // Nothing, unless the allocator schedules something.
        let meanwhile = self.put(list);
        meanwhile.into_iter().for_each(|entry| self.push(entry));
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.look(|list| list.is_empty())
    }

    /// How many wait for the next batch.
    pub(super) fn len(&self) -> usize {
        self.look(|list| list.len())
    }

    /// All of them, for the caller to discard where nothing is looked at.
    pub(super) fn take(&self) -> Vec<Entry> {
        self.put(Vec::new())
    }

    /// What was there before comes out.
    #[inline]
    fn put(&self, entries: Vec<Entry>) -> Vec<Entry> {
        self.look(|list| mem::replace(list, entries))
    }

    /// An empty batch.
    pub(super) fn batch(&self) -> Batch<'_> {
        Batch { entries: Vec::new(), ready: self }
    }
}

impl Batch<'_> {
    /// Takes those that are ready now. The one before is over.
    #[inline]
    pub(super) fn fill(&mut self) {
        let mut empty = mem::take(&mut self.entries);
        // A list that had to be long once is not kept.
        if empty.capacity() > ROOM_KEPT && empty.capacity() / 4 > self.ready.len() {
            empty = Vec::new();
        }
        self.entries = self.ready.put(empty);
        self.entries.reverse();
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<Entry> {
        self.entries.pop()
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if !self.entries.is_empty() {
            let mut entries = mem::take(&mut self.entries);
            entries.reverse();
            entries.append(&mut self.ready.take());
            self.ready.put(entries).into_iter().for_each(|entry| self.ready.push(entry));
        }
    }
}
