//! `as_completed`: the results of several as they come.

use std::cell::{Cell, RefCell};
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::iter::FusedIterator;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use crate::coroutine::Resumed;
use crate::event_loop::{Delay, EventLoop, LoopError, TimerHandle};
use crate::promise::{Awaited, Hook};
use crate::task::{Ensured, Value, current};
use crate::{Awaitable, CallbackId, Delegate, Exception, Promise, PromiseError, Task, TaskOutput, TimeoutError};

/// Runs all of them side by side and gives one result after the other as they finish: asyncio's `as_completed`.
///
/// It is an iterator with one future for each item, to be awaited for the next result, or the error in its place. Tasks
/// and promises are taken as they are, one that is there twice once; of everything else a task is made at once. With
/// tasks, [`tasks`](AsCompleted::tasks) gives the finished task instead of its result. Nobody is ever cancelled.
///
/// ```
/// use coframe::{as_completed, sleep, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn after(delay: i32) -> i32 {
///     yield_from!(sleep(delay));
///     delay
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> Vec<i32> {
///     let mut order = Vec::new();
///     for next in as_completed([3, 1, 2].map(after)) {
///         order.push(yield_from!(next));
///     }
///     order
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert_eq!(event_loop.run_until_complete(program())?, [1, 2, 3]);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// Each of the futures fails with what its item failed with; with [`TimeoutError`] after the
/// [`timeout`](AsCompleted::timeout); with [`LoopError::NotRunning`] if no loop ran when `as_completed` was called; with
/// [`PromiseError::OfAnotherLoop`] if an item is of another one.
#[track_caller]
pub fn as_completed<F>(items: impl IntoIterator<Item = F>) -> AsCompleted<F::IntoFuture>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let mut known = HashSet::new();
    let mut promises = Vec::new();
    for item in items {
        let promise = Ensured::here(item).into_promise();
        if known.insert(Rc::as_ptr(&promise.awaited()).cast::<()>()) {
            promises.push(promise);
        }
    }
    AsCompleted { left: promises.len(), completing: Completing::new(promises) }
}

/// What [`as_completed`](fn@as_completed) gives: an iterator of futures of type [`NextResult`].
#[must_use = "the items run all the same, but nobody hears of the results"]
pub struct AsCompleted<F: Future<Output: TaskOutput>> {
    completing: Rc<Completing<Value<F>>>,
    left: usize,
}

impl<F: Future<Output: TaskOutput>> AsCompleted<F> {
    /// How long all of them may take, from now on; in seconds if it is a number. The futures that are left by then fail
    /// with [`TimeoutError`], and the items go on.
    pub fn timeout(self, timeout: impl Into<Delay>) -> Self {
        Completing::set_timeout(&self.completing, timeout.into());
        self
    }
}

impl<T: Clone + 'static> AsCompleted<Task<T>> {
    /// The tasks themselves as they finish, whatever they finish with: `async for task in as_completed(tasks)` of Python
    /// 3.13.
    ///
    /// ```
    /// use coframe::{as_completed, sleep, TaskBuilder};
    ///
    /// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
    /// event_loop.run_until_complete(async {
    ///     let tasks = [("slow", 2), ("fast", 1)].map(|(name, delay)| TaskBuilder::new().name(name).spawn(sleep(delay)));
    ///     let mut names = Vec::new();
    ///     for next in as_completed(tasks).tasks() {
    ///         names.push(next.await?.name());
    ///     }
    ///     assert_eq!(names, ["fast".into(), "slow".into()]);
    ///     Ok(())
    /// })?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn tasks(self) -> CompletedTasks<T> {
        CompletedTasks(self)
    }
}

