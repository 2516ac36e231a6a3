//! A scope with a deadline. After CPython 3.13's `asyncio/timeouts.py`.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::IntoFuture;
use std::rc::Rc;
use std::time::Duration;

use super::{Limit, timed_out};
use crate::event_loop::{Delay, EventLoop, Handle, LoopError, TimerHandle};
use crate::{
    Awaitable, Exception, Generator, Machine, Scope, ScopeError, TaskHandle, TaskOutput, current_task, or_raise,
    try_yield_from,
};

/// A part of a task that has to be over at a deadline, which can be moved: asyncio's `Timeout`.
///
/// At the deadline the task is cancelled, once. If the cancellation comes out of the scope, and nobody else has asked
/// for one in the meantime, it leaves as a [`TimeoutError`](crate::TimeoutError) whose [`source`](Exception::source) is the cancellation. What
/// else comes out of it leaves as it is, a value too.
///
/// A clone is one more handle on the same scope, with which what runs in it, or another task, can ask for the deadline
/// and move it. [`run`](Timeout::run) is all that most need; where the deadline does not change,
/// [`timeout`](crate::timeout()) is shorter.
///
/// ```
/// use coframe::{Timeout, TimeoutError, sleep, try_yield_from, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn steps(scope: Timeout) {
///     for _ in 0..3 {
///         yield_from!(sleep(5.0));
///         scope.reschedule(scope.when().unwrap().as_secs_f64() + 1.0).unwrap(); // something was done, so one second more
///     }
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> bool {
///     let scope = Timeout::new(7.0);
///     let result = try_yield_from!(scope.run(steps(scope.clone())));
///     result.is_err_and(|e| e.is::<TimeoutError>()) && scope.expired()
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert!(event_loop.run_until_complete(program())?, "three steps take 15 seconds and have 9");
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # By hand
///
/// In a coroutine any block can be the scope, as `async with` makes it in Python: between [`enter`](Timeout::enter) and
/// [`exit`](Timeout::exit).
///
/// ```
/// use coframe::{Exception, Timeout, TimeoutError, attempt, or_raise, sleep, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn program() -> &'static str {
///     let scope = Timeout::new(1.0);
///     or_raise!(scope.enter());
///     let result = attempt! {
///         yield_from!(sleep(3600.0));
///         "slept"
///     };
///     match scope.exit(result) {
///         Err(e) if e.is::<TimeoutError>() => "too long",
///         other => or_raise!(other),
///     }
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert_eq!(event_loop.run_until_complete(program())?, "too long");
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// An `async` block has no place where a cancellation could be caught: there it is to be `run`.
#[derive(Clone)]
pub struct Timeout(Rc<Inner>);

struct Inner {
    state: Cell<State>,
    deadline: Cell<Deadline>,
    /// What will call [`expire`](Inner::expire); only while active.
    alarm: RefCell<Option<Alarm>>,
    /// The task that has entered, and how many cancellations it was asked for then.
    entered: RefCell<Option<(TaskHandle, usize)>>,
}

/// Goes on from one to one of the next: from active to finished where it is left in time, otherwise by way of expiring
/// to expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not entered.
    Created,
    /// The deadline can come, and can be moved.
    Active,
    /// The task was cancelled, and has not left the scope.
    Expiring,
    Expired,
    Finished,
}

#[derive(Clone, Copy)]
enum Deadline {
    /// So much later than it will be entered.
    After(Limit),
    /// A time of the loop.
    At(Limit),
}

/// A deadline that has passed already waits for its turn only.
enum Alarm {
    Soon(Handle),
    Later(TimerHandle),
}

impl Alarm {
    fn cancel(&self) {
        match self {
            Alarm::Soon(handle) => handle.cancel(),
            Alarm::Later(timer) => timer.cancel(),
        }
    }
}

impl Timeout {
    /// A scope that may take so long, from the moment at which it is entered; zero and less is no time at all, so that
    /// its first wait that takes a turn is its last.
    #[must_use]
    pub fn new(limit: impl Into<Limit>) -> Self {
        Timeout::with(Deadline::After(limit.into()))
    }

