//! Who is being polled: the task that runs, the waker of what is awaited now, and what is to be raised there.
//!
//! A coroutine is resumed without a [`Context`], so that what it awaits finds its waker here. And a future is polled
//! without a [`Signal`](crate::Signal), so that a coroutine that runs as a future finds here what is raised in it.
//!
//! All of it changes with every step of a task. So what is asked for most is plain data in cells; nothing is dropped with
//! the thread, because guards have taken everything out by then; and what is rarely there has a flag that says so.

use std::cell::Cell;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::ptr;
use std::rc::Rc;
use std::task::{Context, Poll, RawWakerVTable, Waker};

use super::core::Position;
use super::flags::Flags;
use super::place::Place;
use super::waker::{self, OwnWaker};
use super::{AnyTask, Core, TaskHandle};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::event_loop::EventLoop;
use crate::promise::{Awaited, poll_done, wait_as};
use crate::{Awaitable, Exception, Inspectable, Step};

struct Current {
    task: Place<Rc<dyn AnyTask>>,
    /// What tasks are polled with now.
    own: Place<Rc<OwnWaker>>,
    /// Their loop.
    event_loop: Place<EventLoop>,
    /// Whether its loop is in debug mode.
    is_debugged: Cell<bool>,
    /// Set where something else than the task's own waker is to be woken: another executor, or a future that polls its
    /// parts with wakers of its own.
    waker: Place<Waker>,
    /// Whose waker it is that is polled with.
    polled_by: Cell<By>,
    /// Which one that is. Between two tasks, that of both.
    polled_with: Cell<Identity>,
    /// What the task that runs waited for before this step, if its flags say so.
    awaited: Place<Rc<dyn Awaited>>,
    /// What is to be raised, until a coroutine takes it.
    raised: Place<Exception>,
    interior: Cell<Interior>,
    /// Where a coroutine stands that waits since the task was entered, until the task [takes note](Current::note) of it.
    position: Cell<Option<Position>>,
    /// Whoever was current before, if there was one.
    outer: Place<Box<State>>,
}

/// What happens inside of a future while it is polled: that of a task, or one that a coroutine awaits.
#[derive(Clone, Copy)]
struct Interior {
    /// How many coroutines run in it, one inside the other.
    depth: u32,
    /// A bit for each of those that are in no other one and wait.
    waiting: u8,
    /// Whether a promise is waited for that is in none of them.
    waits_plainly: bool,
    /// Whether there is something to be raised in it.
    raises: bool,
}

impl Interior {
    const NEW: Self = Interior { depth: 0, waiting: 0, waits_plainly: false, raises: false };
}

/// Whose waker is polled with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Nobody,
    /// The own one of the task that runs.
    Task,
    Waker,
}

/// Which waker it is that a context has, to be compared with others without asking anybody.
#[derive(Clone, Copy)]
struct Identity {
    data: *const (),
    table: *const RawWakerVTable,
}

impl Identity {
    const NOBODY: Self = Identity { data: ptr::null(), table: ptr::null() };

    #[inline]
    fn of(waker: &Waker) -> Self {
        Identity { data: waker.data(), table: waker.vtable() }
    }

    /// [`waker::is_same`], where that is easily seen.
    #[inline]
    fn is_clearly(self, waker: &Waker) -> bool {
        ptr::eq(self.data, waker.data()) && ptr::eq(self.table, waker.vtable())
    }
}

impl Current {
    /// What is polled with, for a coroutine, which has no context. One that somebody resumes by hand has nothing to be woken
    /// with. The task's own waker is not cloned, which would be an atomic operation.
    fn polling(&self) -> Polling {
        match self.polled_by.get() {
            By::Task => self.own.get().map_or(Polling::Nobody, Polling::Task),
            By::Waker => self.waker.get().map_or(Polling::Nobody, Polling::Waker),
            By::Nobody => Polling::Nobody,
        }
    }

    #[inline]
    fn is_polled_with(&self, waker: &Waker) -> bool {
        match self.polled_by.get() {
            By::Nobody => waker::is_same(waker::nobody(), waker),
            By::Task => self.is_own(waker),
            By::Waker => {
                let is_it = |other: Option<&Waker>| other.is_some_and(|other| waker::is_same(other, waker));
                self.polled_with.get().is_clearly(waker) || self.waker.look(is_it)
            }
        }
    }

