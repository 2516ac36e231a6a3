//! The event loop: callbacks run one after the other in one thread, in asyncio's order of execution.
//!
//! An [`EventLoop`] runs what is ready in passes, each of which is a batch of callbacks; sleeps until the next timer
//! is due where nothing is; and is woken by other threads through a [`RemoteHandle`]. Where a name is asyncio's, so is
//! the behaviour ([CPython 3.13]), with three differences: callbacks with equal deadlines run in the order in which
//! they were scheduled, a misuse is an `Err` with a [`LoopError`], and what a thread must not touch it cannot have.
//!
//! ```
//! use coframe::event_loop::EventLoop;
//!
//! let event_loop = EventLoop::new()?;
//! let stopping = event_loop.clone();
//! event_loop.call_later(0.01, move || stopping.stop())?;
//! event_loop.call_soon(|| println!("first"))?;
//! event_loop.call_soon(|| println!("second"))?;
//! event_loop.run_forever()?;
//! # Ok::<(), coframe::Exception>(())
//! ```
//!
//! Most programs have tasks and no callbacks: [`run`](crate::run) makes a loop, and [`spawn`](crate::spawn) a task in it.
//!
//! [CPython 3.13]: https://docs.python.org/3.13/library/asyncio-eventloop.html

mod ahead;
mod clock;
mod deposits;
mod error;
mod function;
mod handle;
mod inbox;
mod outcome;
mod reactor;
mod ready;
mod report;
mod reused;
mod run;
#[cfg(unix)]
pub(crate) mod signals;
mod spare;
#[cfg(test)]
mod tests;
mod timers;
mod with_context;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::env;
use std::fmt;
use std::panic::Location;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::clock::Delay;
pub use self::error::LoopError;
pub(crate) use self::handle::Runnable;
pub use self::handle::{Handle, TimerHandle};
pub use self::inbox::RemoteHandle;
pub(crate) use self::inbox::{Inbox, Letter};
pub use self::outcome::Outcome;
pub use self::report::{ExceptionHandler, Origin, Report};
pub(crate) use self::timers::Standing;

use self::clock::{Clock, Moment};
use self::deposits::Deposits;
use self::function::Function;
use self::handle::Callback;
use self::reactor::Reactor;
use self::ready::Ready;
use self::reused::Reused;
use self::spare::Spare;
use self::timers::Timers;
use crate::Exception;
use crate::context::Scope;
use crate::promise::Timing;
use crate::task::{Tasks, current};
use crate::threads::Crew;

/// A handle on an event loop. A clone is one more handle on the same loop, and equal to it.
///
/// A loop belongs to the thread that made it: a handle is not `Send`, so that asyncio's debug checks for calls from a
/// wrong thread have nothing to find here. Other threads get a [`RemoteHandle`].
///
/// ```compile_fail,E0277
/// # use coframe::event_loop::EventLoop;
/// let event_loop = EventLoop::new()?;
/// std::thread::spawn(move || event_loop.stop());
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone)]
pub struct EventLoop(Rc<Inner>);

/// A handle that does not keep the loop.
pub(crate) struct WeakEventLoop(Weak<Inner>);

impl WeakEventLoop {
    /// The loop, if there is any other handle left and it is not closed.
    pub(crate) fn upgrade(&self) -> Option<EventLoop> {
        self.0.upgrade().map(EventLoop).filter(|event_loop| !event_loop.is_closed())
    }

    pub(crate) fn is(&self, event_loop: &EventLoop) -> bool {
        self.0.as_ptr() == Rc::as_ptr(&event_loop.0)
    }
}

