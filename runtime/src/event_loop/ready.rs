//! What is to be run: a list that is emptied batch by batch, one in a pass.
//!
//! Something is put there in each step of a task, and often nothing else is done there; asking whether the list is borrowed
//! would be a good part of that.

use std::cell::UnsafeCell;
use std::mem;
use std::rc::Rc;

use super::ahead::fetch;
use super::handle::Runnable;

/// An entry of the ready queue.
pub(super) type Entry = Rc<dyn Runnable>;

/// For how many entries there is always room, once there was.
const ROOM_KEPT: usize = 1024;

/// So many entries before it runs, an entry is fetched.
const AHEAD: usize = 4;

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
    /// Those that run when there are none left, if there are many: the last one first. It gives its room back as it gets short.
    rest: Vec<Entry>,
    /// Whether there are so many that the processor does not have them at hand.
    is_long: bool,
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
        // Two looks, so that the entry is not moved from place to place.
        if self.look(|list| list.len() == list.capacity()) {
            self.push_to_full(entry);
        } else {
            self.look(|list| list.push(entry));
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
        Batch { entries: Vec::new(), rest: Vec::new(), is_long: false, ready: self }
    }
}

impl Batch<'_> {
    /// Takes those that are ready now. The batch before is over.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        self.ready.look(|list| mem::swap(list, &mut self.entries));
        self.entries.reverse();
        self.is_long = self.entries.capacity() > ROOM_KEPT;
        if self.is_long {
            self.rest = mem::take(&mut self.entries);
        }
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<Entry> {
        match self.entries.pop() {
            Some(entry) => {
                if self.is_long
                    && let Some(ahead) = self.entries.get(self.entries.len().wrapping_sub(AHEAD))
                {
                    fetch(ahead);
                }
                Some(entry)
            }
            None if self.rest.is_empty() => None,
            None => self.next_of_rest(),
        }
    }

    #[cold]
    #[inline(never)]
    fn next_of_rest(&mut self) -> Option<Entry> {
        let first = self.rest.len().saturating_sub(ROOM_KEPT);
        self.entries = self.rest.split_off(first);
        if self.rest.len() < self.rest.capacity() / 4 {
            self.rest.shrink_to(2 * self.rest.len());
        }
        self.entries.pop()
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut entries = mem::take(&mut self.rest);
        entries.append(&mut self.entries);
        if !entries.is_empty() {
            entries.reverse();
            entries.append(&mut self.ready.take());
            self.ready.put(entries).into_iter().for_each(|entry| self.ready.push(entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, Location, catch_unwind};
    use std::rc::Rc;

    use super::{ROOM_KEPT, Ready};
    use crate::event_loop::{EventLoop, Runnable};
    use crate::task::Lane;

    /// What is put in and never run.
    struct Inert;

    impl Runnable for Inert {
        fn run(self: Rc<Self>, _: &mut Lane<'_>) {}

        fn discard(&self) {}

        fn scheduled_at(&self) -> &'static Location<'static> {
            Location::caller()
        }
    }

    /// Without a loop, so that miri can run it.
    #[test]
    fn a_list_is_put_into_while_batches_leave_it_and_come_back() {
        let ready = Ready::default();
        let handles: Vec<Rc<Inert>> = (0..2 * ROOM_KEPT + 10).map(|_| Rc::new(Inert)).collect();
        let is = |entry: &Rc<dyn Runnable>, at: usize| std::ptr::addr_eq(Rc::as_ptr(entry), Rc::as_ptr(&handles[at]));
        handles.iter().for_each(|entry| ready.push(entry.clone()));
        let mut batch = ready.batch();
        batch.fill();
        assert!(ready.is_empty());
        for (at, again) in handles.iter().take(ROOM_KEPT + 3).enumerate() {
            assert!(is(&batch.next().unwrap(), at));
            ready.push(again.clone());
        }
        drop(batch);
        assert_eq!(ready.len(), handles.len());
        let left = ready.take();
        let after = (ROOM_KEPT + 3..handles.len()).chain(0..ROOM_KEPT + 3);
        assert!(left.iter().zip(after).all(|(entry, at)| is(entry, at)));
        drop(left);
        assert!(handles.iter().all(|entry| Rc::strong_count(entry) == 1));
    }

    /// Batches that are longer than what is kept, from which a panic is thrown at several places.
    #[test]
    fn entries_run_in_their_order_and_those_after_a_panic_in_the_next_pass() {
        for many in [1, ROOM_KEPT, ROOM_KEPT + 1, 5 * ROOM_KEPT + 7] {
            for panics_at in [0, ROOM_KEPT - 1, ROOM_KEPT, 3 * ROOM_KEPT, 5 * ROOM_KEPT + 6] {
                let event_loop = EventLoop::with_virtual_clock().unwrap();
                let ran = Rc::new(RefCell::new(Vec::new()));
                for number in 0..many {
                    let (ran, inner) = (ran.clone(), event_loop.clone());
                    let callback = move || {
                        ran.borrow_mut().push(number);
                        inner.call_soon(move || ran.borrow_mut().push(many + number)).unwrap();
                        assert!(number != panics_at, "on purpose");
                    };
                    event_loop.call_soon(callback).unwrap();
                }
                let panicked = catch_unwind(AssertUnwindSafe(|| event_loop.run_once())).is_err();
                assert_eq!(panicked, panics_at < many);
                assert_eq!(ran.borrow().len(), if panicked { panics_at + 1 } else { many });
                while ran.borrow().len() < 2 * many {
                    event_loop.run_once().unwrap();
                }
                // What was left ran before what was scheduled meanwhile.
                assert!(ran.borrow().iter().copied().eq(0..2 * many));
            }
        }
    }
}
