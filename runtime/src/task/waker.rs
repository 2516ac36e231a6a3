//! How a future wakes the task that waits for it, from any thread: by a letter to the loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use crate::event_loop::{Inbox, Letter};

/// Names a task to its loop. Keys are used again; ids are not.
pub(crate) struct TaskWaker {
    inbox: Arc<Inbox>,
    pub(crate) key: usize,
    pub(crate) id: u64,
    /// Whether a letter is on its way.
    woken: AtomicBool,
}

impl TaskWaker {
    pub(super) fn waker(inbox: Arc<Inbox>, key: usize, id: u64) -> Waker {
        Waker::from(Arc::new(TaskWaker { inbox, key, id, woken: AtomicBool::new(false) }))
    }

    /// Called by the loop when it has the letter: whoever wakes the task from now on sends another one.
    pub(crate) fn arrived(&self) {
        self.woken.store(false, Ordering::Release);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if !self.woken.swap(true, Ordering::AcqRel) {
            let inbox = Arc::clone(&self.inbox);
            // A loop that is closed wakes nobody.
            _ = inbox.post(Letter::Wake(self));
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        Arc::clone(self).wake();
    }
}