    /// A scope that has to be over when [`EventLoop::time`] is `when`, in seconds if it is a number.
    #[must_use]
    pub fn at(when: impl Into<Limit>) -> Self {
        Timeout::with(Deadline::At(when.into()))
    }

    fn with(deadline: Deadline) -> Self {
        Timeout(Rc::new(Inner {
            state: Cell::new(State::Created),
            deadline: Cell::new(deadline),
            alarm: RefCell::default(),
            entered: RefCell::default(),
        }))
    }

    /// Its deadline, as a time of the loop; zero if that is before the loop was there. `None` if it has none, or is not
    /// known yet: a scope with a delay gets it when it is entered.
    #[must_use]
    pub fn when(&self) -> Option<Duration> {
        match self.0.deadline.get() {
            Deadline::At(Limit(Some(when))) => when.since_epoch().ok(),
            Deadline::At(Limit(None)) | Deadline::After(_) => None,
        }
    }

    /// Moves the deadline to this time of the loop, in seconds if it is a number; [`Limit::NONE`] takes it away. What is
    /// in the past comes in the next pass.
    ///
    /// # Errors
    ///
    /// [`ScopeError::NotEntered`]; [`ScopeError::Expiring`] and [`ScopeError::Expired`] if its deadline has come, and
    /// [`ScopeError::Over`] if it was left before; the
    /// [`NotANumber`](LoopError::NotANumber) of the loop. The deadline stays as it is.
    pub fn reschedule(&self, when: impl Into<Limit>) -> Result<(), Exception> {
        match self.0.state.get() {
            State::Active => self.0.set_alarm(when.into()),
            State::Created => Err(ScopeError::NotEntered(Scope::Timeout).into()),
            State::Expiring => Err(ScopeError::Expiring.into()),
            State::Expired => Err(ScopeError::Expired.into()),
            State::Finished => Err(ScopeError::Over(Scope::Timeout).into()),
        }
    }

    /// Whether its deadline came before it was left.
    #[must_use]
    pub fn expired(&self) -> bool {
        matches!(self.0.state.get(), State::Expiring | State::Expired)
    }

    /// Begins the scope in the task that runs: `__aenter__`.
    ///
    /// # Errors
    ///
    /// [`ScopeError::AlreadyEntered`], [`ScopeError::OutsideTask`], and the [`NotANumber`](LoopError::NotANumber) of the
    /// loop.
    pub fn enter(&self) -> Result<(), Exception> {
        if self.0.state.get() != State::Created {
            return Err(ScopeError::AlreadyEntered(Scope::Timeout).into());
        }
        let task = current_task().ok_or(ScopeError::OutsideTask(Scope::Timeout))?;
        let when = match self.0.deadline.get() {
            Deadline::At(when) => when,
            Deadline::After(Limit(None)) => Limit::NONE,
            Deadline::After(Limit(Some(delay))) => event_loop_of(&task)?.time_after(delay)?.into(),
        };
        let cancelling = task.cancelling();
        self.0.entered.replace(Some((task, cancelling)));
        self.0.set_alarm(when)?;
        self.0.state.set(State::Active);
        Ok(())
    }

    /// Ends the scope with what came out of it, and gives what is to leave it: `__aexit__`. It is to be called by the task
    /// that has entered.
    ///
    /// # Errors
    ///
    /// That of `result`; a [`TimeoutError`](crate::TimeoutError) in the place of the cancellation that the deadline has brought;
    /// [`ScopeError::NotEntered`], and [`ScopeError::Expired`] or [`ScopeError::Over`] if it was left already.
    pub fn exit<T>(&self, result: Result<T, Exception>) -> Result<T, Exception> {
        let alarm = self.0.alarm.take();
        if let Some(alarm) = alarm {
            alarm.cancel();
        }
        let misuse = match self.0.state.get() {
            State::Active => {
                self.0.state.set(State::Finished);
                return result;
            }
            State::Expiring => {
                self.0.state.set(State::Expired);
                let is_own = self.0.take_back();
                return result.map_err(|exception| if is_own { timed_out(exception) } else { exception });
            }
            State::Created => ScopeError::NotEntered(Scope::Timeout),
            State::Expired => ScopeError::Expired,
            State::Finished => ScopeError::Over(Scope::Timeout),
        };
        Err(match result {
            Ok(_) => misuse.into(),
            Err(exception) => Exception::from(misuse).with_source(exception),
        })
    }

