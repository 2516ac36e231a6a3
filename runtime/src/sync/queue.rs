//! Work that is handed over, and the queue that all kinds of queues are.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use super::waiters::{Home, Line, Place, Waiters};
use super::{Event, PutError, QueueEmpty, QueueShutDown, SyncError};
use crate::{Awaitable, Exception, Generator, Machine, or_raise, raise, yield_from};

/// A queue between tasks: asyncio's `Queue`. What is put in first comes out first.
///
/// With a `maxsize`, those who put wait while it is full: producers go no faster than consumers. Those who get wait while
/// it is empty. Both are woken in the order in which they came. As in asyncio, who was woken has nothing reserved: one that
/// gets, or puts, before the woken one runs may be quicker, and then that one waits again.
///
/// ```
/// use coframe::sync::{Queue, QueueShutDown};
/// use coframe::{Exception, raise, spawn, try_yield_from, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn producer(queue: Queue<u32>) {
///     for n in 1..=10 {
///         yield_from!(queue.put(n)); // waits while there are two
///     }
///     queue.shutdown(false);
/// }
///
/// #[coframe::coroutine(task)]
/// fn consumer(queue: Queue<u32>) -> u32 {
///     let mut sum = 0;
///     loop {
///         match try_yield_from!(queue.get()) {
///             Ok(n) => sum += n,
///             Err(end) if end.is::<QueueShutDown>() => return sum,
///             Err(other) => raise!(other),
///         }
///     }
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> u32 {
///     let queue = Queue::new(2);
///     let _producer = spawn(producer(queue.clone()));
///     yield_from!(consumer(queue))
/// }
///
/// assert_eq!(coframe::run(program())?, 55);
/// # Ok::<(), Exception>(())
/// ```
///
/// A [`PriorityQueue`](super::PriorityQueue) and a [`LifoQueue`](super::LifoQueue) are queues as well, and dereference to
/// one.
pub struct Queue<T>(Rc<Inner<T>>);

struct Inner<T> {
    /// 0 if there is no limit.
    maxsize: usize,
    items: Box<dyn Store<T>>,
    home: Home,
    getters: Waiters,
    putters: Waiters,
    /// How many items were put in and not said to be done.
    unfinished: Cell<usize>,
    /// Set while there is none.
    finished: Event,
    is_shut_down: Cell<bool>,
}

/// In which order items come out. Nothing of it stays borrowed while code of the items runs.
pub(super) trait Store<T> {
    fn push(&self, item: T);

    fn pop(&self) -> Option<T>;

    fn len(&self) -> usize;
}

impl<T> Store<T> for RefCell<VecDeque<T>> {
    fn push(&self, item: T) {
        self.borrow_mut().push_back(item);
    }

    fn pop(&self) -> Option<T> {
        self.borrow_mut().pop_front()
    }

    fn len(&self) -> usize {
        self.borrow().len()
    }
}

impl<T: 'static> Queue<T> {
    /// An empty queue for as many as `maxsize` items; for any number if that is 0. No loop need run.
    #[must_use]
    pub fn new(maxsize: usize) -> Self {
        Queue::with_store(maxsize, RefCell::new(VecDeque::new()))
    }

    pub(super) fn with_store(maxsize: usize, items: impl Store<T> + 'static) -> Self {
        let finished = Event::new();
        finished.set();
        Queue(Rc::new(Inner {
            maxsize,
            items: Box::new(items),
            home: Home::default(),
            getters: Waiters::default(),
            putters: Waiters::default(),
            unfinished: Cell::new(0),
            finished,
            is_shut_down: Cell::new(false),
        }))
    }

    /// Waits until there is an item, and takes it out.
    ///
    /// A wait that is cancelled or dropped has taken none.
    ///
    /// # Errors
    ///
    /// [`QueueShutDown`] if it is shut down and empty; [`SyncError::OfAnotherLoop`] if it has to wait, in another loop than
    /// others did before.
    pub fn get(&self) -> Generator<impl Machine<Yield = Awaitable, Return = T> + use<T>> {
        get(self.clone())
    }

    /// Waits until there is room, and puts `item` in.
    ///
    /// The item of a wait that is cancelled or dropped is dropped. To keep it, look at [`full`](Queue::full) and use
    /// [`put_nowait`](Queue::put_nowait).
    ///
    /// # Errors
    ///
    /// [`QueueShutDown`]; [`SyncError::OfAnotherLoop`] as [`get`](Queue::get).
    pub fn put(&self, item: T) -> Generator<impl Machine<Yield = Awaitable, Return = ()> + use<T>> {
        put(self.clone(), item)
    }

    /// Takes an item out, if there is one.
    ///
    /// ```
    /// use coframe::sync::{Queue, QueueEmpty};
    ///
    /// let queue = Queue::new(0);
    /// queue.put_nowait("item")?;
    /// assert_eq!(queue.get_nowait()?, "item");
    /// assert!(queue.get_nowait().unwrap_err().is::<QueueEmpty>());
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`QueueEmpty`], or [`QueueShutDown`] if it is shut down as well.
    pub fn get_nowait(&self) -> Result<T, Exception> {
        match self.0.items.pop() {
            Some(item) => {
                self.0.putters.release_next();
                Ok(item)
            }
            None if self.is_shut_down() => Err(QueueShutDown.into()),
            None => Err(QueueEmpty.into()),
        }
    }

    /// Puts `item` in, if there is room.
    ///
    /// # Errors
    ///
    /// A [`PutError`], which has the item: [`Full`](PutError::Full) or [`ShutDown`](PutError::ShutDown).
    pub fn put_nowait(&self, item: T) -> Result<(), PutError<T>> {
        if self.is_shut_down() {
            return Err(PutError::ShutDown(item));
        }
        if self.full() {
            return Err(PutError::Full(item));
        }
        self.0.items.push(item);
        self.0.unfinished.set(self.0.unfinished.get() + 1);
        self.0.finished.clear();
        self.0.getters.release_next();
        Ok(())
    }

    /// How many items are in it.
    #[must_use]
    pub fn qsize(&self) -> usize {
        self.0.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn empty(&self) -> bool {
        self.qsize() == 0
    }

    /// Whether there is no room; never without a limit.
    #[must_use]
    pub fn full(&self) -> bool {
        self.0.maxsize > 0 && self.qsize() >= self.0.maxsize
    }

    /// How many items there is room for; 0 if there is no limit.
    #[must_use]
    pub fn maxsize(&self) -> usize {
        self.0.maxsize
    }

    /// Waits until every item that was put in was said to be done, with [`task_done`](Queue::task_done).
    ///
    /// ```
    /// use coframe::sync::Queue;
    /// use coframe::{Exception, or_raise, spawn, yield_from};
    ///
    /// #[coframe::coroutine(task)]
    /// fn worker(queue: Queue<u32>) {
    ///     loop {
    ///         let _job = yield_from!(queue.get());
    ///         or_raise!(queue.task_done());
    ///     }
    /// }
    ///
    /// #[coframe::coroutine(task)]
    /// fn program() {
    ///     let queue = Queue::new(0);
    ///     let worker = spawn(worker(queue.clone()));
    ///     for job in 0..3 {
    ///         yield_from!(queue.put(job));
    ///     }
    ///     yield_from!(queue.join());
    ///     assert!(queue.empty());
    ///     worker.cancel();
    /// }
    ///
    /// coframe::run(program())?;
    /// # Ok::<(), Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SyncError::OfAnotherLoop`] if it has to wait, in another loop than others did before.
    pub fn join(&self) -> Generator<impl Machine<Yield = Awaitable, Return = ()> + use<T>> {
        join(self.clone())
    }

    /// Says that an item that was taken out is done.
    ///
    /// # Errors
    ///
    /// [`SyncError::DoneTooOften`] if all were said to be.
    pub fn task_done(&self) -> Result<(), SyncError> {
        match self.0.unfinished.get() {
            0 => return Err(SyncError::DoneTooOften),
            unfinished => self.0.unfinished.set(unfinished - 1),
        }
        self.check_finished();
        Ok(())
    }

    /// Ends the queue, as in Python 3.13: nothing can be put in any more, those who wait to put fail, and those who get
    /// fail once it is empty. If `immediate`, it is emptied, and what was in it counts as done.
    pub fn shutdown(&self, immediate: bool) {
        self.0.is_shut_down.set(true);
        let mut left = Vec::new();
        if immediate {
            left.extend(std::iter::from_fn(|| self.0.items.pop()));
            self.0.unfinished.set(self.0.unfinished.get().saturating_sub(left.len()));
            self.check_finished();
        }
        // All have to look again.
        while self.0.getters.release_next() {}
        while self.0.putters.release_next() {}
    }

    /// Whether it was shut down.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        self.0.is_shut_down.get()
    }

    fn check_finished(&self) {
        if self.0.unfinished.get() == 0 {
            self.0.finished.set();
        }
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
fn put<T: 'static>(queue: Queue<T>, item: T) {
    while queue.full() {
        if queue.is_shut_down() {
            raise!(QueueShutDown);
        }
        let place = or_raise!(Place::join(Putters(queue.clone())));
        yield_from!(place.promise());
        place.leave_served();
    }
    or_raise!(queue.put_nowait(item));
}

