//! Who is being polled: the task that runs, the waker of what is awaited now, and what is to be raised there.
//!
//! A coroutine is resumed without a [`Context`], so that what it awaits finds its waker here. And a future is polled
//! without a [`Signal`](crate::Signal), so that a coroutine that runs as a future finds here what is raised in it.
//!
//! All of it changes with every step of a task. So what is asked for most is plain data in cells; nothing is dropped with
//! the thread, because guards have taken everything out by then; and what is rarely there has a flag that says so.

mod awaited;
mod inside;
mod interior;

use std::cell::Cell;
use std::ptr;
use std::rc::Rc;
use std::task::{Context, Poll, RawWakerVTable, Waker};

pub(super) use self::awaited::poll_inside;
pub(crate) use self::awaited::{Polled, advance, cancellation, poll_awaited, poll_raising, wait_as, wait_for};
pub(super) use self::inside::Inside;

use self::awaited::Polling;
use self::interior::{By, Interior};
use super::core::Position;
use super::flags::{Before, Flags};
use super::place::Place;
use super::waker::{self, OwnWaker};
use super::{AnyTask, Core, TaskHandle};
use crate::Exception;
use crate::event_loop::EventLoop;
use crate::promise::{Awaited, let_go};

pub(super) struct Current {
    task: Place<Rc<dyn AnyTask>>,
    /// What tasks are polled with now.
    own: Place<Rc<OwnWaker>>,
    /// Their loop.
    event_loop: Place<EventLoop>,
    /// Set where something else than the task's own waker is to be woken: another executor, or a future that polls its
    /// parts with wakers of its own.
    waker: Place<Waker>,
    /// Which waker it is that is polled with. Between two tasks, that of both.
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

/// Which waker it is that a context has, to be compared with others without asking anybody.
#[derive(Clone, Copy)]
struct Identity {
    /// Where it stands, if it stays there: nothing else can be there.
    at: *const Waker,
    data: *const (),
    table: *const RawWakerVTable,
}

impl Identity {
    const NOBODY: Self = Identity { at: ptr::null(), data: ptr::null(), table: ptr::null() };

    #[inline]
    fn of(waker: &Waker) -> Self {
        Identity { at: ptr::null(), data: waker.data(), table: waker.vtable() }
    }

    /// Of one that stays in its place for as long as it is polled with.
    fn in_place(waker: &Waker) -> Self {
        Identity { at: waker, ..Identity::of(waker) }
    }

    /// Whether it is the very same.
    #[inline]
    fn is_at(self, waker: &Waker) -> bool {
        ptr::eq(self.at, waker)
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
        match self.interior.get().by() {
            By::Task => self.own.get().map_or(Polling::Nobody, Polling::Task),
            By::Waker => self.waker.get().map_or(Polling::Nobody, Polling::Waker),
            By::Nobody => Polling::Nobody,
        }
    }

    #[inline]
    fn is_polled_with(&self, waker: &Waker) -> bool {
        match self.interior.get().by() {
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

    /// Has tasks polled with another waker from now on, the one that runs too.
    pub(super) fn set_own(&self, own: &Rc<OwnWaker>) {
        self.polled_with.set(Identity::in_place(&own.waker));
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
        self.interior.set(self.interior.get().shallower());
    }

    /// The same where it waits, and is not elsewhere.
    #[inline]
    fn end_waiting(&self) {
        self.interior.set(self.interior.get().waiting());
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
            event_loop: self.event_loop.take(),
            awaited: self.awaited.take(),
            waker: self.waker.take(),
            polled_with: self.polled_with.replace(Identity::NOBODY),
            interior: self.interior.replace(Interior::NOBODY),
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
        self.interior.set(Interior::ELSEWHERE);
        self.polled_with.set(Identity::of(&waker));
        self.waker.put(Some(waker));
    }

    /// Goes back to whoever was current before, and drops what is left.
    #[cold]
    #[inline(never)]
    fn pop(&self) {
        let mut left = self.take();
        if let Some(outer) = left.outer.take() {
            let State { task, own, event_loop, waker, awaited, polled_with, interior, raised, outer } = *outer;
            self.task.put(task);
            self.own.put(own);
            self.event_loop.put(event_loop);
            self.awaited.put(awaited);
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
            self.interior.set(self.interior.get().raising(true));
            self.raised.put(raised);
        }
    }

    /// What is to be raised, if nobody has taken it.
    #[inline]
    fn take_raised(&self) -> Option<Exception> {
        let interior = self.interior.get();
        if !interior.raises() {
            return None;
        }
        self.interior.set(interior.raising(false));
        self.raised.take()
    }

    /// What has become of the future that was polled.
    #[inline]
    fn polled<T>(&self, poll: Poll<T>) -> Polled<T> {
        let not_taken = self.take_raised();
        self.interior.get().polled(poll, not_taken)
    }
}

/// All of [`Current`], while it is not that.
struct State {
    task: Option<Rc<dyn AnyTask>>,
    own: Option<Rc<OwnWaker>>,
    event_loop: Option<EventLoop>,
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
            waker: Place::empty(),
            polled_with: Cell::new(Identity::NOBODY),
            awaited: Place::empty(),
            raised: Place::empty(),
            interior: Cell::new(Interior::NOBODY),
            position: Cell::new(None),
            outer: Place::empty(),
        }
    };
}

/// Has it raised in the task that was entered.
pub(super) fn raise(raised: Exception) {
    with(|current| current.raise(Some(raised)));
}

/// Lets a loop have what is current in its thread, for as long as it runs.
#[inline]
pub(super) fn lend<R>(run: impl FnOnce(&Current) -> R) -> R {
    with(run)
}

/// What a loop does with it.
impl Current {
    /// Where a loop begins to run tasks, which are polled with this. Returns whether somebody was current, to be told at the
    /// [end](Current::stop).
    pub(super) fn begin(&self, event_loop: &EventLoop, own: &Rc<OwnWaker>) -> bool {
        let has_outer = self.interior.get().by() != By::Nobody || self.event_loop.look(|it| it.is_some());
        if has_outer {
            self.push();
        }
        self.event_loop.put(Some(event_loop.clone()));
        self.set_own(own);
        has_outer
    }