impl<F: Future<Output: TaskOutput> + 'static> Iterator for AsCompleted<F> {
    type Item = NextResult<F>;

    fn next(&mut self) -> Option<NextResult<F>> {
        self.left = self.left.checked_sub(1)?;
        Some(NextResult(Next { completing: self.completing.clone(), getter: None }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<F: Future<Output: TaskOutput> + 'static> ExactSizeIterator for AsCompleted<F> {}
impl<F: Future<Output: TaskOutput> + 'static> FusedIterator for AsCompleted<F> {}

/// The iterator of [`AsCompleted::tasks`], with futures of type [`NextTask`].
#[must_use = "an iterator does nothing until it is asked"]
pub struct CompletedTasks<T: Clone + 'static>(AsCompleted<Task<T>>);

impl<T: Clone + 'static> Iterator for CompletedTasks<T> {
    type Item = NextTask<T>;

    fn next(&mut self) -> Option<NextTask<T>> {
        self.0.next().map(|next| NextTask(next.0))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T: Clone + 'static> ExactSizeIterator for CompletedTasks<T> {}
impl<T: Clone + 'static> FusedIterator for CompletedTasks<T> {}

/// The result of the item of [`as_completed`](fn@as_completed) that finishes next, after those of the futures that were
/// awaited before.
#[must_use = "a future does nothing until it is awaited"]
pub struct NextResult<F: Future<Output: TaskOutput>>(Next<Value<F>>);

impl<F: Future<Output: TaskOutput> + 'static> Future for NextResult<F> {
    type Output = Result<Value<F>, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let done = ready!(self.0.poll_done(context))?;
        Poll::Ready(Ensured::<F>::result_of(&done))
    }
}

impl<F: Future<Output: TaskOutput> + 'static> Delegate for NextResult<F> {
    type Yield = Awaitable;
    type Return = Value<F>;

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, Value<F>> {
        current::advance(Pin::new(self))
    }
}

/// The task of [`AsCompleted::tasks`] that finishes next. It is done; awaiting it again gives its result.
#[must_use = "a future does nothing until it is awaited"]
pub struct NextTask<T: 'static>(Next<T>);

impl<T: 'static> Future for NextTask<T> {
    type Output = Result<Task<T>, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let done = ready!(self.0.poll_done(context))?;
        Poll::Ready(Task::of(&done).ok_or(PromiseError::NotReady.into()))
    }
}

impl<T: 'static> Delegate for NextTask<T> {
    type Yield = Awaitable;
    type Return = Task<T>;

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, Task<T>> {
        current::advance(Pin::new(self))
    }
}

/// A child, and the callback that tells when it is done.
type Child<T> = (Promise<T>, CallbackId);

/// CPython's `_AsCompletedIterator`, with the queue of its own. The callbacks do not keep it: who is to be told is
/// the iterator and its futures, and when they are gone it leaves.
struct Completing<T: 'static> {
    event_loop: Option<EventLoop>,
    /// Why nothing can be waited for.
    refused: RefCell<Option<Exception>>,
    /// Those that are not done, each at its index, with the callback.
    todo: RefCell<Vec<Option<Child<T>>>>,
    /// How many of them there are.
    pending: Cell<usize>,
    /// Those that are done and were not asked for; `None` is the timeout, once for each that was not done.
    done: RefCell<VecDeque<Option<Promise<T>>>>,
    /// Those who wait for one to be done, in the order in which they came.
    getters: RefCell<VecDeque<Promise<()>>>,
    timer: RefCell<Option<TimerHandle>>,
}

impl<T: 'static> Completing<T> {
    fn new(promises: Vec<Promise<T>>) -> Rc<Self> {
        let this = Rc::new(Completing {
            event_loop: EventLoop::running(),
            refused: RefCell::default(),
            todo: RefCell::default(),
            pending: Cell::new(0),
            done: RefCell::default(),
            getters: RefCell::default(),
            timer: RefCell::default(),
        });
        if let Err(refused) = this.watch(promises) {
            this.refused.replace(Some(refused));
        }
        this
    }

    fn watch(self: &Rc<Self>, promises: Vec<Promise<T>>) -> Result<(), Exception> {
        let event_loop = self.event_loop.as_ref().ok_or(LoopError::NotRunning)?;
        for (index, promise) in promises.into_iter().enumerate() {
            if promise.event_loop() != Some(event_loop) {
                return Err(PromiseError::OfAnotherLoop.into());
            }
            let completing = Rc::downgrade(self);
            let callback = promise.add_done_callback(move |_| {
                if let Some(completing) = completing.upgrade() {
                    completing.is_done(index);
                }
            })?;
            self.todo.borrow_mut().push(Some((promise, callback)));
            self.pending.set(self.pending.get() + 1);
        }
        Ok(())
    }

    fn set_timeout(this: &Rc<Self>, timeout: Delay) {
        let Some(event_loop) = &this.event_loop else { return };
        if this.pending.get() == 0 {
            return;
        }
        let completing = Rc::downgrade(this);
        let timer = event_loop.call_later(timeout, move || {
            if let Some(completing) = completing.upgrade() {
                completing.is_over();
            }
        });
        match timer {
            Ok(timer) => this.cancel_timer(Some(timer)),
            Err(refused) => _ = this.refused.replace(Some(refused)),
        }
    }

    fn cancel_timer(&self, next: Option<TimerHandle>) {
        if let Some(timer) = self.timer.replace(next) {
            timer.cancel();
        }
    }

    /// CPython's `_handle_completion`.
    fn is_done(&self, index: usize) {
        let one = self.todo.borrow_mut().get_mut(index).and_then(Option::take);
        let Some((promise, _)) = one else { return }; // The timeout came first.
        self.pending.set(self.pending.get() - 1);
        self.put(Some(promise));
        if self.pending.get() == 0 {
            self.cancel_timer(None);
        }
    }

    /// CPython's `_handle_timeout`.
    fn is_over(&self) {
        let todo = self.todo.take();
        self.pending.set(0);
        for (promise, callback) in todo.into_iter().flatten() {
            promise.remove_done_callback(callback);
            self.put(None);
        }
    }

    fn put(&self, done: Option<Promise<T>>) {
        self.done.borrow_mut().push_back(done);
        self.wake_next_getter();
    }

    fn wake_next_getter(&self) {
        loop {
            let getter = self.getters.borrow_mut().pop_front();
            match getter {
                // It was cancelled.
                Some(getter) if getter.set_result(()).is_err() => {}
                _ => break,
            }
        }
    }
}

