//! Tasks: coroutines and futures that a loop runs.
//!
//! | file | |
//! | --- | --- |
//! | `mod` | the handles: [`Task`] and, where the type of the value is not known, [`TaskHandle`] |
//! | `builder` | how a task is made |
//! | `step` | how a task is run |
//! | `inner` | the task itself, and its end |
//! | `in_place` | the future that it runs, in its place |
//! | `cancel` | how a cancellation goes from a task to what it waits for |
//! | `core`, `flags` | what a task knows of itself |
//! | `future` | a coroutine as a future |
//! | `asynchronous` | an `async fn` that is a coroutine |
//! | `current` | the task that runs, and the waker of what is awaited |
//! | `ensure` | what combinators await: a promise as it is, anything else as a new task |
//! | `waker`, `registry` | how a loop finds a task |
//! | `output` | what futures may give |

mod asynchronous;
mod builder;
mod cancel;
mod core;
pub(crate) mod current;
mod ensure;
mod flags;
mod future;
mod in_place;
mod inner;
mod output;
mod place;
mod registry;
#[cfg(test)]
mod reuse_tests;
mod step;
#[cfg(test)]
mod tests;
mod waker;

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};

pub use self::asynchronous::{AsyncBody, AsyncFrame, Await, AwaitOperand, AwaitResult};
pub(crate) use self::core::{Core, Registration};
pub use self::current::current_task;
pub(crate) use self::ensure::{Ensured, Value};
pub(crate) use self::registry::Tasks;
pub(crate) use self::step::{Lane, into_ready, wake, wake_in};
pub(crate) use self::waker::{TaskWaker, is_same};
pub use self::{builder::TaskBuilder, builder::spawn, future::CoroutineFuture, output::TaskOutput};

use crate::coroutine::Resumed;
use crate::event_loop::{EventLoop, Runnable};
use crate::promise::{self, Awaited};
use crate::{Awaitable, Cancelled, Delegate, Exception, Promise};

/// A coroutine or a future that a loop runs, and the promise of what it gives: asyncio's `Task`.
///
/// [`spawn`] and [`EventLoop::create_task`] make one. It runs from the next pass on, whether or not somebody waits for it
/// or holds a handle on it: the loop owns it until it is over. A clone is one more handle on the same task. What a
/// [`Promise`] can do, a task can do, except that it gets its result from what it runs.
///
/// ```
/// use coframe::{sleep, spawn, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn double(n: u32) -> u32 {
///     yield_from!(sleep(0.01));
///     2 * n
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> u32 {
///     let (one, two) = (spawn(double(1)), spawn(double(20))); // side by side
///     yield_from!(one) + yield_from!(two)
/// }
///
/// assert_eq!(coframe::run(program())?, 42);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Cancellation
///
/// [`cancel`](Task::cancel) asks it to end, as in asyncio. What the task waits for is cancelled, if it is a promise or
/// a task itself, and the cancellation is raised where the task waits: in a coroutine at its `yield_from!`, where it
/// can be caught, cleaned up after with further waits, and refused. A plain Rust future has no place to raise it at and is
/// dropped; but while it waits in a coroutine, such as [`wait_for`](crate::wait_for), it is raised there, and the future
/// sees what comes out.
pub struct Task<T> {
    // Dropped first, so that the promise is the last handle that it has.
    handle: TaskHandle,
    promise: Promise<T>,
}

/// A task of which the type of the value is not known: what [`current_task`] and [`EventLoop::all_tasks`] give.
///
/// As a future it gives `()` when the task is over, however it ended. It fails where it cannot be waited for, such as in the
/// task itself, and with [`Exception::Cancelled`] if the one who waits was cancelled and the task with it.
#[derive(Clone)]
pub struct TaskHandle(pub(crate) Rc<dyn AnyTask>);

/// A task without its type.
pub(crate) trait AnyTask: Runnable + Awaited {
    fn core(&self) -> &Core;

    /// What it knows of itself, and its loop.
    fn core_and_loop(&self) -> (&Core, Option<&EventLoop>);

    /// The type of its future.
    fn runs(&self) -> &'static str;

    /// Drops what it runs, as the loop is closed.
    fn destroy(self: Rc<Self>);
}

impl<T: 'static> Task<T> {
    /// What it is to those who do not know the type of its value.
    #[must_use]
    pub fn handle(&self) -> &TaskHandle {
        &self.handle
    }

    /// As [`TaskHandle::id`].
    #[must_use]
    pub fn id(&self) -> u64 {
        self.handle.id()
    }

    /// As [`TaskHandle::name`].
    #[must_use]
    pub fn name(&self) -> Rc<str> {
        self.handle.name()
    }

    /// As [`TaskHandle::set_name`].
    pub fn set_name(&self, name: impl Into<Rc<str>>) {
        self.handle.set_name(name);
    }

    /// As [`TaskHandle::cancel`].
    pub fn cancel(&self) -> bool {
        self.handle.cancel()
    }

    /// As [`TaskHandle::cancel_with`].
    pub fn cancel_with(&self, cancelled: Cancelled) -> bool {
        self.handle.cancel_with(cancelled)
    }

    /// As [`TaskHandle::cancelling`].
    #[must_use]
    pub fn cancelling(&self) -> usize {
        self.handle.cancelling()
    }

    /// As [`TaskHandle::uncancel`].
    pub fn uncancel(&self) -> usize {
        self.handle.uncancel()
    }
}