    /// Runs `body` in this scope, in the same task: `async with`. What it gives is a coroutine, and so also a future.
    ///
    /// At the deadline the cancellation is raised where `body` waits, if that is in a coroutine; any other future is
    /// dropped.
    ///
    /// # Errors
    ///
    /// What it gives fails as [`enter`](Timeout::enter) and [`exit`](Timeout::exit) do.
    pub fn run<F>(
        &self,
        body: F,
    ) -> Generator<impl Machine<(), Yield = Awaitable, Return = <F::Output as TaskOutput>::Value> + use<F>>
    where
        F: IntoFuture<Output: TaskOutput>,
    {
        run(self.clone(), body)
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
pub(super) fn run<F>(scope: Timeout, body: F) -> <F::Output as TaskOutput>::Value
where
    F: IntoFuture<Output: TaskOutput>,
{
    or_raise!(scope.enter());
    // It is closed at this place too, when its future is dropped.
    let result = try_yield_from!(body).and_then(TaskOutput::into_result);
    or_raise!(scope.exit(result))
}

impl Inner {
    /// The task has entered.
    fn set_alarm(self: &Rc<Self>, when: Limit) -> Result<(), Exception> {
        let alarm = match when.0 {
            None => None,
            Some(when) => Some(self.alarm_at(when)?),
        };
        self.deadline.set(Deadline::At(when));
        let before = self.alarm.replace(alarm);
        if let Some(before) = before {
            before.cancel();
        }
        Ok(())
    }

    fn alarm_at(self: &Rc<Self>, when: Delay) -> Result<Alarm, Exception> {
        let Some((task, _)) = self.entered.borrow().clone() else {
            return Err(ScopeError::NotEntered(Scope::Timeout).into());
        };
        let event_loop = event_loop_of(&task)?;
        let scope = Rc::downgrade(self);
        let expire = move || scope.upgrade().map_or((), |scope| scope.expire());
        Ok(if event_loop.has_come(when)? {
            Alarm::Soon(event_loop.call_soon(expire)?)
        } else {
            Alarm::Later(event_loop.call_at(when, expire)?)
        })
    }

    /// The deadline is there.
    fn expire(&self) {
        let entered = self.entered.borrow().clone();
        let Some((task, _)) = entered else { return };
        self.state.set(State::Expiring);
        drop(self.alarm.take());
        task.cancel();
    }

    /// Takes back the request to cancel the task. Whether there is no other one since it has entered.
    fn take_back(&self) -> bool {
        let entered = self.entered.take();
        entered.is_some_and(|(task, cancelling)| task.uncancel() <= cancelling)
    }
}

impl fmt::Debug for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.state.get() {
            State::Created => f.write_str("<Timeout [created]>"),
            State::Active => match self.when() {
                Some(when) => write!(f, "<Timeout [active] when={when:?}>"),
                None => f.write_str("<Timeout [active] when=None>"),
            },
            State::Expiring => f.write_str("<Timeout [expiring]>"),
            State::Expired => f.write_str("<Timeout [expired]>"),
            State::Finished => f.write_str("<Timeout [finished]>"),
        }
    }
}

/// Nobody is left who could leave it.
impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(alarm) = self.alarm.get_mut() {
            alarm.cancel();
        }
    }
}

fn event_loop_of(task: &TaskHandle) -> Result<&EventLoop, LoopError> {
    task.event_loop().ok_or(LoopError::NotRunning)
}
