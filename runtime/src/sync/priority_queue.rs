//! A queue in which some are more urgent.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fmt;
use std::mem;
use std::ops::Deref;

use super::Queue;
use super::queue::Store;

/// A [`Queue`] out of which comes first what is smallest: asyncio's `PriorityQueue`.
///
/// Among equals, what was put in first comes out first, which Python's does not promise. Items are often tuples
/// `(priority, item)`.
///
/// ```
/// use coframe::sync::PriorityQueue;
///
/// let queue = PriorityQueue::new(0);
/// queue.put_nowait((2, "washing up"))?;
/// queue.put_nowait((1, "fire"))?;
/// assert_eq!(queue.get_nowait()?, (1, "fire"));
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// It derefs to its [`Queue`]. What takes a `Queue` takes `Queue::clone(&queue)`, one more handle on the same one; a clone of
/// the `PriorityQueue` is that too, of its own type.
///
/// ```
/// use coframe::sync::{PriorityQueue, Queue};
///
/// fn fill(queue: Queue<u32>) -> Result<(), coframe::Exception> {
///     Ok(queue.put_nowait(1)?)
/// }
///
/// let queue = PriorityQueue::new(0);
/// fill(Queue::clone(&queue))?;
/// assert_eq!(queue.get_nowait()?, 1);
/// # Ok::<(), coframe::Exception>(())
/// ```
pub struct PriorityQueue<T>(Queue<T>);

impl<T: Ord + 'static> PriorityQueue<T> {
    /// An empty queue for as many as `maxsize` items; for any number if that is 0. No loop need run.
    #[must_use]
    pub fn new(maxsize: usize) -> Self {
        PriorityQueue(Queue::with_store(maxsize, Heap { entries: RefCell::default(), count: Cell::new(0) }))
    }
}

/// Smallest first.
struct Heap<T: Ord> {
    entries: RefCell<BinaryHeap<Entry<T>>>,
    /// How many were ever pushed.
    count: Cell<u64>,
}

impl<T: Ord> Store<T> for Heap<T> {
    fn push(&self, item: T) {
        let number = self.count.get();
        self.count.set(number + 1);
        Out::of(&self.entries).entries.push(Entry { item, number });
    }

    fn pop(&self) -> Option<T> {
        Out::of(&self.entries).entries.pop().map(|entry| entry.item)
    }

    fn len(&self) -> usize {
        self.entries.borrow().len()
    }
}

/// The entries outside of their cell, because comparing them is foreign code. One that uses the queue finds an empty one;
/// what it puts in joins the others afterwards.
struct Out<'a, T: Ord> {
    cell: &'a RefCell<BinaryHeap<Entry<T>>>,
    entries: BinaryHeap<Entry<T>>,
}

impl<'a, T: Ord> Out<'a, T> {
    fn of(cell: &'a RefCell<BinaryHeap<Entry<T>>>) -> Self {
        Out { cell, entries: cell.take() }
    }
}

/// Also after a comparison that panicked.
impl<T: Ord> Drop for Out<'_, T> {
    fn drop(&mut self) {
        loop {
            let mut strays = self.cell.replace(mem::take(&mut self.entries));
            if strays.is_empty() {
                return;
            }
            self.entries = self.cell.take();
            self.entries.append(&mut strays);
        }
    }
}

struct Entry<T> {
    item: T,
    number: u64,
}

/// The other way round: a `BinaryHeap` has the greatest first.
impl<T: Ord> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.item.cmp(&self.item).then_with(|| other.number.cmp(&self.number))
    }
}

impl<T: Ord> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Ord> Eq for Entry<T> {}

/// It is a queue.
impl<T> Deref for PriorityQueue<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.0
    }
}

impl<T> Clone for PriorityQueue<T> {
    fn clone(&self) -> Self {
        PriorityQueue(self.0.clone())
    }
}

/// One without a limit, as in Python.
impl<T: Ord + 'static> Default for PriorityQueue<T> {
    fn default() -> Self {
        PriorityQueue::new(0)
    }
}

/// As of [`Queue`].
impl<T: 'static> fmt::Debug for PriorityQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<PriorityQueue {}>", self.0.describe())
    }
}
