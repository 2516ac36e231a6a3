//! Ctrl-C, which cancels what a runner runs.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Runner;
use crate::event_loop::signals::FirstInterrupt;
use crate::event_loop::{EventLoop, LoopError};
use crate::{Exception, Task, TaskHandle};

impl Runner {
    /// Whether Ctrl-C (`SIGINT`) cancels what [`run`](Runner::run) runs, so that it can clean up: as `asyncio.run` does.
    /// It is off at first, because a process has only one such signal, and other parts of it may want it.
    ///
    /// The first Ctrl-C cancels the main task; if it ends cancelled for that, and for no other reason, `run` fails with
    /// [`LoopError::Interrupted`]. The second one ends the process at once, as every one does while nothing runs.
    ///
    /// ```
    /// use coframe::Runner;
    ///
    /// let runner = Runner::new()?.cancel_on_interrupt(true);
    /// runner.run(async { println!("press Ctrl-C") })?;
    /// runner.close()?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn cancel_on_interrupt(mut self, on: bool) -> Self {
        self.cancel_on_interrupt = on;
        self
    }

    #[track_caller]
    pub(super) fn run_until_interrupted<T: 'static>(&self, task: &Task<T>) -> Result<T, Exception> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let deposit = Deposit::new(&self.event_loop, task.handle());
        let (id, signalled) = (deposit.id, Arc::clone(&interrupted));
        let cancel = move || {
            let main = EventLoop::running().and_then(|event_loop| event_loop.deposits().get::<TaskHandle>(id));
            if main.is_some_and(|main| !signalled.load(Ordering::Relaxed) && main.cancel()) {
                signalled.store(true, Ordering::Relaxed);
            }
        };
        let _first = FirstInterrupt::new(&self.event_loop.inbox(), cancel).map_err(LoopError::Io)?;
        let result = self.event_loop.run_until_done(task).and_then(|()| task.inner().take());
        match result {
            Err(Exception::Cancelled(_)) if interrupted.load(Ordering::Relaxed) && task.uncancel() == 0 => {
                Err(LoopError::Interrupted.into())
            }
            result => result,
        }
    }
}

/// A task that a letter can name, while this lives.
struct Deposit<'a> {
    event_loop: &'a EventLoop,
    id: u64,
}

impl<'a> Deposit<'a> {
    fn new(event_loop: &'a EventLoop, task: &TaskHandle) -> Self {
        Deposit { event_loop, id: event_loop.deposits().insert(Rc::new(task.clone()), false) }
    }
}

impl Drop for Deposit<'_> {
    fn drop(&mut self) {
        let task = self.event_loop.deposits().remove::<TaskHandle>(self.id);
        drop(task);
    }
}