#[coframe_macros::coroutine(task, crate = crate)]
fn get<T: 'static>(queue: Queue<T>) -> T {
    while queue.empty() {
        if queue.is_shut_down() {
            raise!(QueueShutDown);
        }
        let place = or_raise!(Place::join(Getters(queue.clone())));
        yield_from!(place.promise());
        place.leave_served();
    }
    or_raise!(queue.get_nowait())
}

#[coframe_macros::coroutine(task, crate = crate)]
fn join<T: 'static>(queue: Queue<T>) {
    if queue.0.unfinished.get() > 0 {
        yield_from!(queue.0.finished.wait());
    }
}

struct Getters<T>(Queue<T>);

impl<T: 'static> Line for Getters<T> {
    fn home(&self) -> &Home {
        &self.0.0.home
    }

    fn waiters(&self) -> &Waiters {
        &self.0.0.getters
    }

    fn left(&self, woken: bool) {
        if woken && !self.0.empty() {
            self.waiters().release_next();
        }
    }
}

struct Putters<T>(Queue<T>);

impl<T: 'static> Line for Putters<T> {
    fn home(&self) -> &Home {
        &self.0.0.home
    }

    fn waiters(&self) -> &Waiters {
        &self.0.0.putters
    }

    fn left(&self, woken: bool) {
        if woken && !self.0.full() {
            self.waiters().release_next();
        }
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue(Rc::clone(&self.0))
    }
}

/// One without a limit, as in Python.
impl<T: 'static> Default for Queue<T> {
    fn default() -> Self {
        Queue::new(0)
    }
}

/// Without the items, which need not be `Debug`: `<Queue maxsize=2 qsize=1 tasks=1>`.
impl<T: 'static> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Queue {}>", self.describe())
    }
}

impl<T: 'static> Queue<T> {
    pub(super) fn describe(&self) -> String {
        let Inner { maxsize, unfinished, .. } = &*self.0;
        let shut_down = if self.is_shut_down() { " shutdown" } else { "" };
        format!("maxsize={maxsize} qsize={} tasks={}{shut_down}", self.qsize(), unfinished.get())
    }
}
