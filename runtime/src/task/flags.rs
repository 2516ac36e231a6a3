//! What is true of a task, in one word: a step looks at once whether there is anything out of the ordinary to do.

use std::cell::Cell;

/// A set of the constants.
#[derive(Default)]
pub(super) struct Flags(Cell<u16>);

/// What was true when a step began.
#[derive(Clone, Copy)]
pub(super) struct Before(u16);

impl Flags {
    /// It stands in the ready queue.
    pub(super) const SCHEDULED: u16 = 1;
    /// It ran at least once.
    pub(super) const BEGUN: u16 = 1 << 1;
    /// It is in a step.
    pub(super) const RUNNING: u16 = 1 << 2;
    /// It waits in a coroutine, where an exception can be raised, since its last step.
    pub(super) const IN_COROUTINE: u16 = 1 << 3;
    /// It waits in more coroutines than one.
    pub(super) const IN_SEVERAL: u16 = 1 << 4;
    /// What it waits for is known, since its last step.
    pub(super) const AWAITS: u16 = 1 << 5;
    /// While it runs: what it waited for before is known.
    pub(super) const AWAITED: u16 = 1 << 6;
    /// There is a cancellation that it has not been told of.
    pub(super) const MUST_CANCEL: u16 = 1 << 7;
    /// Something was cancelled on its behalf.
    pub(super) const PASSED_ON: u16 = 1 << 8;
    /// A cancellation is on its way through it.
    pub(super) const PASSES_ON: u16 = 1 << 9;
    /// It is over, or about to be.
    pub(super) const OVER: u16 = 1 << 10;
    /// It waits at a suspension point that is known, since its last step.
    pub(super) const AT_POINT: u16 = 1 << 11;
    /// It waits for more promises than one, since its last step.
    pub(super) const AWAITS_SEVERAL: u16 = 1 << 12;
    /// While it runs: it waited for more promises than one before.
    pub(super) const AWAITED_SEVERAL: u16 = 1 << 13;
    /// It has a context of its own, which is not empty.
    pub(super) const IN_CONTEXT: u16 = 1 << 14;
    /// Somebody has its waker.
    pub(super) const HAS_WAKER: u16 = 1 << 15;

    /// What is known since the last step, and no longer when the next one begins.
    const SINCE_STEP: u16 =
        Flags::IN_COROUTINE | Flags::IN_SEVERAL | Flags::AWAITS | Flags::AWAITS_SEVERAL | Flags::AT_POINT;

    /// What makes a step begin otherwise than most do.
    pub(super) const UNUSUAL: u16 = Flags::OVER
        | Flags::RUNNING
        | Flags::HAS_WAKER
        | Flags::MUST_CANCEL
        | Flags::PASSED_ON
        | Flags::IN_CONTEXT
        | Flags::IN_SEVERAL;

    /// Whether any of these is true.
    #[inline]
    pub(super) fn has(&self, flag: u16) -> bool {
        self.0.get() & flag != 0
    }

    #[inline]
    pub(super) fn set(&self, flag: u16, on: bool) {
        let others = self.0.get() & !flag;
        self.0.set(if on { others | flag } else { others });
    }

    /// All that is true.
    pub(super) fn now(&self) -> Before {
        Before(self.0.get())
    }

    /// The end of a step in which the task has come to wait in one coroutine, if nothing unusual has happened in it. Returns
    /// what was true before; `None` if nothing was done.
    #[inline]
    pub(super) fn end_usual_step(&self) -> Option<Before> {
        let before = self.0.get();
        if before & !(Flags::AWAITS | Flags::AWAITED) != Flags::BEGUN | Flags::RUNNING {
            return None;
        }
        self.0.set((before ^ Flags::RUNNING | Flags::IN_COROUTINE) & !Flags::AWAITED);
        Some(Before(before))
    }

    /// It is over, and waits for nothing any more. Returns what was true before.
    #[inline]
    pub(super) fn end(&self) -> Before {
        let before = self.0.get();
        self.0.set((before | Flags::OVER) & !(Flags::AWAITS | Flags::AWAITS_SEVERAL));
        Before(before)
    }

    /// Whether nothing has happened since.
    #[inline]
    pub(super) fn are_of_usual_end(&self) -> bool {
        self.0.get() & !Flags::AWAITS == Flags::BEGUN | Flags::IN_COROUTINE
    }

    /// What is true then of a task that waits at a suspension point that is known or not, and stands in the ready queue or
    /// does not.
    #[inline]
    pub(super) fn add_at_usual_end(&self, at_point: bool, scheduled: bool) {
        let at_point = if at_point { Flags::AT_POINT } else { 0 };
        let scheduled = if scheduled { Flags::SCHEDULED } else { 0 };
        self.0.set(self.0.get() | at_point | scheduled);
    }

    /// What it waits for becomes what it has waited for, and it is no longer in the ready queue.
    #[inline]
    pub(super) fn begin_step(&self) -> Before {
        let before = self.0.get();
        let left = before & !(Flags::SCHEDULED | Flags::SINCE_STEP | Flags::AWAITED | Flags::AWAITED_SEVERAL);
        let awaited = if before & Flags::AWAITS != 0 { Flags::AWAITED } else { 0 };
        let several = if before & Flags::AWAITS_SEVERAL != 0 { Flags::AWAITED_SEVERAL } else { 0 };
        self.0.set(left | awaited | several | Flags::BEGUN | Flags::RUNNING);
        Before(before)
    }
}

impl Before {
    #[inline]
    pub(super) fn has(self, flag: u16) -> bool {
        self.0 & flag != 0
    }
}
