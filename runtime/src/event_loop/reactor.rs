//! What a loop sleeps in, and what wakes it. The only file that names the crate `polling`.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use polling::{Events, Poller};

/// The operating system's poller, of which one loop is the only user.
pub(super) struct Reactor {
    poller: Arc<Poller>,
    events: RefCell<Events>,
}

/// Ends the sleep of a reactor, from any thread.
#[derive(Clone)]
pub(super) struct Alarm(Arc<Poller>);

impl Reactor {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Reactor { poller: Arc::new(Poller::new()?), events: RefCell::new(Events::new()) })
    }

    pub(super) fn alarm(&self) -> Alarm {
        Alarm(Arc::clone(&self.poller))
    }

    /// Sleeps until the alarm rings, or for `timeout` at most. It may wake earlier without a reason. An alarm that rang
    /// before is not lost: it ends the next sleep at once.
    pub(super) fn sleep(&self, timeout: Option<Duration>) -> io::Result<()> {
        let mut events = self.events.borrow_mut();
        events.clear();
        self.poller.wait(&mut events, timeout).map(drop)
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor").finish_non_exhaustive()
    }
}

impl Alarm {
    pub(super) fn ring(&self) -> io::Result<()> {
        self.0.notify()
    }
}
