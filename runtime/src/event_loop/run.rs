//! Running a loop: passes, and what begins and ends them.

use std::cell::{Cell, RefCell};
use std::future::IntoFuture;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::time::Duration;

use super::clock::{Clock, Moment};
use super::function::Function;
use super::handle::Runnable;
use super::inbox::Letter;
use super::ready::Batch;
use super::{EventLoop, Life, LoopError, Report};
use crate::task::{Ensured, Lane, into_ready};
use crate::{CallbackId, Exception, Promise, PromiseError, TaskOutput};

/// The longest sleep: CPython's `MAXIMUM_SELECT_TIMEOUT`, a day.
const LONGEST_SLEEP: Duration = Duration::from_secs(24 * 3600);

/// For how many letters there is room in a queue that is used again.
const MOST_LETTERS_KEPT: usize = 4096;

thread_local! {
    /// The loop that runs in this thread: there is at most one.
    /// The run takes it out again, so that nothing is to be dropped with the thread.
    static RUNNING: RefCell<ManuallyDrop<Option<EventLoop>>> = const { RefCell::new(ManuallyDrop::new(None)) };
}

/// While it lives the loop runs: it is `Life::Running` and in `RUNNING`. It ends the run however it is left, so that a
/// panic of a callback leaves a loop that can be run again. A stop ends with the run that it was for.
struct Run<'a> {
    event_loop: &'a EventLoop,
    batch: Batch<'a>,
    lane: Lane<'a>,
}

impl Run<'_> {
    fn with<R>(event_loop: &EventLoop, run: impl FnOnce(Run<'_>) -> Result<R, LoopError>) -> Result<R, LoopError> {
        event_loop.check_can_run()?;
        RUNNING.set(ManuallyDrop::new(Some(event_loop.clone())));
        event_loop.0.life.set(Life::Running);
        Lane::with(event_loop, |lane| run(Run { event_loop, batch: event_loop.0.ready.batch(), lane }))
    }

    #[inline(always)]
    fn pass(&mut self) -> Result<(), LoopError> {
        let event_loop = self.event_loop;
        event_loop.prepare()?;
        self.batch.fill();
        while let Some(entry) = self.batch.next() {
            event_loop.call(entry, &mut self.lane);
        }
        Ok(())
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.event_loop.0.life.set(Life::Idle);
        self.event_loop.0.stopping.set(false);
        // Not the last handle: the one that is being run is another.
        drop(ManuallyDrop::into_inner(RUNNING.replace(ManuallyDrop::new(None))));
    }
}

/// The end of a run removes the callback that was to end it, so that it does not end another one. After a panic the
/// callback may be scheduled already.
struct Ending<'a, T: 'static> {
    promise: &'a Promise<T>,
    callback: CallbackId,
    of_this_run: Rc<Cell<bool>>,
}

impl<T: 'static> Drop for Ending<'_, T> {
    fn drop(&mut self) {
        self.of_this_run.set(false);
        self.promise.remove_done_callback(self.callback);
    }
}