    /// The end of that.
    pub(super) fn stop(&self, has_outer: bool) {
        if has_outer { self.pop() } else { drop(self.take()) }
    }

    /// Makes `task` the one that runs, until it is [left](Current::leave).
    #[inline]
    pub(super) fn enter(&self, task: Rc<dyn AnyTask>, is_debugged: bool) {
        self.interior.set(if is_debugged { Interior::DEBUGGED_STEP } else { Interior::STEP });
        self.task.put(Some(task));
    }

    /// What the task waited for that was entered.
    #[inline]
    pub(super) fn set_awaited(&self, awaited: Option<Rc<dyn Awaited>>) {
        self.awaited.put(awaited);
    }

    /// Drops it, outside of its place: it may be the last handle on a promise.
    #[inline]
    pub(super) fn forget_awaited(&self) {
        if let Some(awaited) = self.awaited.take() {
            let_go(awaited);
        }
    }

    /// Whether the future of the task that was entered waits in one coroutine and for nothing else; and whether there is
    /// something that was to be raised in it and that nobody has taken.
    #[inline]
    pub(super) fn suspended(&self) -> (bool, bool) {
        let interior = self.interior.get();
        (interior.waits_in_coroutine(), interior.raises())
    }

    /// The end of a step in which nothing but the usual has happened and in which the task has come to wait in one
    /// coroutine: what was true before. `None` if that is not so, and nothing was done.
    #[inline]
    pub(super) fn end_usual_step(&self, core: &Core) -> Option<Before> {
        if self.interior.get().waits_as_usual() { core.flags.end_usual_step() } else { None }
    }

    /// Whether nothing has happened since.
    #[inline]
    pub(super) fn is_at_usual_end(&self, core: &Core) -> bool {
        self.interior.get().waits_as_usual() && core.flags.are_of_usual_end()
    }

    /// The same as [`leave`](Current::leave) then.
    #[inline(always)]
    pub(super) fn leave_as_usual(&self, core: &Core, event_loop: &EventLoop) {
        self.interior.set(Interior::NOBODY);
        let task = self.task.take();
        let gives_up_turn = event_loop.takes_turn();
        core.waits_as_usual(self.position.take(), gives_up_turn);
        if gives_up_turn && let Some(task) = task {
            event_loop.schedule_turn(task);
        }
    }

    /// Nobody is current any more.
    #[inline]
    pub(super) fn leave(&self, core: &Core, event_loop: &EventLoop) {
        if let Some(position) = self.position.take() {
            core.waits_at(Some(position));
        }
        if self.interior.get().raises() {
            drop(self.take_raised());
        }
        self.interior.set(Interior::NOBODY);
        let task = self.task.take();
        if event_loop.takes_turn()
            && let Some(task) = task
        {
            end_of_turn(core, || task, event_loop);
        }
    }
}

/// It is not in its place meanwhile.
pub(super) fn look_at_awaited<R>(look: impl FnOnce(Option<&Rc<dyn Awaited>>) -> R) -> R {
    with(|current| current.awaited.look(look))
}

/// Drops it, outside of its place: it may be the last handle on a promise.
pub(super) fn forget_awaited() {
    with(Current::forget_awaited);
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

/// What was to be raised in the task that was entered, if nobody has taken it.
#[inline]
pub(super) fn not_taken() -> Option<Exception> {
    with(Current::take_raised)
}

/// What has become of a future inside of that of the task that was entered.
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
        let is_clear = current.interior.get().by() == By::Task && current.polled_with.get().is_clearly(context.waker());
        if is_clear || current.is_own(context.waker()) { Some(task) } else { None }
    })
}
