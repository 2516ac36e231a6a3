//! How a future wakes the task that waits for it, from any thread: by a letter to the loop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
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

/// Whether both wake the same. [`Waker::will_wake`] also compares the addresses of tables, of which a program may have
/// several with the same content: it may not know a waker's own clone.
pub(crate) fn is_same(one: &Waker, other: &Waker) -> bool {
    one.will_wake(other) || !one.data().is_null() && one.data() == other.data() && one.vtable() == other.vtable()
}

/// What a coroutine is polled with that somebody resumes by hand.
pub(super) fn nobody() -> &'static Waker {
    static NOBODY: LazyLock<Waker> = LazyLock::new(|| Waker::from(Arc::new(Nobody(0))));
    &NOBODY
}

/// Not empty, so that no other waker has its address.
struct Nobody(#[expect(dead_code, reason = "it takes room")] u8);

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}
