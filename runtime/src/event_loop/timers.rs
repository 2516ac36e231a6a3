//! What has a time to run at: callbacks, and the promises of sleeps.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::mem;
use std::rc::{Rc, Weak};

use super::clock::Moment;
use super::handle::{Callback, Runnable};
use super::spare::Spare;
use crate::promise::Timing;

/// Fewer timers than this are not worth a cleaning: CPython's `_MIN_SCHEDULED_TIMER_HANDLES`.
const FEW: usize = 100;

/// Of the timers of a heap so many have to be due that they are better sorted than taken out one by one: one in so many.
const MANY: usize = 8;

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

/// What the heap and the one who may cancel it know of a timer.
#[derive(Default)]
pub(crate) struct Standing {
    /// Set by [`Timers`] alone.
    in_heap: Cell<bool>,
    cancelled: Cell<bool>,
}

struct Timer {
    when: Moment,
    sequence: u64,
    timed: Timed,
}

/// What can stand in the heap.
pub(super) enum Timed {
    Callback(Rc<Callback>),
    /// Of one that is gone nobody waits any more. The heap does not keep it, nor the loop and the tasks that it knows.
    Nap(Weak<Timing>),
}

impl Standing {
    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }

    /// Where no heap can have it.
    #[inline]
    pub(super) fn cancel(&self) {
        self.cancelled.set(true);
    }

    /// For another timer.
    #[inline]
    pub(crate) fn renew(&self) {
        self.in_heap.set(false);
        self.cancelled.set(false);
    }
}

impl Timers {
    #[inline]
    pub(super) fn insert_callback(&self, when: Moment, callback: Rc<Callback>, spare: &Spare) {
        callback.standing.in_heap.set(true);
        self.insert(when, Timed::Callback(callback), spare);
    }

    #[inline]
    pub(super) fn insert_nap(&self, when: Moment, nap: &Rc<Timing>, spare: &Spare) {
        nap.standing().in_heap.set(true);
        self.insert(when, Timed::Nap(Rc::downgrade(nap)), spare);
    }

    #[inline]
    fn insert(&self, when: Moment, timed: Timed, spare: &Spare) {
        let sequence = self.inserted.replace(self.inserted.get() + 1);
        let mut heap = self.heap.borrow_mut();
        self.clean_if_many(&mut heap, spare);
        heap.push(Timer { when, sequence, timed });
    }

    #[inline]
    pub(super) fn cancelled(&self) -> Rc<Cancelled> {
        Rc::clone(&self.cancelled)
    }

    #[inline]
    pub(super) fn cancel(&self, standing: &Standing) {
        self.cancelled.cancel(standing);
    }

    /// When the first timer is due that is not cancelled.
    pub(super) fn next(&self, spare: &Spare) -> Option<Moment> {
        let mut heap = self.heap.borrow_mut();
        self.clean_if_many(&mut heap, spare);
        while heap.peek().is_some_and(Timer::is_cancelled) {
            self.cancelled.subtract(1);
            if let Some(timer) = heap.pop() {
                timer.timed.leave(spare);
            }
        }
        heap.peek().map(|timer| timer.when)
    }

    /// Takes those out that are due, cancelled ones among them, and gives the first one first.
    pub(super) fn take_due(&self, now: Moment, mut give: impl FnMut(Rc<dyn Runnable>)) {
        let mut give = |timer: Timer| self.taken_out(timer).into_iter().for_each(&mut give);
        for _ in 0..self.len() / MANY + FEW {
            match self.pop_due(now) {
                Some(timer) => give(timer),
                None => return,
            }
        }
        self.sort_out_due(now).into_iter().for_each(give);
    }

    fn pop_due(&self, now: Moment) -> Option<Timer> {
        let mut heap = self.heap.borrow_mut();
        heap.peek().filter(|timer| timer.when <= now)?;
        heap.pop()
    }

    /// All that are due, the first one first. It looks at all there are.
    #[cold]
    #[inline(never)]
    fn sort_out_due(&self, now: Moment) -> Vec<Timer> {
        let mut due = self.heap.take().into_vec();
        let others = due.extract_if(.., |timer| timer.when > now).collect();
        self.heap.replace(others);
        due.sort_unstable_by_key(Timer::place);
        due
    }

    #[inline]
    fn taken_out(&self, timer: Timer) -> Option<Rc<dyn Runnable>> {
        if timer.is_cancelled() {
            self.cancelled.subtract(1);
        }
        timer.timed.take_out()
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
                timers.swap_remove(at).timed.leave(spare);
            } else {
                at += 1;
            }
        }
        *heap = BinaryHeap::from(timers);
        self.cancelled.0.set(0);
    }

    /// Takes all of them out, for the caller to discard where nothing is borrowed.
    pub(super) fn take(&self) -> impl Iterator<Item = Rc<dyn Runnable>> + use<> {
        let timers = self.heap.take().into_iter();
        // All know it before the first is discarded, which is foreign code.
        let taken: Vec<_> = timers.filter_map(|timer| timer.timed.take_out()).collect();
        self.cancelled.0.set(0);
        taken.into_iter()
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
    /// Cancels a timer, which counts once and as long as the heap has it.
    #[inline]
    pub(super) fn cancel(&self, standing: &Standing) {
        if !standing.cancelled.replace(true) && standing.in_heap.get() {
            self.0.set(self.0.get() + 1);
        }
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
    /// In the order in which they run.
    #[inline]
    fn place(&self) -> i128 {
        self.when.place(self.sequence)
    }

    fn is_cancelled(&self) -> bool {
        self.timed.is_cancelled()
    }
}

impl Timed {
    fn is_cancelled(&self) -> bool {
        match self {
            Timed::Callback(callback) => callback.is_cancelled(),
            Timed::Nap(nap) => nap.upgrade().is_none_or(|nap| nap.standing().is_cancelled()),
        }
    }

    /// It leaves the heap, to be run or discarded; `None` if it is gone.
    #[inline]
    fn take_out(self) -> Option<Rc<dyn Runnable>> {
        match self {
            Timed::Callback(callback) => {
                callback.standing.in_heap.set(false);
                Some(callback)
            }
            Timed::Nap(nap) => {
                let nap = nap.upgrade()?;
                nap.standing().in_heap.set(false);
                Some(nap)
            }
        }
    }

    /// It leaves the heap because it was cancelled.
    fn leave(self, spare: &Spare) {
        if let Timed::Callback(callback) = self {
            spare.keep(callback);
        }
    }
}

// The greatest timer is the one that is due first, because the standard heap has the greatest on top.
impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        other.place().cmp(&self.place())
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
