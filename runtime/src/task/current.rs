//! Who is being polled: the task that runs, the waker of what is awaited now, and what is to be raised there.
//!
//! A coroutine is resumed without a [`Context`], so that what it awaits finds its waker here. And a future is polled
//! without a [`Signal`](crate::Signal), so that a coroutine that runs as a future finds here what is raised in it.
//!
//! All of it changes with every step of a task. So what is asked for most is plain data in cells; nothing is dropped with
//! the thread, because guards have taken everything out by then; and what is rarely there has a flag that says so.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::rc::Rc;
use std::task::{Context, Poll, RawWakerVTable, Waker};

use super::core::Position;
use super::place::Place;
use super::{AnyTask, TaskHandle, wake, waker};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::event_loop::EventLoop;
use crate::{Awaitable, Exception, Inspectable, Step};

struct Current {
    task: Place<Rc<dyn AnyTask>>,
    /// Set where something else than the task's own waker is to be woken: another executor, or a future that polls its
    /// parts with wakers of its own.
    waker: Place<Waker>,
    /// Which waker that is, or the task's own.
    polled_with: Cell<Identity>,
    /// What is to be raised, until a coroutine takes it.
    raised: Place<Exception>,
    interior: Cell<Interior>,
    /// Whoever was current before, if there was one.
    outer: Place<Box<State>>,
}

/// What happens inside of a future while it is polled: that of a task, or one that a coroutine awaits.
#[derive(Clone, Copy)]
struct Interior {
    /// How many coroutines run in it, one inside the other.
    depth: u32,
    /// How many of those that are in no other one wait, as far as two.
    waiting: u8,
    /// Whether a promise is waited for that is in none of them.
    waits_plainly: bool,
    /// Whether there is something to be raised in it.
    raises: bool,
}

impl Interior {
    const NEW: Self = Interior { depth: 0, waiting: 0, waits_plainly: false, raises: false };
}

/// Which waker it is that a context has, to be compared with others without asking anybody.
#[derive(Clone, Copy)]
struct Identity {
    data: *const (),
    /// `None` for the waker of nobody.
    table: Option<&'static RawWakerVTable>,
    /// Whether it is the own one of the task that runs.
    is_tasks: bool,
}

impl Identity {
    const NOBODY: Self = Identity { data: ptr::null(), table: None, is_tasks: false };

    #[inline]
    fn of(waker: &Waker, is_tasks: bool) -> Self {
        Identity { data: waker.data(), table: Some(waker.vtable()), is_tasks }
    }

    #[inline]
    fn is_nobody(self) -> bool {
        self.table.is_none()
    }

    /// As [`waker::is_same`].
    #[inline]
    fn is(self, waker: &Waker) -> bool {
        match self.table {
            Some(table) if ptr::eq(self.data, waker.data()) => {
                ptr::eq(table, waker.vtable()) || !self.data.is_null() && table == waker.vtable()
            }
            Some(_) => false,
            None => waker::is_same(waker::nobody(), waker),
        }
    }
}

impl Current {
    /// What is polled with, for a coroutine, which has no context. One that somebody resumes by hand has nothing to be woken
    /// with. The task's own waker is not cloned, which would be an atomic operation.
    fn polling(&self) -> Polling {
        if self.polled_with.get().is_tasks {
            self.task.get().map_or(Polling::Nobody, Polling::Task)
        } else {
            self.waker.get().map_or(Polling::Nobody, Polling::Waker)
        }
    }

    /// Whether the task that runs is polled with this waker, its own.
    #[inline]
    fn is_polled_by_task(&self, waker: &Waker) -> bool {
        let polled_with = self.polled_with.get();
        polled_with.is_tasks && polled_with.is(waker)
    }

    fn take(&self) -> State {
        let raised = self.take_raised();
        State {
            task: self.task.take(),
            waker: self.waker.take(),
            polled_with: self.polled_with.replace(Identity::NOBODY),
            interior: self.interior.replace(Interior::NEW),
            raised,
            outer: self.outer.take(),
        }
    }

    /// Goes where nobody is current, from a task in which another one is stepped, or from a future that polls another one
    /// with a waker of its own.
    #[cold]
    #[inline(never)]
    fn push(&self) {
        let outer = Box::new(self.take());
        self.outer.put(Some(outer));
    }

    /// Goes where the same task polls with another waker, or nobody does.
    #[cold]
    #[inline(never)]
    fn push_polled_with(&self, waker: &Waker) {
        let waker = waker.clone();
        let task = self.task.get();
        self.push();
        self.task.put(task);
        self.polled_with.set(Identity::of(&waker, false));
        self.waker.put(Some(waker));
    }

