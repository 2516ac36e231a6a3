//! Who polls, and what has happened inside of the future that is polled: one word, since each step of a task changes it.

use std::task::Poll;

use super::awaited::Polled;
use crate::Exception;

/// What happens inside of a future while it is polled, that of a task or one that a coroutine awaits; and whose waker it is
/// polled with. It is a set of the constants, and counts above them how many coroutines run in the future, one inside the
/// other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Interior(u64);

/// Whose waker is polled with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Nobody,
    /// The own one of the task that runs.
    Task,
    Waker,
}

impl Interior {
    /// Nobody polls.
    pub(super) const NOBODY: Self = Interior(0);
    /// A task begins a step.
    pub(super) const STEP: Self = Interior(Interior::BY_TASK);
    /// The same in debug mode.
    pub(super) const DEBUGGED_STEP: Self = Interior(Interior::BY_TASK | Interior::DEBUGGED);
    /// Somebody polls with another waker.
    pub(super) const ELSEWHERE: Self = Interior(Interior::BY_WAKER);

    const BY_TASK: u64 = 1;
    const BY_WAKER: u64 = 1 << 1;
    /// The loop of the task is in debug mode.
    const DEBUGGED: u64 = 1 << 2;
    /// There is something to be raised in it.
    const RAISES: u64 = 1 << 3;
    /// A promise is waited for that is in no coroutine.
    const PLAINLY: u64 = 1 << 4;
    /// A coroutine that is in no other one waits.
    const WAITING: u64 = 1 << 5;
    /// Another one does too.
    const SEVERAL: u64 = 1 << 6;
    /// One coroutine that runs in it.
    const INSIDE: u64 = 1 << 8;

    #[inline]
    pub(super) fn by(self) -> By {
        if self.0 & Interior::BY_TASK != 0 {
            By::Task
        } else if self.0 & Interior::BY_WAKER != 0 {
            By::Waker
        } else {
            By::Nobody
        }
    }

    #[inline]
    pub(super) fn is_debugged(self) -> bool {
        self.0 & Interior::DEBUGGED != 0
    }

    #[inline]
    pub(super) fn raises(self) -> bool {
        self.0 & Interior::RAISES != 0
    }

    #[inline]
    pub(super) fn raising(self, raises: bool) -> Self {
        Interior(self.0 & !Interior::RAISES | if raises { Interior::RAISES } else { 0 })
    }

    #[inline]
    pub(super) fn waits_plainly(self) -> bool {
        self.0 & Interior::PLAINLY != 0
    }

    /// How many coroutines run in it.
    #[inline]
    pub(super) fn depth(self) -> u64 {
        self.0 / Interior::INSIDE
    }

    /// Whether a task polls that is in debug mode in no way, and nothing is to be raised.
    #[inline]
    pub(super) fn is_usual(self) -> bool {
        self.0 & (Interior::BY_TASK | Interior::DEBUGGED | Interior::RAISES) == Interior::BY_TASK
    }

    /// Whether a task has polled a future that waits in one coroutine, and there is nothing more to be said of it.
    #[inline]
    pub(super) fn waits_as_usual(self) -> bool {
        self.0 == Interior::BY_TASK | Interior::WAITING
    }

    /// Whether it waits in one coroutine and for nothing else.
    #[inline]
    pub(super) fn waits_in_coroutine(self) -> bool {
        self.0 & (Interior::WAITING | Interior::SEVERAL | Interior::PLAINLY) == Interior::WAITING
    }

    /// The inside of another future that the same one polls.
    #[inline]
    pub(super) fn of_another(self) -> Self {
        Interior(self.0 & (Interior::BY_TASK | Interior::BY_WAKER | Interior::DEBUGGED))
    }

    /// A coroutine begins to run in it.
    #[inline]
    pub(super) const fn deeper(self) -> Self {
        Interior(self.0 + Interior::INSIDE)
    }

    /// It leaves.
    #[inline]
    pub(super) fn shallower(self) -> Self {
        Interior(self.0 - Interior::INSIDE)
    }

    /// The same, because it waits.
    #[inline]
    pub(super) fn waiting(self) -> Self {
        if self == Interior::STEP.deeper() {
            return Interior(Interior::BY_TASK | Interior::WAITING);
        }
        let left = self.0 - Interior::INSIDE;
        if left < Interior::INSIDE {
            return Interior(left | Interior::WAITING | (left & Interior::WAITING) << 1);
        }
        Interior(left)
    }

    /// A promise is waited for.
    #[inline]
    pub(super) fn waiting_for_promise(self) -> Self {
        if self.0 < Interior::INSIDE { Interior(self.0 | Interior::PLAINLY) } else { self }
    }

    /// What has become of the future that was polled.
    #[inline]
    pub(super) fn polled<T>(self, poll: Poll<T>, not_taken: Option<Exception>) -> Polled<T> {
        Polled { poll, not_taken, in_coroutine: self.waits_in_coroutine(), plainly: self.waits_plainly() }
    }
}
