//! Primitives for tasks that share something: asyncio's locks, events, conditions, semaphores, barriers and queues.
//!
//! | file | |
//! | --- | --- |
//! | `lock` | [`Lock`]: one at a time |
//! | `event` | [`Event`]: something has happened |
//! | `condition` | [`Condition`]: what a lock guards has changed |
//! | `semaphore`, `bounded_semaphore` | [`Semaphore`], [`BoundedSemaphore`]: so many at a time |
//! | `barrier` | [`Barrier`]: all go on together |
//! | `queue`, `priority_queue`, `lifo_queue` | [`Queue`], [`PriorityQueue`], [`LifoQueue`]: work that is handed over |
//! | `waiters` | those who wait, in line |
//! | `error` | what is refused |
//!
//! They do what CPython 3.13 does ([`locks.py`], [`queues.py`]), line by line: who waits is served in the order in which
//! it came, and one that was woken and then cancelled passes its turn on.
//!
//! Each is a handle: a clone is one more on the same thing. It is made anywhere, and belongs to the loop in which somebody
//! first waits for it; a wait in another loop is refused with [`SyncError::OfAnotherLoop`].
//!
//! ```
//! use coframe::sync::Lock;
//! use coframe::{sleep, spawn, yield_from};
//! use std::cell::Cell;
//! use std::rc::Rc;
//!
//! #[coframe::coroutine(task)]
//! fn add_one(lock: Lock, sum: Rc<Cell<u32>>) {
//!     let _guard = yield_from!(lock.acquire()); // until the end of the scope
//!     let before = sum.get();
//!     yield_from!(sleep(0.001));
//!     sum.set(before + 1);
//! }
//!
//! #[coframe::coroutine(task)]
//! fn program() -> u32 {
//!     let (lock, sum) = (Lock::new(), Rc::new(Cell::new(0)));
//!     let (one, other) = (spawn(add_one(lock.clone(), sum.clone())), spawn(add_one(lock, sum.clone())));
//!     yield_from!(one);
//!     yield_from!(other);
//!     sum.get()
//! }
//!
//! assert_eq!(coframe::run(program())?, 2);
//! # Ok::<(), coframe::Exception>(())
//! ```
//!
//! # Who is dropped instead of cancelled
//!
//! A wait may also end by being dropped: in a `select!`, under another executor, with a plain future that is cancelled. It
//! counts as cancelled then, on the spot: it leaves its place in line, and passes on what it was woken for. The one thing
//! that a dropped wait cannot do is wait again, as [`Condition::wait`] does for its lock when it is cancelled; see there.
//!
//! Under another executor, where no loop runs, who waits is woken through its waker. A primitive is then bound to no loop.
//!
//! [`locks.py`]: https://github.com/python/cpython/blob/3.13/Lib/asyncio/locks.py
//! [`queues.py`]: https://github.com/python/cpython/blob/3.13/Lib/asyncio/queues.py

mod barrier;
mod bounded_semaphore;
mod condition;
mod error;
mod event;
mod lifo_queue;
mod lock;
mod priority_queue;
mod queue;
mod semaphore;
mod waiters;

pub use self::barrier::Barrier;
pub use self::bounded_semaphore::BoundedSemaphore;
pub use self::condition::Condition;
pub use self::error::{BrokenBarrier, PutError, QueueEmpty, QueueFull, QueueShutDown, SyncError};
pub use self::event::Event;
pub use self::lifo_queue::LifoQueue;
pub use self::lock::{Lock, LockGuard};
pub use self::priority_queue::PriorityQueue;
pub use self::queue::Queue;
pub use self::semaphore::{Semaphore, SemaphorePermit};