/// Nothing in here stays borrowed while foreign code runs or is dropped.
struct Inner {
    clock: Clock,
    reactor: Reactor,
    inbox: Arc<Inbox>,
    /// The queue in which letters came the last time, and which is empty now.
    read: RefCell<VecDeque<Letter>>,
    ready: Ready,
    timers: Timers,
    spare: Spare,
    reused: Reused,
    tasks: Tasks,
    deposits: Deposits,
    crew: Arc<Crew>,
    life: Cell<Life>,
    /// Whether the task that runs has given up its turn, and is to come into the ready queue before all else.
    turn_given_up: Cell<bool>,
    /// Whether the run is to end after the pass that it is in, or the next run after its first pass.
    stopping: Cell<bool>,
    /// `None` stands for the default one.
    handler: RefCell<Option<ExceptionHandler>>,
    debug: Cell<bool>,
    /// `SIGUSR1`, in debug mode.
    #[cfg(unix)]
    call_graph_signal: RefCell<Option<signals::Watch>>,
    slow_callback_duration: Cell<Duration>,
}

/// Where a loop stands. Every loop begins idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Callbacks can be scheduled, and the loop can be run and closed.
    Idle,
    /// One pass after the other, from the beginning of a run to its end, after which it is idle. It can neither be run
    /// nor closed.
    Running,
    /// For good. Nothing is scheduled, and nothing can be.
    Closed,
}

impl EventLoop {
    pub(crate) fn downgrade(&self) -> WeakEventLoop {
        WeakEventLoop(Rc::downgrade(&self.0))
    }

    /// A loop that does not run yet, with a monotonic clock that starts now.
    ///
    /// # Errors
    ///
    /// [`LoopError::Io`] if the operating system gives it nothing to wait with.
    pub fn new() -> Result<Self, Exception> {
        EventLoop::with_clock(Clock::Real(Instant::now()))
    }

    /// A loop whose clock stands still while callbacks run, and jumps to the next deadline when none is ready: hours
    /// pass at once, and the same program always sees the same times. For tests.
    ///
    /// Functions that it runs in threads, with [`to_thread`](crate::to_thread) or
    /// [`run_in_executor`](EventLoop::run_in_executor), take no time: the clock stands still until they are over. Other
    /// threads are not waited for while a timer is left. Where no timer is left and there is a [`RemoteHandle`] or a
    /// [`RemotePromise`](crate::RemotePromise), the loop sleeps until something comes from it. Where there is none either,
    /// running it is an error, [`LoopError::Deadlock`], because it would sleep forever.
    ///
    /// ```
    /// use coframe::event_loop::{EventLoop, LoopError};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock()?;
    /// event_loop.call_later(86_400.0, || println!("tomorrow"))?;
    /// let end = event_loop.run_forever().unwrap_err();
    /// assert!(matches!(end.downcast_ref(), Some(LoopError::Deadlock)));
    /// assert_eq!(event_loop.time(), Duration::from_secs(86_400));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`new`](EventLoop::new).
    pub fn with_virtual_clock() -> Result<Self, Exception> {
        EventLoop::with_clock(Clock::Virtual(Cell::new(Moment::EPOCH)))
    }

    fn with_clock(clock: Clock) -> Result<Self, Exception> {
        let reactor = Reactor::new().map_err(LoopError::Io)?;
        let event_loop = EventLoop(Rc::new(Inner {
            clock,
            inbox: Arc::new(Inbox::new(reactor.alarm())),
            reactor,
            read: RefCell::default(),
            ready: Ready::default(),
            timers: Timers::default(),
            spare: Spare::default(),
            reused: Reused::default(),
            tasks: Tasks::default(),
            deposits: Deposits::default(),
            crew: Arc::default(),
            life: Cell::new(Life::Idle),
            turn_given_up: Cell::new(false),
            stopping: Cell::new(false),
            handler: RefCell::default(),
            debug: Cell::new(false),
            #[cfg(unix)]
            call_graph_signal: RefCell::default(),
            slow_callback_duration: Cell::new(Duration::from_millis(100)),
        }));
        if env::var_os("COFRAME_DEBUG").is_some_and(|value| !value.is_empty()) {
            event_loop.set_debug(true);
        }
        Ok(event_loop)
    }