    /// Whether it is the one that tasks are polled with now.
    fn is_own(&self, waker: &Waker) -> bool {
        self.own.look(|own| own.is_some_and(|own| waker::is_same(&own.waker, waker)))
    }

    fn set_own(&self, own: &Rc<OwnWaker>) {
        self.polled_with.set(Identity::of(&own.waker));
        let before = self.own.take();
        self.own.put(Some(Rc::clone(own)));
        drop(before);
    }

    /// Leaves a coroutine.
    #[inline]
    fn end(&self, inside: &Inside) {
        if inside.has(Inside::ELSEWHERE) {
            return self.pop();
        }
        let mut interior = self.interior.get();
        interior.depth -= 1;
        self.interior.set(interior);
    }

    /// The same where it waits, and is not elsewhere.
    #[inline]
    fn end_waiting(&self) {
        let mut interior = self.interior.get();
        interior.depth -= 1;
        if interior.depth == 0 {
            interior.waiting = interior.waiting << 1 | 1;
        }
        self.interior.set(interior);
    }

    /// Where a coroutine waits.
    #[inline]
    fn waits_at(&self, position: Position) {
        if self.position.get().is_some() {
            self.note();
        }
        self.position.set(Some(position));
    }

    /// Has the task that runs know where its coroutines stand.
    #[cold]
    #[inline(never)]
    fn note(&self) {
        let position = self.position.take();
        self.task.look(|task| {
            if let Some(task) = task {
                task.core().waits_at(position);
            }
        });
    }

    /// Puts the task that runs into the ready queue, if it has given up its turn.
    #[cold]
    #[inline(never)]
    fn schedule_turn(&self) {
        if let (Some(task), Some(event_loop)) = (self.task.get(), self.event_loop.get())
            && event_loop.takes_turn()
        {
            end_of_turn(task.core(), || Rc::clone(&task), &event_loop);
        }
    }