/// Nobody is left who could be told.
impl<T: 'static> Drop for Completing<T> {
    fn drop(&mut self) {
        self.cancel_timer(None);
        for (promise, callback) in self.todo.take().into_iter().flatten() {
            promise.remove_done_callback(callback);
        }
    }
}

/// Waits for the next one that is done: asyncio's `Queue.get`.
struct Next<T: 'static> {
    completing: Rc<Completing<T>>,
    getter: Option<Promise<()>>,
}

impl<T: 'static> Next<T> {
    fn poll_done(&mut self, context: &mut Context<'_>) -> Poll<Result<Promise<T>, Exception>> {
        if let Some(refused) = self.completing.refused.borrow().clone() {
            return Poll::Ready(Err(refused));
        }
        loop {
            if let Some(getter) = &self.getter {
                ready!(getter.poll_done(context))?;
                let cancelled = getter.inner().failure();
                if let Some(cancelled) = cancelled {
                    self.leave();
                    return Poll::Ready(Err(cancelled));
                }
                self.getter = None;
            }
            let done = self.completing.done.borrow_mut().pop_front();
            match done {
                Some(Some(promise)) => return Poll::Ready(Ok(promise)),
                Some(None) => return Poll::Ready(Err(TimeoutError.into())),
                None => self.queue_up()?,
            }
        }
    }

    fn queue_up(&mut self) -> Result<(), Exception> {
        let event_loop = self.completing.event_loop.as_ref().ok_or(LoopError::NotRunning)?;
        let getter = Promise::hooked(event_loop, Rest(Rc::downgrade(&self.completing)));
        self.completing.getters.borrow_mut().push_back(getter.clone());
        self.getter = Some(getter);
        Ok(())
    }

    /// Leaves the queue. If it has been woken, another one is.
    fn leave(&mut self) {
        let Some(getter) = self.getter.take() else { return };
        self.completing.getters.borrow_mut().retain(|other| !other.is(&getter));
        let was_woken = getter.done() && !getter.cancelled();
        if was_woken && !self.completing.done.borrow().is_empty() {
            self.completing.wake_next_getter();
        }
    }
}

impl<T: 'static> Drop for Next<T> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Whom a getter waits for: any of those that are not done.
struct Rest<T: 'static>(Weak<Completing<T>>);

impl<T: 'static> Hook<()> for Rest<T> {
    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        let Some(completing) = self.0.upgrade() else { return Vec::new() };
        let todo = completing.todo.borrow();
        todo.iter().flatten().map(|(promise, _)| promise.awaited()).collect()
    }
}

impl<F: Future<Output: TaskOutput>> fmt::Debug for AsCompleted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<T: Clone> fmt::Debug for CompletedTasks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletedTasks").field("left", &self.0.left).finish_non_exhaustive()
    }
}

impl<F: Future<Output: TaskOutput>> fmt::Debug for NextResult<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextResult").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for NextTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextTask").finish_non_exhaustive()
    }
}