    /// Schedules `callback` for the next pass, after all that is scheduled for it already. It runs in a copy of the
    /// current [`Context`](crate::Context), as all callbacks do unless they are given one.
    ///
    /// It may return an error, which goes to the exception handler; see [`Outcome`]. So a callback may schedule another
    /// one without a thought for a closed loop:
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// let inner = event_loop.clone();
    /// event_loop.call_soon(move || inner.call_soon(|| println!("in the second pass")))?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoopError::Closed`]; the callback is dropped.
    #[track_caller]
    pub fn call_soon<O: Outcome>(&self, callback: impl FnOnce() -> O + 'static) -> Result<Handle, Exception> {
        let entry = self.new_callback(Location::caller(), Scope::copy_current())?;
        entry.fill(Function::new(callback));
        Ok(self.schedule_callback(entry))
    }

    /// The same as [`call_soon`](EventLoop::call_soon): whoever has a handle on the loop is in its thread. Other threads
    /// use [`RemoteHandle::call_soon_threadsafe`].
    ///
    /// # Errors
    ///
    /// As [`call_soon`](EventLoop::call_soon).
    #[track_caller]
    pub fn call_soon_threadsafe<O: Outcome>(
        &self,
        callback: impl FnOnce() -> O + 'static,
    ) -> Result<Handle, Exception> {
        self.call_soon(callback)
    }

    /// Schedules `callback` to run when `delay` has passed, in seconds if it is an `f64`. A negative delay is due at
    /// once, and before lesser ones.
    ///
    /// Callbacks that are due run in the order of their deadlines, and those with equal deadlines in the order in which
    /// they were scheduled.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock()?;
    /// event_loop.call_later(Duration::from_millis(1500), || println!("later"))?;
    /// event_loop.call_later(0.5, || println!("sooner"))?;
    /// event_loop.run_once()?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoopError::Closed`], and [`LoopError::NotANumber`] if the delay is NaN; the callback is dropped.
    #[track_caller]
    #[inline]
    pub fn call_later<O: Outcome>(
        &self,
        delay: impl Into<Delay>,
        callback: impl FnOnce() -> O + 'static,
    ) -> Result<TimerHandle, Exception> {
        let when = self.0.clock.now().after(delay.into())?;
        let entry = self.new_callback(Location::caller(), Scope::copy_current())?;
        entry.fill(Function::new(callback));
        Ok(self.schedule_at(when, entry))
    }

    /// Schedules `callback` to run when [`time`](EventLoop::time) is `when`; otherwise as
    /// [`call_later`](EventLoop::call_later).
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock()?;
    /// let timer = event_loop.call_at(event_loop.time() + Duration::from_secs(5), || println!("now"))?;
    /// assert_eq!(timer.when(), Duration::from_secs(5));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call_later`](EventLoop::call_later).
    #[track_caller]
    pub fn call_at<O: Outcome>(
        &self,
        when: impl Into<Delay>,
        callback: impl FnOnce() -> O + 'static,
    ) -> Result<TimerHandle, Exception> {
        let when = Moment::at(when.into())?;
        let entry = self.new_callback(Location::caller(), Scope::copy_current())?;
        entry.fill(Function::new(callback));
        Ok(self.schedule_at(when, entry))
    }

    /// How long ago the clock of the loop started: a time that never goes back. Deadlines are such times.
    ///
    /// ```
    /// # use coframe::event_loop::EventLoop;
    /// let event_loop = EventLoop::new()?;
    /// let before = event_loop.time();
    /// assert!(before <= event_loop.time());
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn time(&self) -> Duration {
        self.0.clock.now().since_epoch()
    }

    /// The time of the loop in `delay` from now.
    pub(crate) fn time_after(&self, delay: Delay) -> Result<Delay, LoopError> {
        self.0.clock.now().after(delay).map(Delay::from)
    }

    /// Whether this time of the loop is not later than now.
    pub(crate) fn has_come(&self, when: Delay) -> Result<bool, LoopError> {
        Ok(Moment::at(when)? <= self.0.clock.now())
    }