impl TaskHandle {
    /// The code object of the coroutine that it runs, once that has waited for something. `None` for a plain future.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use coframe::{sleep, yield_from};
    ///
    /// #[coframe::coroutine(task)]
    /// fn nap() {
    ///     yield_from!(sleep(0.0));
    /// }
    ///
    /// let event_loop = EventLoop::with_virtual_clock()?;
    /// let task = event_loop.create_task(nap());
    /// event_loop.run_once()?;
    /// assert_eq!(task.handle().code(), Some(nap::CODE));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn code(&self) -> Option<&'static crate::Code> {
        self.0.core().code()
    }

    /// A number that no other task of its loop has. They count from 1.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.0.core().id
    }

    /// Its name: `Task-1` for the first of its loop, and so on, if it was given no other.
    #[must_use]
    pub fn name(&self) -> Rc<str> {
        self.0.core().name()
    }

    /// Gives it a name, for reports.
    pub fn set_name(&self, name: impl Into<Rc<str>>) {
        self.0.core().set_name(name.into());
    }

    /// The loop that runs it; `None` if it was spawned where none ran.
    #[must_use]
    pub fn event_loop(&self) -> Option<&EventLoop> {
        self.0.event_loop()
    }

    /// Whether it is over.
    #[must_use]
    pub fn done(&self) -> bool {
        self.0.done()
    }

    /// Asks it to end: asyncio's `Task.cancel()`. `false` if it is over already.
    ///
    /// If it waits for a promise or another task, that is cancelled, and what becomes of that is what the task sees: when
    /// the other refuses and gives a value, the task goes on. Otherwise [`Exception::Cancelled`] is raised in it in the
    /// next pass. A task that has not begun never does. One that cancels itself goes on to its next wait; if there is
    /// none it is cancelled all the same, and its value is lost.
    ///
    /// A task that ends with another exception than a cancellation has failed and is not cancelled.
    ///
    /// ```
    /// use coframe::{Exception, current_task, sleep, spawn, try_yield_from, yield_from};
    ///
    /// #[coframe::coroutine(task)]
    /// fn stubborn() -> &'static str {
    ///     match try_yield_from!(sleep(3600.0)) {
    ///         Err(Exception::Cancelled(_)) => {
    ///             yield_from!(sleep(0.01)); // cleaning up may take its time
    ///             "cleaned up, and refused"
    ///         }
    ///         _ => "slept",
    ///     }
    /// }
    ///
    /// #[coframe::coroutine(task)]
    /// fn program() -> &'static str {
    ///     let task = spawn(stubborn());
    ///     yield_from!(sleep(0.01));
    ///     assert!(task.cancel());
    ///     yield_from!(task)
    /// }
    ///
    /// assert_eq!(coframe::run(program())?, "cleaned up, and refused");
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn cancel(&self) -> bool {
        self.cancel_with(Cancelled::default())
    }

    /// [`cancel`](TaskHandle::cancel) with a message, which is what the task and those who wait for it see.
    pub fn cancel_with(&self, cancelled: Cancelled) -> bool {
        self.0.clone().cancel(cancelled)
    }

    /// How many cancellations were asked for, less those taken back: asyncio's `Task.cancelling()`.
    #[must_use]
    pub fn cancelling(&self) -> usize {
        self.0.core().cancelling()
    }

    /// Takes back one request to cancel it, and returns how many are left: asyncio's `Task.uncancel()`. With the last
    /// one a cancellation is taken back that it has not been told of.
    ///
    /// For those who cancel a task for a purpose of their own and then catch the exception, as
    /// [`timeout`](crate::timeout) does.
    pub fn uncancel(&self) -> usize {
        let core = self.0.core();
        let left = core.uncount_cancellation();
        if left == 0 {
            core.take_must_cancel();
        }
        left
    }
}

impl EventLoop {
    /// All tasks that are not over, in the order in which they were made: asyncio's `all_tasks`.
    #[must_use]
    pub fn all_tasks(&self) -> Vec<TaskHandle> {
        self.tasks().all().into_iter().map(TaskHandle).collect()
    }
}

impl<T> Clone for Task<T> {
    fn clone(&self) -> Self {
        Task { promise: self.promise.clone(), handle: self.handle.clone() }
    }
}

/// A task is a promise.
impl<T> Deref for Task<T> {
    type Target = Promise<T>;

    fn deref(&self) -> &Promise<T> {
        &self.promise
    }
}

impl<T: 'static> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<task {}, {}>", self.name(), self.promise.inner().describe())
    }
}

/// Who awaits a task sees what it failed with.
impl<T: Clone + 'static> Future for Task<T> {
    type Output = Result<T, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.promise).poll(context)
    }
}

/// `yield_from!(task)` gives its value, and raises what it failed with.
impl<T: Clone + 'static> Delegate for Task<T> {
    type Yield = Awaitable;
    type Return = T;

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, T> {
        self.promise.advance(None)
    }
}

impl Future for TaskHandle {
    type Output = Result<(), Exception>;

    fn poll(self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        let awaited = self.0.clone() as Rc<dyn Awaited>;
        ready!(promise::poll_done(&awaited, context))?;
        // The cancellation of the one who waits went on to the task: it is not lost on the way back.
        let cancelled = current::task_polling(context).and_then(|task| task.core().passed_on_to(&awaited));
        Poll::Ready(cancelled.map_or(Ok(()), Err))
    }
}

impl Delegate for TaskHandle {
    type Yield = Awaitable;
    type Return = ();

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, ()> {
        current::advance(Pin::new(self))
    }
}

impl PartialEq for TaskHandle {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::addr_eq(Rc::as_ptr(&self.0), Rc::as_ptr(&other.0))
    }
}

impl Eq for TaskHandle {}

impl fmt::Debug for TaskHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<task {}, {}", self.name(), self.state())?;
        match self.stack().first() {
            Some(frame) if !self.done() => write!(f, " at {frame}>"),
            _ => f.write_str(">"),
        }
    }
}