    fn take(&self) -> State {
        let raised = self.take_raised();
        State {
            task: self.task.take(),
            own: self.own.take(),
            is_debugged: self.is_debugged.get(),
            event_loop: self.event_loop.take(),
            polled_by: self.polled_by.replace(By::Nobody),
            awaited: self.awaited.take(),
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
        self.note();
        self.schedule_turn();
        let outer = Box::new(self.take());
        self.outer.put(Some(outer));
    }

    /// Goes where the same task polls with another waker, or nobody does.
    #[cold]
    #[inline(never)]
    fn push_polled_with(&self, waker: &Waker) {
        let waker = waker.clone();
        let (task, own, event_loop) = (self.task.get(), self.own.get(), self.event_loop.get());
        let awaited = self.awaited.get();
        self.push();
        self.awaited.put(awaited);
        self.task.put(task);
        self.own.put(own);
        self.event_loop.put(event_loop);
        self.polled_by.set(By::Waker);
        self.polled_with.set(Identity::of(&waker));
        self.waker.put(Some(waker));
    }

    /// Goes back to whoever was current before, and drops what is left.
    #[cold]
    #[inline(never)]
    fn pop(&self) {
        let mut left = self.take();
        if let Some(outer) = left.outer.take() {
            let State {
                task,
                own,
                event_loop,
                is_debugged,
                waker,
                polled_by,
                awaited,
                polled_with,
                interior,
                raised,
                outer,
            } = *outer;
            self.task.put(task);
            self.own.put(own);
            self.event_loop.put(event_loop);
            self.polled_by.set(polled_by);
            self.awaited.put(awaited);
            self.is_debugged.set(is_debugged);
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
    own: Option<Rc<OwnWaker>>,
    event_loop: Option<EventLoop>,
    is_debugged: bool,
    polled_by: By,
    awaited: Option<Rc<dyn Awaited>>,
    waker: Option<Waker>,
    polled_with: Identity,
    interior: Interior,
    raised: Option<Exception>,
    outer: Option<Box<State>>,
}

/// Not [`LocalKey::with`](std::thread::LocalKey::with), which is a call; nothing of this is ever gone.
#[inline(always)]
fn with<R>(look: impl FnOnce(&Current) -> R) -> R {
    match CURRENT.try_with(look) {
        Ok(result) => result,
        Err(_) => unreachable!("coframe: nothing is dropped with the thread"),
    }
}

thread_local! {
    static CURRENT: Current = const {
        Current {
            task: Place::empty(),
            own: Place::empty(),
            event_loop: Place::empty(),
            polled_by: Cell::new(By::Nobody),
            is_debugged: Cell::new(false),
            waker: Place::empty(),
            polled_with: Cell::new(Identity::NOBODY),
            awaited: Place::empty(),
            raised: Place::empty(),
            interior: Cell::new(Interior::NEW),
            position: Cell::new(None),
            outer: Place::empty(),
        }
    };
}

/// Has it raised in the task that was entered.
pub(super) fn raise(raised: Exception) {
    with(|current| current.raise(Some(raised)));
}

/// Where a loop begins to run tasks, which are polled with this. Returns whether somebody was current, to be told at the
/// [end].
pub(super) fn begin(event_loop: &EventLoop, own: &Rc<OwnWaker>) -> bool {
    with(|current| {
        let has_outer = current.polled_by.get() != By::Nobody || current.event_loop.look(|it| it.is_some());
        if has_outer {
            current.push();
        }
        current.event_loop.put(Some(event_loop.clone()));
        current.set_own(own);
        has_outer
    })
}

/// Has tasks polled with another waker from now on, the one that runs too.
pub(super) fn set_own(own: &Rc<OwnWaker>) {
    with(|current| current.set_own(own));
}

/// The end of that.
pub(super) fn end(has_outer: bool) {
    with(|current| if has_outer { current.pop() } else { drop(current.take()) });
}

/// Makes `task` the one that runs, until it is [left](leave).
#[inline]
pub(super) fn enter(task: Rc<dyn AnyTask>, is_debugged: bool) {
    with(|current| {
        current.polled_by.set(By::Task);
        current.task.put(Some(task));
        current.is_debugged.set(is_debugged);
    });
}

/// What the task waited for that was entered.
#[inline]
pub(super) fn set_awaited(awaited: Option<Rc<dyn Awaited>>) {
    with(|current| current.awaited.put(awaited));
}

/// It is not in its place meanwhile.
pub(super) fn look_at_awaited<R>(look: impl FnOnce(Option<&Rc<dyn Awaited>>) -> R) -> R {
    with(|current| current.awaited.look(look))
}

/// Drops it, outside of its place: it may be the last handle on a promise.
#[inline]
pub(super) fn forget_awaited() {
    drop(with(|current| current.awaited.take()));
}

/// Nobody is current any more.
#[inline]
pub(super) fn leave(core: &Core, event_loop: &EventLoop) {
    with(|current| {
        if let Some(position) = current.position.take() {
            core.waits_at(Some(position));
        }
        if current.interior.get().raises {
            drop(current.take_raised());
        }
        current.polled_by.set(By::Nobody);
        current.interior.set(Interior::NEW);
        let task = current.task.take();
        if event_loop.takes_turn()
            && let Some(task) = task
        {
            end_of_turn(core, || task, event_loop);
        }
    });
}

/// Puts a task that has given up its turn into the ready queue, if it is not there.
#[inline(always)]
fn end_of_turn(core: &Core, task: impl FnOnce() -> Rc<dyn AnyTask>, event_loop: &EventLoop) {
    if !core.flags.has(Flags::SCHEDULED) {
        core.flags.set(Flags::SCHEDULED, true);
        event_loop.schedule_turn(task());
    }
}

/// Puts the task that runs into the ready queue, if it has given up its turn: before anything else comes there.
#[cold]
pub(crate) fn schedule_turn() {
    with(Current::schedule_turn);
}

/// Has the task that runs know where its coroutines stand.
pub(super) fn note() {
    with(Current::note);
}

/// Whether the future of the task that was entered waits in one coroutine and for nothing else; and whether there is
/// something that was to be raised in it and that nobody has taken.
#[inline]
pub(super) fn suspended() -> (bool, bool) {
    with(|current| {
        let Interior { waiting, waits_plainly, raises, .. } = current.interior.get();
        (waiting == 1 && !waits_plainly, raises)
    })
}

/// What has become of the future that was polled: that of the task that was entered, or one inside of it.
#[inline]
pub(super) fn polled(poll: Poll<()>) -> Polled<()> {
    with(|current| current.polled(poll))
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
    with(|current| current.task.get())
}

/// The task that polls, if it does so with its own waker.
pub(crate) fn task_polling(context: &Context<'_>) -> Option<Rc<dyn AnyTask>> {
    with(|current| {
        let task = current.task.get()?;
        let is_clear = current.polled_by.get() == By::Task && current.polled_with.get().is_clearly(context.waker());
        if is_clear || current.is_own(context.waker()) { Some(task) } else { None }
    })
}

/// Takes note of a promise that is waited for.
pub(crate) fn waits_for_promise() {
    with(|current| {
        let mut interior = current.interior.get();
        interior.waits_plainly |= interior.depth == 0;
        current.interior.set(interior);
    });
}

/// While it lives a coroutine runs as a future. It is a set of the constants.
pub(super) struct Inside(u32);

// What is `inline(never)` here: see `Outer`.
impl Inside {
    /// The task that runs polls it, with its own waker.
    const BY_TASK: u32 = 1;
    /// Another executor polls it, or a part of the current future that has a waker of its own.
    const ELSEWHERE: u32 = 1 << 1;
    /// The loop of that task is in debug mode.
    const DEBUGGED: u32 = 1 << 2;
    /// There is something to be raised in it.
    const RAISES: u32 = 1 << 3;

    #[inline]
    fn has(&self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    /// Enters a coroutine, and gives what is to be raised in it.
    #[inline]
    pub(super) fn enter(context: &Context<'_>) -> (Self, Option<Exception>) {
        let inside = Inside::begin(context.waker());
        let raised = if inside.has(Inside::RAISES) { Inside::raised() } else { None };
        (inside, raised)
    }

    #[inline(never)]
    fn begin(waker: &Waker) -> Inside {
        with(|current| {
            if current.polled_by.get() != By::Task || !current.polled_with.get().is_clearly(waker) {
                return Inside::begin_elsewhere(waker);
            }
            let mut interior = current.interior.get();
            interior.depth += 1;
            current.interior.set(interior);
            let debugged = if current.is_debugged.get() { Inside::DEBUGGED } else { 0 };
            let raises = if interior.depth == 1 && interior.raises { Inside::RAISES } else { 0 };
            Inside(Inside::BY_TASK | debugged | raises)
        })
    }

    #[cold]
    #[inline(never)]
    fn begin_elsewhere(waker: &Waker) -> Inside {
        with(|current| {
            if !current.is_polled_with(waker) {
                current.push_polled_with(waker);
                current.interior.set(Interior { depth: 1, ..Interior::NEW });
                return Inside(Inside::ELSEWHERE);
            }
            let mut interior = current.interior.get();
            interior.depth += 1;
            current.interior.set(interior);
            let by = match current.polled_by.get() {
                By::Task if current.is_debugged.get() => Inside::BY_TASK | Inside::DEBUGGED,
                By::Task => Inside::BY_TASK,
                By::Waker | By::Nobody => 0,
            };
            Inside(by | if interior.depth == 1 && interior.raises { Inside::RAISES } else { 0 })
        })
    }

    #[cold]
    fn raised() -> Option<Exception> {
        with(Current::take_raised)
    }

    /// The task that polls it, with its own waker.
    pub(super) fn task(&self) -> Option<Rc<dyn AnyTask>> {
        if self.has(Inside::BY_TASK) { any_task() } else { None }
    }

    /// Leaves it because it waits in a coroutine, of which the frames are known or not, for its next turn or for
    /// something else that wakes it.
    #[inline]
    pub(super) fn wait_in(self, coroutine: Option<&dyn Inspectable>, turn: Option<&Waker>) {
        // It is done at each wait, and looking into delegates takes its time.
        let position = if self.has(Inside::DEBUGGED) {
            self.note_delegates(coroutine);
            None
        } else {
            coroutine.and_then(Inspectable::outermost)
        };
        self.wait_at(position, turn);
    }

    #[cold]
    #[inline(never)]
    fn note_delegates(&self, coroutine: Option<&dyn Inspectable>) {
        if let (Some(task), Some(coroutine)) = (self.task(), coroutine) {
            note();
            task.core().waits_in(coroutine);
        }
    }

    /// The same, at a suspension point that is known or not.
    #[inline]
    pub(super) fn wait_at(self, position: Option<Position>, turn: Option<&Waker>) {
        match turn {
            None => self.end_waiting(position),
            Some(waker) => self.end_turn(position, waker),
        }
    }

    #[inline(never)]
    fn end_waiting(self, position: Option<Position>) {
        with(|current| {
            if self.has(Inside::BY_TASK)
                && let Some(position) = position
            {
                current.waits_at(position);
            }
            if self.has(Inside::ELSEWHERE) {
                current.pop();
            } else {
                current.end_waiting();
            }
        });
        mem::forget(self);
    }

    /// Has whoever polls it poll again, in the next pass.
    #[inline(never)]
    fn end_turn(self, position: Option<Position>, waker: &Waker) {
        let is_usual = with(|current| {
            let (Inside::BY_TASK, Some(position), None) = (self.0, position, current.position.get()) else {
                return false;
            };
            // The task comes into the queue at the end of the step, or before anything else does.
            if !current.event_loop.look(|event_loop| event_loop.is_some_and(EventLoop::give_up_turn)) {
                return false;
            }
            current.position.set(Some(position));
            current.end_waiting();
            true
        });
        if is_usual {
            mem::forget(self);
        } else {
            self.end_unusual_turn(position, waker);
        }
    }

    #[cold]
    #[inline(never)]
    fn end_unusual_turn(self, position: Option<Position>, waker: &Waker) {
        if self.has(Inside::BY_TASK) {
            // Taken out of its place, because letters are foreign code.
            if let Some(event_loop) = with(|current| current.event_loop.get()) {
                event_loop.give_up_turn_after_letters();
            }
        } else {
            waker.wake_by_ref();
        }
        self.end_waiting(position);
    }

    #[inline(never)]
    fn end(&self) {
        with(|current| current.end(self));
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        self.end();
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
    let task = with(|current| if current.polled_by.get() == By::Task { current.task.get() } else { None });
    task?.core().passed_on()
}

/// Polls a future that a coroutine awaits, with the waker of that, and raises an exception in the coroutine in which it
/// waits.
pub(crate) fn poll_awaited<T>(raised: Option<Exception>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Polled<T> {
    let polling = with(Current::polling);
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
        with(|current| {
            let is_elsewhere = !current.is_polled_with(waker);
            if is_elsewhere {
                current.push_polled_with(waker);
            }
            let replaced = current.take_raised();
            current.raise(Some(raised));
            Raising { replaced, is_elsewhere }
        })
    }

    fn end(mut self) -> Option<Exception> {
        with(|current| {
            let not_taken = current.take_raised();
            current.raise(self.replaced.take());
            not_taken
        })
    }
}

impl Drop for Raising {
    fn drop(&mut self) {
        if self.is_elsewhere {
            with(Current::pop);
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
        with(|current| {
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
        with(|current| {
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
    Task(Rc<OwnWaker>),
    Waker(Waker),
    Nobody,
}

impl Polling {
    fn waker(&self) -> &Waker {
        match self {
            Polling::Task(own) => &own.waker,
            Polling::Waker(waker) => waker,
            Polling::Nobody => waker::nobody(),
        }
    }
}

/// Has whoever polls a coroutine wait for a promise that is not done. `Err` where it cannot be waited for.
#[inline(never)]
pub(crate) fn wait_for(awaited: Rc<dyn Awaited>) -> Result<(), Exception> {
    match with(|current| if current.polled_by.get() == By::Task { current.task.get() } else { None }) {
        Some(task) => wait_as(task, &awaited),
        None => match poll_done(&awaited, &mut Context::from_waker(with(Current::polling).waker())) {
            Poll::Ready(Err(exception)) => Err(exception),
            Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
        },
    }
}

/// One step of a delegate that waits for a promise, or for what is done when one is: it raises what that fails with.
pub(crate) fn advance<T>(future: Pin<&mut impl Future<Output = Result<T, Exception>>>) -> Resumed<Awaitable, T> {
    let polling = with(Current::polling);
    match future.poll(&mut Context::from_waker(polling.waker())) {
        Poll::Ready(result) => result.map(Step::Returned),
        Poll::Pending => Ok(Step::Yielded(Awaitable(Kind::Wake))),
    }
}