impl EventLoop {
    /// The loop that runs in this thread: asyncio's `get_running_loop`. A callback gets at its own loop so.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// assert_eq!(EventLoop::running(), None);
    /// let event_loop = EventLoop::new()?;
    /// event_loop.call_soon(|| EventLoop::running().unwrap().stop())?;
    /// event_loop.run_forever()?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn running() -> Option<EventLoop> {
        RUNNING.with_borrow(|running| Option::clone(running))
    }

    /// Runs one pass: waits until something is ready, and runs what is ready then.
    ///
    /// A pass does, in this order, what CPython 3.13 does in `_run_once`:
    ///
    /// 1. If no callback is ready and no stop is asked for, it sleeps until the next timer is due, or another thread
    ///    schedules a callback, or for no reason at all; at most for a day. A loop with a virtual clock does not sleep
    ///    but sets its clock to when the next timer is due.
    /// 2. Callbacks of other threads join the ready ones, and then all timers that are due, in order of their time and
    ///    among equals of their making.
    /// 3. The callbacks that are ready now run. What they schedule is for the next pass.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::with_virtual_clock()?;
    /// event_loop.call_later(3600.0, || ())?;
    /// event_loop.run_once()?;
    /// assert_eq!(event_loop.time(), Duration::from_secs(3600));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A [`LoopError`]: [`AlreadyRunning`](LoopError::AlreadyRunning), [`AnotherRunning`](LoopError::AnotherRunning),
    /// [`Closed`](LoopError::Closed), [`Io`](LoopError::Io); with a virtual clock [`Deadlock`](LoopError::Deadlock).
    /// Errors of callbacks are not among them: they go to the exception handler.
    ///
    /// # Panics
    ///
    /// If a callback does. The loop no longer runs then, and can be run again: it goes on with the next callback.
    pub fn run_once(&self) -> Result<(), Exception> {
        Ok(Run::with(self, |mut run| run.pass())?)
    }

    /// Runs pass after pass until [`stop`](EventLoop::stop) is called. The loop can be run again then.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::with_virtual_clock()?;
    /// let stopping = event_loop.clone();
    /// event_loop.call_later(2.0, move || stopping.stop())?;
    /// event_loop.run_forever()?;
    /// assert_eq!(event_loop.time().as_secs(), 2);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run_once`](EventLoop::run_once).
    ///
    /// # Panics
    ///
    /// As [`run_once`](EventLoop::run_once).
    pub fn run_forever(&self) -> Result<(), Exception> {
        Ok(Run::with(self, |mut run| {
            loop {
                run.pass()?;
                if self.0.stopping.get() {
                    return Ok(());
                }
            }
        })?)
    }

    /// Runs the loop until a promise, a task, a coroutine or any future is done, and gives its value. What is not a promise
    /// is made a task first.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// let task = event_loop.create_task(async { 20_u32 });
    /// let sum = event_loop.run_until_complete(async move { Ok(task.await? + 22) })?;
    /// assert_eq!(sum, 42);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What it fails with; [`PromiseError::OfAnotherLoop`]; [`LoopError::Stopped`] if [`stop`](EventLoop::stop) ended the run before, after which the task
    /// is still there to be run; else as [`run_once`](EventLoop::run_once).
    ///
    /// # Panics
    ///
    /// As [`run_once`](EventLoop::run_once).
    #[track_caller]
    pub fn run_until_complete<F>(&self, future: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        self.check_can_run()?;
        let ensured = Ensured::new(self, future);
        self.run_until_done(ensured.promise())?;
        ensured.into_result()
    }

    /// [`run_until_complete`](EventLoop::run_until_complete) for what is a promise, whose value stays in it.
    #[track_caller]
    pub(crate) fn run_until_done<T: 'static>(&self, promise: &Promise<T>) -> Result<(), Exception> {
        if promise.event_loop().is_some_and(|event_loop| event_loop != self) {
            return Err(PromiseError::OfAnotherLoop.into());
        }
        let (stopping, of_this_run) = (self.clone(), Rc::new(Cell::new(true)));
        let is_run = of_this_run.clone();
        let callback = promise.add_done_callback(move |_| {
            if is_run.get() {
                stopping.stop();
            }
        })?;
        let run = {
            let _ending = Ending { promise, callback, of_this_run };
            self.run_forever()
        };
        if promise.done() { Ok(()) } else { Err(run.err().unwrap_or(LoopError::Stopped.into())) }
    }

    /// Ends the run after the pass that it is in: callbacks that are ready in this pass still run, what they schedule
    /// waits for the next run. If the loop does not run, its next run makes exactly one pass, without a sleep.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// event_loop.call_soon(|| println!("what is ready runs"))?;
    /// event_loop.stop();
    /// event_loop.run_forever()?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn stop(&self) {
        self.0.stopping.set(true);
    }

    /// Whether it is inside [`run_once`](EventLoop::run_once) or [`run_forever`](EventLoop::run_forever).
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.0.life.get() == Life::Running
    }

    /// Closes the loop for good and drops all callbacks and tasks that wait in it. A second time does nothing.
    ///
    /// A task that was not over is reported to the exception handler: whoever closes a loop should cancel its tasks
    /// first and wait for them, as [`run`](crate::run) does. A callback or a task that waits in a loop and has a handle on
    /// that loop keeps the loop alive: closing frees both.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// let inner = event_loop.clone();
    /// event_loop.call_soon(move || inner.stop())?;
    /// event_loop.close()?;
    /// assert!(event_loop.is_closed());
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LoopError::CloseRunning`] if the loop runs.
    pub fn close(&self) -> Result<(), Exception> {
        if self.is_running() {
            return Err(LoopError::CloseRunning.into());
        }
        self.0.life.set(Life::Closed);
        // Out of their cells, because dropping callbacks is foreign code. It finds a closed loop.
        let (ready, timers, letters) = (self.0.ready.take(), self.0.timers.take(), self.0.inbox.close());
        ready.into_iter().chain(timers).for_each(|entry| entry.discard());
        self.0.tasks.take().into_iter().for_each(|task| task.destroy());
        drop(letters);
        self.0.deposits.take().for_each(drop);
        #[cfg(unix)]
        drop(self.0.call_graph_signal.take());
        Ok(())
    }

    /// Whether it was closed.
    #[must_use]
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.0.life.get() == Life::Closed
    }

    pub(crate) fn check_can_run(&self) -> Result<(), LoopError> {
        match self.0.life.get() {
            Life::Closed => Err(LoopError::Closed),
            Life::Running => Err(LoopError::AlreadyRunning),
            Life::Idle if EventLoop::running().is_some() => Err(LoopError::AnotherRunning),
            Life::Idle => Ok(()),
        }
    }

    /// Has all that is to run in this pass in the ready queue.
    #[inline]
    fn prepare(&self) -> Result<(), LoopError> {
        self.take_in();
        if self.0.timers.is_empty() && !self.0.ready.is_empty() { Ok(()) } else { self.wait() }
    }

    /// The same where nothing is ready, or there are timers.
    #[inline(never)]
    fn wait(&self) -> Result<(), LoopError> {
        self.sleep()?;
        self.take_in();
        if !self.0.timers.is_empty() {
            let now = self.0.clock.now();
            self.0.timers.take_due(now, |due| self.0.ready.push(due));
        }
        Ok(())
    }

    fn sleep(&self) -> Result<(), LoopError> {
        // Asked in every pass, because cancelled timers leave then.
        let timers = &self.0.timers;
        let next =
            if timers.is_empty() { None } else { timers.next(&self.0.spare).filter(|next| *next != Moment::NEVER) };
        if self.0.stopping.get() || !self.0.ready.is_empty() {
            return Ok(());
        }
        match (&self.0.clock, next) {
            // What threads do for it takes no time.
            (Clock::Virtual(now), next) if self.0.deposits.hold_clock() => {
                if next.is_none_or(|next| next > now.get()) {
                    self.sleep_in_reactor(None)?;
                }
            }
            (Clock::Virtual(now), Some(next)) => now.set(next.max(now.get())),
            (Clock::Virtual(_), None) if self.0.inbox.is_abandoned() => return Err(LoopError::Deadlock),
            (clock @ Clock::Real(_), Some(next)) => {
                let timeout = next.since(clock.now()).min(LONGEST_SLEEP);
                if !timeout.is_zero() {
                    self.sleep_in_reactor(Some(timeout))?;
                }
            }
            (_, None) => self.sleep_in_reactor(None)?,
        }
        Ok(())
    }

    fn sleep_in_reactor(&self, timeout: Option<Duration>) -> Result<(), LoopError> {
        if self.0.inbox.fall_asleep() {
            let slept = self.0.reactor.sleep(timeout);
            self.0.inbox.wake_up();
            slept?;
        }
        Ok(())
    }

    /// Moves what other threads have scheduled to the ready queue. It is done before anything is added there, so that
    /// the order is that of CPython, where all threads add to one queue.
    #[inline]
    pub(super) fn take_in(&self) {
        if self.0.inbox.is_waiting() {
            self.take_letters();
        }
    }

    #[cold]
    fn take_letters(&self) {
        let mut letters = self.0.inbox.take(self.0.read.take());
        for letter in letters.drain(..) {
            let entry = match letter {
                Letter::Call(call) => {
                    let callback = self.0.spare.make(call.scheduled_at, call.scope);
                    callback.fill(Function::new(call.callback));
                    Some(callback as Rc<dyn Runnable>)
                }
                Letter::Wake(waker) => {
                    waker.arrived();
                    let (key, id) = waker.task();
                    self.0.tasks.get(key, id).and_then(into_ready)
                }
            };
            entry.into_iter().for_each(|entry| self.0.ready.push(entry));
        }
        // One that had to be long once is not kept.
        if letters.capacity() <= MOST_LETTERS_KEPT {
            self.0.read.replace(letters);
        }
    }

    /// The only place that calls callbacks.
    #[inline]
    fn call(&self, entry: Rc<dyn Runnable>, lane: &mut Lane<'_>) {
        if self.0.debug.get() { self.call_timed(entry, lane) } else { entry.run(lane) }
    }

    #[cold]
    fn call_timed(&self, entry: Rc<dyn Runnable>, lane: &mut Lane<'_>) {
        let began = self.0.clock.now();
        Rc::clone(&entry).run(lane);
        let took = self.0.clock.now().since(began);
        if took >= self.0.slow_callback_duration.get() {
            let seconds = took.as_secs_f64();
            let message = format!("Executing {} took {seconds:.3} seconds", entry.label());
            self.call_exception_handler(Report::new(message));
        }
    }

    /// Reports what an entry has failed with.
    #[cold]
    pub(crate) fn report_failed(&self, entry: &dyn Runnable, exception: Exception) {
        let message = format!("Exception in {}", entry.label());
        // In its context, as CPython does since 3.12. One that it could not enter cannot be entered now.
        let scope = entry.failed_in();
        let _inside = scope.enter();
        self.call_exception_handler(Report::new(message).with_exception(exception));
    }
}
