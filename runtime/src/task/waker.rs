//! How a future wakes the task that waits for it, from any thread: by a letter to the loop.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};
use std::sync::{Arc, LazyLock};
use std::task::{Wake, Waker};

use crate::event_loop::{Inbox, Letter};

/// Names a task to its loop. Keys are used again; ids are not.
pub(crate) struct TaskWaker {
    inbox: Arc<Inbox>,
    key: AtomicU32,
    id: AtomicU64,
    /// Whether a letter is on its way.
    woken: AtomicBool,
}

/// A waker that knows whether anybody has a clone. While nobody has, tasks share it: it names the one that runs. A task
/// in which a clone was made keeps it.
pub(super) struct OwnWaker {
    shared: Arc<TaskWaker>,
    pub(super) waker: Waker,
}

impl OwnWaker {
    pub(super) fn new(inbox: Arc<Inbox>) -> Self {
        let shared =
            Arc::new(TaskWaker { inbox, key: AtomicU32::new(0), id: AtomicU64::new(0), woken: AtomicBool::new(false) });
        OwnWaker { waker: Waker::from(Arc::clone(&shared)), shared }
    }

    /// Names another task from now on. Nobody else has it: no thread is in the way.
    #[inline]
    pub(super) fn name(&self, key: u32, id: u64) {
        self.shared.key.store(key, Ordering::Relaxed);
        self.shared.id.store(id, Ordering::Relaxed);
    }

    /// Whether there is neither a clone nor a letter on its way.
    #[inline]
    pub(super) fn is_alone(&self) -> bool {
        let alone = Arc::strong_count(&self.shared) == 2;
        // What others did with theirs was before they dropped it.
        fence(Ordering::Acquire);
        alone
    }
}

impl TaskWaker {
    /// The key and the id of the task.
    pub(crate) fn task(&self) -> (u32, u64) {
        (self.key.load(Ordering::Relaxed), self.id.load(Ordering::Relaxed))
    }

    /// Called by the loop when it has the letter: whoever wakes the task from now on sends another one.
    pub(crate) fn arrived(&self) {
        self.woken.store(false, Ordering::Release);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.woken.swap(true, Ordering::AcqRel) {
            // A loop that is closed wakes nobody.
            _ = self.inbox.post(Letter::Wake(Arc::clone(self)));
        }
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
