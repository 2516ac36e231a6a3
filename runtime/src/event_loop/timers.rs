//! The callbacks that have a time to run at.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::mem;
use std::rc::Rc;

use super::clock::Moment;
use super::handle::{Callback, Runnable};
use super::spare::Spare;

/// Fewer timers than this are not worth a cleaning: CPython's `_MIN_SCHEDULED_TIMER_HANDLES`.
const FEW: usize = 100;

/// A heap in order of deadline, and of insertion among equal deadlines. (CPython leaves equal ones in the order of its
/// heap, which is neither.)
///
/// Cancelled timers stay where they are, as empty shells: they leave when they come to the top, and all at once when
/// they are more than half of more than [`FEW`]. So the heap is never much more than twice what it has to be, and a
/// cancellation costs no search.
#[derive(Default)]
pub(super) struct Timers {
    heap: RefCell<BinaryHeap<Timer>>,
    inserted: Cell<u64>,
    cancelled: Rc<Cancelled>,
}

/// How many timers of a heap are cancelled.
#[derive(Default)]
pub(super) struct Cancelled(Cell<usize>);

struct Timer {
    when: Moment,
    sequence: u64,
    callback: Rc<Callback>,
}

impl Timers {
    #[inline]
    pub(super) fn insert(&self, when: Moment, callback: Rc<Callback>, spare: &Spare) {
        let sequence = self.inserted.replace(self.inserted.get() + 1);
        callback.in_heap.set(true);
        let mut heap = self.heap.borrow_mut();
        self.clean_if_many(&mut heap, spare);
        heap.push(Timer { when, sequence, callback });
    }

    #[inline]
    pub(super) fn cancelled(&self) -> Rc<Cancelled> {
        Rc::clone(&self.cancelled)
    }

    /// When the first timer is due that is not cancelled.
    pub(super) fn next(&self, spare: &Spare) -> Option<Moment> {
        let mut heap = self.heap.borrow_mut();
        self.clean_if_many(&mut heap, spare);
        while heap.peek().is_some_and(Timer::is_cancelled) {
            self.cancelled.subtract(1);
            if let Some(timer) = heap.pop() {
                spare.keep(timer.callback);
            }
        }
        heap.peek().map(|timer| timer.when)
    }

    /// Takes the first timer out, if it is due. It may be a cancelled one.
    pub(super) fn pop_due(&self, now: Moment) -> Option<Rc<dyn Runnable>> {
        let mut heap = self.heap.borrow_mut();
        heap.peek().filter(|timer| timer.when <= now)?;
        let timer = heap.pop()?;
        if timer.is_cancelled() {
            self.cancelled.subtract(1);
        }
        timer.callback.in_heap.set(false);
        Some(timer.callback)
    }

    /// Called before the heap grows as well as once in a pass, as in CPython: a callback may make and cancel any number.
    #[inline]
    fn clean_if_many(&self, heap: &mut BinaryHeap<Timer>, spare: &Spare) {
        if heap.len() > FEW && self.cancelled.0.get() > heap.len() / 2 {
            self.clean(heap, spare);
        }
    }

    #[cold]
    fn clean(&self, heap: &mut BinaryHeap<Timer>, spare: &Spare) {
        // No foreign code is dropped in here: a cancelled callback has lost its function.
        let mut timers = mem::take(heap).into_vec();
        let mut at = 0;
        while let Some(timer) = timers.get(at) {
            if timer.is_cancelled() {
                spare.keep(timers.swap_remove(at).callback);
            } else {
                at += 1;
            }
        }
        *heap = BinaryHeap::from(timers);
        self.cancelled.0.set(0);
    }

    /// Takes all of them out, for the caller to discard where nothing is borrowed.
    pub(super) fn take(&self) -> impl Iterator<Item = Rc<dyn Runnable>> + use<> {
        let heap = self.heap.take();
        heap.iter().for_each(|timer| timer.callback.in_heap.set(false));
        self.cancelled.0.set(0);
        heap.into_iter().map(|timer| timer.callback as Rc<dyn Runnable>)
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.heap.borrow().is_empty()
    }

    /// How many there are, cancelled ones that were not forgotten yet among them.
    pub(super) fn len(&self) -> usize {
        self.heap.borrow().len()
    }
}

impl Cancelled {
    #[inline]
    pub(super) fn add_one(&self) {
        self.0.set(self.0.get() + 1);
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.0.get()
    }

    fn subtract(&self, n: usize) {
        self.0.set(self.0.get() - n);
    }
}

impl Timer {
    fn is_cancelled(&self) -> bool {
        self.callback.is_cancelled()
    }
}

// The greatest timer is the one that is due first, because the standard heap has the greatest on top.
impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.when, other.sequence).cmp(&(self.when, self.sequence))
    }
}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Timer {}