    /// Goes back to whoever was current before, and drops what is left.
    #[cold]
    #[inline(never)]
    fn pop(&self) {
        let mut left = self.take();
        if let Some(outer) = left.outer.take() {
            let State { task, waker, polled_with, interior, raised, outer } = *outer;
            self.task.put(task);
            self.waker.put(waker);
            self.polled_with.set(polled_with);
            self.interior.set(interior);
            self.raise(raised);
            self.outer.put(outer);
        }
        drop(left);
    }

    fn raise(&self, raised: Option<Exception>) {
        if raised.is_some() {
            self.interior.set(Interior { raises: true, ..self.interior.get() });
            self.raised.put(raised);
        }
    }

    /// What is to be raised, if nobody has taken it.
    #[inline]
    fn take_raised(&self) -> Option<Exception> {
        let interior = self.interior.get();
        if !interior.raises {
            return None;
        }
        self.interior.set(Interior { raises: false, ..interior });
        self.raised.take()
    }

    /// What has become of the future that was polled.
    #[inline]
    fn polled<T>(&self, poll: Poll<T>) -> Polled<T> {
        let not_taken = self.take_raised();
        let Interior { waiting, waits_plainly, .. } = self.interior.get();
        Polled { poll, not_taken, in_coroutine: waiting == 1 && !waits_plainly, plainly: waits_plainly }
    }
}

/// All of [`Current`], while it is not that.
struct State {
    task: Option<Rc<dyn AnyTask>>,
    waker: Option<Waker>,
    polled_with: Identity,
    interior: Interior,
    raised: Option<Exception>,
    outer: Option<Box<State>>,
}

thread_local! {
    static CURRENT: Current = const {
        Current {
            task: Place::empty(),
            waker: Place::empty(),
            polled_with: Cell::new(Identity::NOBODY),
            raised: Place::empty(),
            interior: Cell::new(Interior::NEW),
            outer: Place::empty(),
        }
    };
}

/// While it lives a task is current. Whoever was before is again then, also where a panic drops it.
pub(super) struct Entered {
    has_outer: bool,
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        CURRENT.with(|current| {
            if self.has_outer || current.interior.get().raises {
                current.pop();
            } else {
                current.polled_with.set(Identity::NOBODY);
                current.interior.set(Interior::NEW);
                drop(current.task.take());
            }
        });
    }
}

/// Has it raised in the task that was entered.
pub(super) fn raise(raised: Exception) {
    CURRENT.with(|current| current.raise(Some(raised)));
}

/// Makes `task` the one that runs, for whoever polls it.
#[inline]
pub(super) fn enter(task: Rc<dyn AnyTask>, waker: &Waker) -> Entered {
    CURRENT.with(|current| {
        let has_outer = !current.polled_with.get().is_nobody();
        if has_outer {
            current.push();
        }
        current.task.put(Some(task));
        current.polled_with.set(Identity::of(waker, true));
        Entered { has_outer }
    })
}

/// What has become of the future that was polled: that of the task that was entered, or one inside of it.
pub(super) fn polled(poll: Poll<()>) -> Polled<()> {
    CURRENT.with(|current| current.polled(poll))
}

/// The task that runs in this thread: asyncio's `current_task`. `None` in a callback, and where no loop runs.
///
/// ```
/// coframe::run(async {
///     coframe::current_task().unwrap().set_name("main");
///     assert_eq!(&*coframe::current_task().unwrap().name(), "main");
/// })?;
/// assert!(coframe::current_task().is_none());
/// # Ok::<(), coframe::Exception>(())
/// ```
#[must_use]
pub fn current_task() -> Option<TaskHandle> {
    any_task().map(TaskHandle)
}

/// The task that runs in this thread, whatever waker it polls with.
pub(super) fn any_task() -> Option<Rc<dyn AnyTask>> {
    CURRENT.with(|current| current.task.get())
}

/// The task that polls, if it does so with its own waker.
pub(crate) fn task_polling(context: &Context<'_>) -> Option<Rc<dyn AnyTask>> {
    CURRENT.with(|current| {
        let task = current.task.get()?;
        let polls = current.is_polled_by_task(context.waker()) || waker::is_same(task.core().waker(), context.waker());
        polls.then_some(task)
    })
}

