//! A queue that is a stack.

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;

use super::Queue;
use super::queue::Store;

/// A [`Queue`] out of which comes first what was put in last: asyncio's `LifoQueue`.
///
/// ```
/// use coframe::sync::LifoQueue;
///
/// let stack = LifoQueue::new(0);
/// stack.put_nowait(1)?;
/// stack.put_nowait(2)?;
/// assert_eq!(stack.get_nowait()?, 2);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// It derefs to its [`Queue`]. What takes a `Queue` takes `Queue::clone(&stack)`, one more handle on the same one; a clone of
/// the `LifoQueue` is that too, of its own type.
///
/// ```
/// use coframe::sync::{LifoQueue, Queue};
///
/// fn fill(queue: Queue<u32>) -> Result<(), coframe::Exception> {
///     Ok(queue.put_nowait(1)?)
/// }
///
/// let stack = LifoQueue::new(0);
/// fill(Queue::clone(&stack))?;
/// assert_eq!(stack.get_nowait()?, 1);
/// # Ok::<(), coframe::Exception>(())
/// ```
pub struct LifoQueue<T>(Queue<T>);

impl<T: 'static> LifoQueue<T> {
    /// An empty queue for as many as `maxsize` items; for any number if that is 0. No loop need run.
    #[must_use]
    pub fn new(maxsize: usize) -> Self {
        LifoQueue(Queue::with_store(maxsize, Stack(RefCell::new(Vec::new()))))
    }
}

struct Stack<T>(RefCell<Vec<T>>);

impl<T> Store<T> for Stack<T> {
    fn push(&self, item: T) {
        self.0.borrow_mut().push(item);
    }

    fn pop(&self) -> Option<T> {
        self.0.borrow_mut().pop()
    }

    fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

/// It is a queue.
impl<T> Deref for LifoQueue<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.0
    }
}

impl<T> Clone for LifoQueue<T> {
    fn clone(&self) -> Self {
        LifoQueue(self.0.clone())
    }
}

/// One without a limit, as in Python.
impl<T: 'static> Default for LifoQueue<T> {
    fn default() -> Self {
        LifoQueue::new(0)
    }
}

/// As of [`Queue`].
impl<T: 'static> fmt::Debug for LifoQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<LifoQueue {}>", self.0.describe())
    }
}
