//! The way into a loop for other threads.

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::reactor::Alarm;
use super::{EventLoop, LoopError, Outcome};
use crate::Exception;
use crate::context::Scope;
use crate::task::TaskWaker;

/// What other threads have for the loop, in the order of its arrival, until the loop takes it in.
///
/// No foreign code runs while the lock is held: callbacks are boxed before, and run and dropped after.
pub(crate) struct Inbox {
    state: Mutex<State>,
    /// Whether there may be letters, for a loop that looks often and finds none. Written under the lock.
    waiting: AtomicBool,
    alarm: Alarm,
}

#[derive(Default)]
struct State {
    letters: VecDeque<Letter>,
    /// How many [`RemoteHandle`]s there are.
    remotes: usize,
    /// Whether the loop is about to sleep, or sleeps, so that a letter has to wake it.
    asleep: bool,
    /// Once it is closed there are no letters, and none are taken.
    closed: bool,
}

/// What is on its way.
pub(crate) enum Letter {
    Call(Call),
    Wake(Arc<TaskWaker>),
}

/// A callback on its way.
pub(crate) struct Call {
    pub(super) callback: Box<dyn FnOnce() -> Result<(), Exception> + Send>,
    pub(super) scope: Scope,
    pub(super) scheduled_at: &'static Location<'static>,
}

impl Inbox {
    pub(super) fn new(alarm: Alarm) -> Self {
        Inbox { state: Mutex::default(), waiting: AtomicBool::new(false), alarm }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a letter in and wakes the loop if it sleeps.
    pub(crate) fn post(&self, letter: Letter) -> Result<(), LoopError> {
        // The letter comes back out of a closed inbox, to be dropped when the lock is not held.
        let mut ring = false;
        let refused = {
            let mut state = self.state();
            if state.closed {
                Some(letter)
            } else {
                state.letters.push_back(letter);
                self.waiting.store(true, Ordering::Release);
                ring = std::mem::take(&mut state.asleep);
                None
            }
        };
        match refused {
            Some(_) => Err(LoopError::Closed),
            None if ring => Ok(self.alarm.ring()?),
            None => Ok(()),
        }
    }

    /// Called by the loop before it sleeps. `false` if there are letters: then it must not.
    pub(super) fn fall_asleep(&self) -> bool {
        let mut state = self.state();
        state.asleep = state.letters.is_empty();
        state.asleep
    }

    /// Called by the loop when it no longer sleeps, for whatever reason.
    pub(super) fn wake_up(&self) {
        self.state().asleep = false;
    }

    /// Whether there may be letters, for the loop to [take](Inbox::take).
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Acquire)
    }

    /// All letters, for the loop, in exchange for a queue that is empty: the loop brings back the one that it has read, so
    /// that other threads need not allocate.
    pub(super) fn take(&self, empty: VecDeque<Letter>) -> VecDeque<Letter> {
        let mut state = self.state();
        self.waiting.store(false, Ordering::Release);
        mem::replace(&mut state.letters, empty)
    }

    /// Whether there are no letters, and nobody is left who could post one.
    pub(super) fn is_abandoned(&self) -> bool {
        let state = self.state();
        state.letters.is_empty() && state.remotes == 0
    }

    /// Refuses letters from now on. Those that are there come out, for the caller to drop.
    pub(super) fn close(&self) -> VecDeque<Letter> {
        let mut state = self.state();
        state.closed = true;
        self.waiting.store(false, Ordering::Release);
        mem::take(&mut state.letters)
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Inbox")
            .field("letters", &state.letters.len())
            .field("remotes", &state.remotes)
            .field("closed", &state.closed)
            .finish()
    }
}

/// The one part of a loop that other threads may have: [`EventLoop::remote`](super::EventLoop::remote) gives it.
///
/// Everything else of a loop stays in its thread, which the compiler sees to. A remote handle does not keep the loop
/// alive. While there is one, a loop with a virtual clock that has nothing to do waits for its callbacks, and does not
/// report a [`Deadlock`](LoopError::Deadlock).
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use std::thread;
///
/// let event_loop = EventLoop::new()?;
/// let remote = event_loop.remote();
/// let worker = thread::spawn(move || {
///     remote.call_soon_threadsafe(|| {
///         // It runs in the thread of the loop.
///         if let Some(event_loop) = EventLoop::running() {
///             event_loop.stop();
///         }
///     })
/// });
/// event_loop.run_forever()?;
/// worker.join().unwrap()?;
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Debug)]
pub struct RemoteHandle(Arc<Inbox>);

impl RemoteHandle {
    pub(super) fn new(inbox: &Arc<Inbox>) -> Self {
        inbox.state().remotes += 1;
        RemoteHandle(Arc::clone(inbox))
    }

    /// Schedules `callback` to run in the loop's thread, and wakes the loop if it sleeps: asyncio's
    /// `loop.call_soon_threadsafe`. Callable from any thread, the loop's own among them.
    ///
    /// Callbacks of one thread run in the order in which it scheduled them, after all that the loop was given before.
    /// Each runs in a copy of the context that is current in the calling thread.
    ///
    /// # Errors
    ///
    /// - [`LoopError::Closed`] if the loop is closed or gone; the callback is dropped in the calling thread.
    /// - [`LoopError::Io`] if the loop could not be woken; the callback runs when the loop wakes for another reason.
    #[track_caller]
    pub fn call_soon_threadsafe<O: Outcome>(
        &self,
        callback: impl FnOnce() -> O + Send + 'static,
    ) -> Result<(), LoopError> {
        self.post(Scope::copy_current(), Location::caller(), callback)
    }

    /// Whether the loop is closed or gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.state().closed
    }

    /// Whether the loop runs in this thread.
    pub(crate) fn is_to_running_loop(&self) -> bool {
        EventLoop::running().is_some_and(|event_loop| Arc::ptr_eq(&event_loop.inbox(), &self.0))
    }

    pub(crate) fn post<O: Outcome>(
        &self,
        scope: Scope,
        scheduled_at: &'static Location<'static>,
        callback: impl FnOnce() -> O + Send + 'static,
    ) -> Result<(), LoopError> {
        self.0.post(Letter::Call(Call { callback: Box::new(|| callback().into_result()), scope, scheduled_at }))
    }
}

impl Clone for RemoteHandle {
    fn clone(&self) -> Self {
        RemoteHandle::new(&self.0)
    }
}

impl Drop for RemoteHandle {
    fn drop(&mut self) {
        let last = {
            let mut state = self.0.state();
            state.remotes -= 1;
            state.remotes == 0 && !state.closed
        };
        if last {
            // A loop with a virtual clock may wait for nothing else. If it cannot be woken, it waits on.
            _ = self.0.alarm.ring();
        }
    }
}