/// Takes note of a promise that is waited for.
pub(crate) fn waits_for_promise() {
    CURRENT.with(|current| {
        let mut interior = current.interior.get();
        interior.waits_plainly |= interior.depth == 0;
        current.interior.set(interior);
    });
}

/// While it lives a coroutine runs as a future.
pub(super) struct Inside(Polls);

/// Who polls a coroutine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Polls {
    /// The task that runs, with its own waker.
    Task,
    /// Whoever is current, if it is not that.
    Current,
    /// Another executor, or a part of the current future that has a waker of its own.
    Elsewhere,
}

// Not inlined: see `Outer`.
impl Inside {
    /// Enters a coroutine, and gives what is to be raised in it.
    #[inline]
    pub(super) fn enter(context: &Context<'_>) -> (Self, Option<Exception>) {
        let (polls, raises) = Inside::begin(context.waker());
        let raised = if raises { Inside::raised() } else { None };
        (Inside(polls), raised)
    }

    #[inline(never)]
    fn begin(waker: &Waker) -> (Polls, bool) {
        CURRENT.with(|current| {
            let polled_with = current.polled_with.get();
            if !polled_with.is(waker) {
                current.push_polled_with(waker);
                current.interior.set(Interior { depth: 1, ..Interior::NEW });
                return (Polls::Elsewhere, false);
            }
            let mut interior = current.interior.get();
            interior.depth += 1;
            current.interior.set(interior);
            let raises = interior.depth == 1 && interior.raises;
            (if polled_with.is_tasks { Polls::Task } else { Polls::Current }, raises)
        })
    }

    #[cold]
    fn raised() -> Option<Exception> {
        CURRENT.with(Current::take_raised)
    }

    /// Has whoever polls it poll again, in the next pass.
    #[inline(never)]
    pub(super) fn wake_in_turn(&self, waker: &Waker) {
        match self.task() {
            Some(task) => wake(task),
            None => waker.wake_by_ref(),
        }
    }

    /// The task that polls it, with its own waker.
    pub(super) fn task(&self) -> Option<Rc<dyn AnyTask>> {
        if self.0 == Polls::Task { any_task() } else { None }
    }

    /// Leaves it because it waits in a coroutine, of which the frames are known or not.
    pub(super) fn wait_in(self, coroutine: Option<&dyn Inspectable>) {
        if let Some(coroutine) = coroutine
            && self.is_debugged()
        {
            self.wait_with_delegates(coroutine);
        } else {
            // It is done at each wait, and looking into delegates takes its time.
            self.wait_at(coroutine.and_then(Inspectable::outermost));
        }
    }

    #[cold]
    fn wait_with_delegates(self, coroutine: &dyn Inspectable) {
        if let Some(task) = self.task() {
            task.core().waits_in(coroutine);
        }
        self.wait_at(None);
    }

    #[inline(never)]
    fn is_debugged(&self) -> bool {
        let is_debugged = |task: Option<&Rc<dyn AnyTask>>| task?.event_loop().map(EventLoop::debug);
        self.0 == Polls::Task && CURRENT.with(|current| current.task.look(is_debugged)) == Some(true)
    }

    /// Leaves it because it waits, at a suspension point that is known or not.
    #[inline]
    pub(super) fn wait_at(self, position: Option<Position>) {
        Inside::note(self.0, position);
    }

    #[inline(never)]
    fn note(polls: Polls, position: Option<Position>) {
        CURRENT.with(|current| {
            if polls == Polls::Task {
                current.task.look(|task| {
                    if let Some(task) = task {
                        task.core().waits_at(position);
                    }
                });
            }
            let mut interior = current.interior.get();
            interior.waiting = (interior.waiting + u8::from(interior.depth == 1)).min(2);
            current.interior.set(interior);
        });
    }

    #[inline(never)]
    fn end(polls: Polls) {
        CURRENT.with(|current| {
            if polls == Polls::Elsewhere {
                return current.pop();
            }
            let mut interior = current.interior.get();
            interior.depth -= 1;
            current.interior.set(interior);
        });
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        Inside::end(self.0);
    }
}

/// What became of a future that was polled.
pub(crate) struct Polled<T> {
    pub(crate) poll: Poll<T>,
    /// What was to be raised, if no coroutine was there to take it.
    pub(crate) not_taken: Option<Exception>,
    /// Whether it waits in one coroutine and for nothing else, so that an exception can be raised in it.
    pub(crate) in_coroutine: bool,
    /// Whether it waits for a promise, in none.
    pub(crate) plainly: bool,
}

