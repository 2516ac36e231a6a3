//! Who is being polled: the task that runs, the waker of what is awaited now, and what is to be raised there.
//!
//! A coroutine is resumed without a [`Context`], so that what it awaits finds its waker here. And a future is polled
//! without a [`Signal`](crate::Signal), so that a coroutine that runs as a future finds here what is raised in it.
//!
//! All of it changes with every step of a task. So what is asked for most is plain data in cells; nothing is dropped with
//! the thread, because guards have taken everything out by then; and what is rarely there has a flag that says so.

mod awaited;
mod inside;

use std::cell::Cell;
use std::ptr;
use std::rc::Rc;
use std::task::{Context, Poll, RawWakerVTable, Waker};

pub(super) use self::awaited::poll_inside;
pub(crate) use self::awaited::{Polled, advance, cancellation, poll_awaited, poll_raising, wait_for};
pub(super) use self::inside::Inside;

use self::awaited::Polling;
use super::core::Position;
use super::flags::Flags;
use super::place::Place;
use super::waker::{self, OwnWaker};
use super::{AnyTask, Core, TaskHandle};
use crate::Exception;
use crate::event_loop::EventLoop;
use crate::promise::Awaited;

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