    /// What other threads schedule callbacks with; see [`RemoteHandle`] for an example.
    #[must_use]
    pub fn remote(&self) -> RemoteHandle {
        RemoteHandle::new(&self.0.inbox)
    }

    /// Turns the debug mode on or off: asyncio's `loop.set_debug`. In it
    ///
    /// - the exception handler is told of callbacks and steps of tasks that hold up all others for as long as
    ///   [`slow_callback_duration`](EventLoop::slow_callback_duration) or longer, in the time of the loop;
    /// - the signal `SIGUSR1` has the loop print its [call graph](EventLoop::print_call_graph), also while it sleeps (Unix
    ///   only). One thread of the process waits for it while there is a loop in debug mode. Once there was one, the signal
    ///   no longer ends the process.
    ///
    /// New loops are in debug mode if the environment variable `COFRAME_DEBUG` is set and not empty, as Python's
    /// `PYTHONASYNCIODEBUG`.
    ///
    /// What asyncio's debug mode looks for besides, Rust finds before the program runs: calls from a wrong thread (nothing
    /// of a loop is `Send` but a [`RemoteHandle`] and what comes from it) and coroutines that are never awaited
    /// (`must_use`). Where tasks and callbacks were made is always known.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::new()?;
    /// event_loop.set_debug(true);
    /// event_loop.set_slow_callback_duration(Duration::ZERO);
    /// event_loop.set_exception_handler(|_, report| assert!(report.message().starts_with("Executing callback")));
    /// event_loop.call_soon(|| ())?;
    /// event_loop.run_once()?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn set_debug(&self, on: bool) {
        self.0.debug.set(on);
        #[cfg(unix)]
        self.print_call_graph_on_signal(on);
    }

    #[cfg(unix)]
    fn print_call_graph_on_signal(&self, on: bool) {
        let print = || {
            if let Some(event_loop) = EventLoop::running() {
                event_loop.print_call_graph();
            }
        };
        let watched = self.0.call_graph_signal.borrow().is_some();
        if watched == on || (on && self.is_closed()) {
            return;
        }
        let watch = on.then(|| signals::Watch::new(signals::SIGUSR1, &self.0.inbox, print)).transpose();
        match watch {
            Ok(watch) => drop(self.0.call_graph_signal.replace(watch)),
            Err(error) => {
                let report = Report::new("SIGUSR1 will not print the call graph");
                self.call_exception_handler(report.with_exception(error));
            }
        }
    }

    /// Whether the debug mode is on. It is off at first, unless `COFRAME_DEBUG` is set.
    #[must_use]
    pub fn debug(&self) -> bool {
        self.0.debug.get()
    }

    /// Sets how long a callback may take in debug mode.
    pub fn set_slow_callback_duration(&self, duration: Duration) {
        self.0.slow_callback_duration.set(duration);
    }

    /// How long a callback may take in debug mode: 100 milliseconds if nothing else was set.
    #[must_use]
    pub fn slow_callback_duration(&self) -> Duration {
        self.0.slow_callback_duration.get()
    }

    /// Puts an entry in the ready queue, to run in the next pass. It may be there more than once.
    #[inline]
    pub(crate) fn schedule(&self, entry: Rc<dyn Runnable>) -> Result<(), LoopError> {
        self.check_open()?;
        self.schedule_if_open(entry);
        Ok(())
    }

    /// The same, where nothing is lost with an entry that a closed loop does not run.
    #[inline]
    pub(crate) fn schedule_if_open(&self, entry: Rc<dyn Runnable>) {
        self.end_turn();
        self.schedule_after_turn(entry);
    }

    /// The same where a turn that is given up [is in the queue](EventLoop::end_turn).
    #[inline]
    pub(crate) fn schedule_after_turn(&self, entry: Rc<dyn Runnable>) {
        if self.is_closed() {
            drop(entry);
        } else if self.0.inbox.is_waiting() {
            self.schedule_after_letters(entry);
        } else {
            self.0.ready.push(entry);
        }
    }

    #[cold]
    #[inline(never)]
    fn schedule_after_letters(&self, entry: Rc<dyn Runnable>) {
        self.take_in();
        self.0.ready.push(entry);
    }

    /// The task that runs is to come into the ready queue as if it were put there now. That need not be done at once:
    /// nobody can tell before something else comes there.
    ///
    /// `false` if there are letters that are to be [taken in](EventLoop::take_in) before that.
    #[inline]
    pub(crate) fn give_up_turn(&self) -> bool {
        let is_quiet = !self.0.inbox.is_waiting();
        if is_quiet {
            self.0.turn_given_up.set(true);
        }
        is_quiet
    }

    /// The same, where there may be letters.
    pub(crate) fn give_up_turn_after_letters(&self) {
        self.end_turn();
        self.take_in();
        self.0.turn_given_up.set(true);
    }

    /// Whether it was to come there, and is to be put there now.
    #[inline]
    pub(crate) fn takes_turn(&self) -> bool {
        self.0.turn_given_up.replace(false)
    }

    /// Puts it there, before anything else is.
    #[inline]
    pub(crate) fn end_turn(&self) {
        if self.0.turn_given_up.get() {
            current::schedule_turn();
        }
    }

    /// What that puts there.
    #[inline]
    pub(crate) fn schedule_turn(&self, task: Rc<dyn Runnable>) {
        self.0.ready.push(task);
    }

    /// A callback that is to be given its function, and to be scheduled.
    #[inline]
    fn new_callback(&self, scheduled_at: &'static Location<'static>, scope: Scope) -> Result<Rc<Callback>, LoopError> {
        self.check_open()?;
        Ok(self.0.spare.make(scheduled_at, scope))
    }

    #[inline]
    fn schedule_callback(&self, callback: Rc<Callback>) -> Handle {
        self.schedule_if_open(callback.clone());
        Handle::new(callback)
    }

    #[inline]
    fn schedule_at(&self, when: Moment, callback: Rc<Callback>) -> TimerHandle {
        self.0.timers.insert_callback(when, callback.clone(), &self.0.spare);
        TimerHandle::new(callback, when, self.0.timers.cancelled())
    }

    /// Has it run when `delay` has passed.
    #[inline]
    pub(crate) fn end_later(&self, delay: Delay, nap: &Rc<Timing>) -> Result<(), LoopError> {
        let when = self.0.clock.now().after(delay)?;
        self.0.timers.insert_nap(when, nap, &self.0.spare);
        Ok(())
    }

    /// Nobody waits any more for what was to [end later](EventLoop::end_later).
    #[inline]
    pub(crate) fn forget_timer(&self, standing: &Standing) {
        self.0.timers.cancel(standing);
    }

    /// A callback that is over, for another one to come.
    #[inline]
    fn keep_callback(&self, callback: Rc<Callback>) {
        self.0.spare.keep(callback);
    }

    pub(crate) fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    pub(crate) fn reused(&self) -> &Reused {
        &self.0.reused
    }

    pub(crate) fn deposits(&self) -> &Deposits {
        &self.0.deposits
    }

    pub(crate) fn crew(&self) -> &Arc<Crew> {
        &self.0.crew
    }

    pub(crate) fn inbox(&self) -> Arc<Inbox> {
        Arc::clone(&self.0.inbox)
    }

    #[inline]
    pub(crate) fn check_open(&self) -> Result<(), LoopError> {
        if self.is_closed() { Err(LoopError::Closed) } else { Ok(()) }
    }
}

/// Whether both are handles on the same loop.
impl PartialEq for EventLoop {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for EventLoop {}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop")
            .field("life", &self.0.life.get())
            .field("ready", &self.0.ready.len())
            .field("timers", &self.0.timers.len())
            .field("tasks", &self.0.tasks.len())
            .field("debug", &self.0.debug.get())
            .finish_non_exhaustive()
    }
}

/// Remote handles find a loop that is gone to be a closed one.
impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.inbox.close());
    }
}