/// What a future is to be dropped for that waits for a promise and in no coroutine: the promise was cancelled, because
/// the task was.
pub(crate) fn cancellation() -> Option<Exception> {
    let task = CURRENT.with(|current| if current.polled_with.get().is_tasks { current.task.get() } else { None });
    task?.core().passed_on()
}

/// Polls a future that a coroutine awaits, with the waker of that, and raises an exception in the coroutine in which it
/// waits.
pub(crate) fn poll_awaited<T>(raised: Option<Exception>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Polled<T> {
    let polling = CURRENT.with(Current::polling);
    poll_inside(raised, || poll(&mut Context::from_waker(polling.waker())))
}

/// [`poll_awaited`] where the context is at hand.
#[inline]
pub(super) fn poll_inside<T>(raised: Option<Exception>, poll: impl FnOnce() -> Poll<T>) -> Polled<T> {
    let outer = Outer::leave(raised);
    let poll = poll();
    let Polled { not_taken, in_coroutine, plainly, .. } = outer.restore();
    Polled { poll, not_taken, in_coroutine, plainly }
}

/// Polls a part of the future that is polled, and raises an exception in the coroutine in which it waits. Gives it back if
/// there was none to take it.
pub(crate) fn poll_raising<T>(
    context: &Context<'_>,
    raised: Exception,
    poll: impl FnOnce(&Waker) -> Poll<T>,
) -> (Poll<T>, Option<Exception>) {
    // A clone, whose own clones are known again: of some wakers, no clone is the same as the waker itself.
    let waker = context.waker().clone();
    let raising = Raising::begin(&waker, raised);
    let poll = poll(&waker);
    (poll, raising.end())
}

/// While it lives something is raised in a part of the future that is polled.
struct Raising {
    /// What is to be raised elsewhere in that future.
    replaced: Option<Exception>,
    is_elsewhere: bool,
}

impl Raising {
    fn begin(waker: &Waker, raised: Exception) -> Self {
        CURRENT.with(|current| {
            let is_elsewhere = !current.polled_with.get().is(waker);
            if is_elsewhere {
                current.push_polled_with(waker);
            }
            let replaced = current.take_raised();
            current.raise(Some(raised));
            Raising { replaced, is_elsewhere }
        })
    }

    fn end(mut self) -> Option<Exception> {
        CURRENT.with(|current| {
            let not_taken = current.take_raised();
            current.raise(self.replaced.take());
            not_taken
        })
    }
}

impl Drop for Raising {
    fn drop(&mut self) {
        if self.is_elsewhere {
            CURRENT.with(Current::pop);
        }
    }
}

/// The future around the one that is polled: a panic restores it too.
struct Outer {
    interior: Interior,
    /// What is to be raised in it. That is rare: most often the coroutine that polls has taken it.
    raised: Option<Box<Exception>>,
}

// Not inlined: whoever polls is often in another crate, which has no short way to what is local to a thread.
impl Outer {
    #[inline(never)]
    fn leave(raised: Option<Exception>) -> Self {
        CURRENT.with(|current| {
            let outer_raised = current.take_raised().map(Box::new);
            let outer = Outer { interior: current.interior.replace(Interior::NEW), raised: outer_raised };
            if raised.is_some() {
                current.raise(raised);
            }
            outer
        })
    }

    #[inline(never)]
    fn restore(self) -> Polled<()> {
        let polled = polled(Poll::Pending);
        drop(self);
        polled
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        CURRENT.with(|current| {
            let left = current.take_raised();
            current.interior.set(self.interior);
            if let Some(raised) = self.raised.take() {
                current.raise(Some(*raised));
            }
            drop(left);
        });
    }
}

/// What is polled with, while nothing is out of its place. A task has its waker.
enum Polling {
    Task(Rc<dyn AnyTask>),
    Waker(Waker),
    Nobody,
}

impl Polling {
    fn waker(&self) -> &Waker {
        match self {
            Polling::Task(task) => task.core().waker(),
            Polling::Waker(waker) => waker,
            Polling::Nobody => waker::nobody(),
        }
    }
}

/// One step of a delegate that waits for a promise, or for what is done when one is: it raises what that fails with.
pub(crate) fn advance<T>(future: Pin<&mut impl Future<Output = Result<T, Exception>>>) -> Resumed<Awaitable, T> {
    let polling = CURRENT.with(Current::polling);
    match future.poll(&mut Context::from_waker(polling.waker())) {
        Poll::Ready(result) => result.map(Step::Returned),
        Poll::Pending => Ok(Step::Yielded(Awaitable(Kind::Wake))),
    }
}
