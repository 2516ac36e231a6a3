//! A coroutine that runs as a future: what is known of it while it is polled, and how it leaves.

use std::mem;
use std::rc::Rc;
use std::task::{Context, Waker};

use super::super::AnyTask;
use super::super::core::Position;
use super::{By, Current, Interior, any_task, note, with};
use crate::event_loop::EventLoop;
use crate::{Exception, Inspectable};

/// While it lives a coroutine runs as a future. It is a set of the constants.
pub(in crate::task) struct Inside(u32);

// What is `inline(never)` here: see `Outer`.
impl Inside {
    /// The task that runs polls it, with its own waker.
    const BY_TASK: u32 = 1;
    /// Another executor polls it, or a part of the current future that has a waker of its own.
    pub(super) const ELSEWHERE: u32 = 1 << 1;
    /// The loop of that task is in debug mode.
    const DEBUGGED: u32 = 1 << 2;
    /// There is something to be raised in it.
    const RAISES: u32 = 1 << 3;

    #[inline]
    pub(super) fn has(&self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    /// Enters a coroutine, and gives what is to be raised in it.
    #[inline]
    pub(in crate::task) fn enter(context: &Context<'_>) -> (Self, Option<Exception>) {
        let inside = Inside::begin(context.waker());
        let raised = if inside.raises() { inside.raised() } else { None };
        (inside, raised)
    }

    #[inline(never)]
    pub(in crate::task) fn begin(waker: &Waker) -> Inside {
        with(|current| {
            let interior = current.interior.get();
            if !(interior.is_usual() && current.polled_with.get().is_at(waker)) {
                return Inside::begin_unusual(waker);
            }
            current.interior.set(interior.deeper());
            Inside(Inside::BY_TASK)
        })
    }

    #[inline(never)]
    fn begin_unusual(waker: &Waker) -> Inside {
        with(|current| {
            if !current.is_polled_with(waker) {
                current.push_polled_with(waker);
                current.interior.set(Interior::ELSEWHERE.deeper());
                return Inside(Inside::ELSEWHERE);
            }
            let interior = current.interior.get();
            current.interior.set(interior.deeper());
            let by = match interior.by() {
                By::Task if interior.is_debugged() => Inside::BY_TASK | Inside::DEBUGGED,
                By::Task => Inside::BY_TASK,
                By::Waker | By::Nobody => 0,
            };
            Inside(by | if interior.depth() == 0 && interior.raises() { Inside::RAISES } else { 0 })
        })
    }

    /// Whether there is something to be raised in it.
    #[inline]
    pub(in crate::task) fn raises(&self) -> bool {
        self.has(Inside::RAISES)
    }

    /// What that is.
    #[cold]
    pub(in crate::task) fn raised(&self) -> Option<Exception> {
        if self.raises() { with(Current::take_raised) } else { None }
    }

    /// The task that polls it, with its own waker.
    pub(in crate::task) fn task(&self) -> Option<Rc<dyn AnyTask>> {
        if self.has(Inside::BY_TASK) { any_task() } else { None }
    }

    /// Leaves it because it waits in a coroutine, of which the frames are known or not, for its next turn or for
    /// something else that wakes it.
    #[inline]
    pub(in crate::task) fn wait_in(self, coroutine: Option<&dyn Inspectable>, turn: Option<&Waker>) {
        // It is done at each wait, and looking into delegates takes its time.
        let position = if self.has(Inside::DEBUGGED) {
            self.note_delegates(coroutine);
            None
        } else {
            coroutine.and_then(Inspectable::outermost)
        };
        self.wait_at(position, turn);
    }

    #[cold]
    #[inline(never)]
    fn note_delegates(&self, coroutine: Option<&dyn Inspectable>) {
        if let (Some(task), Some(coroutine)) = (self.task(), coroutine) {
            note();
            task.core().waits_in(coroutine);
        }
    }

    /// The same, at a suspension point that is known or not.
    #[inline]
    pub(in crate::task) fn wait_at(self, position: Option<Position>, turn: Option<&Waker>) {
        match turn {
            None => self.end_waiting(position),
            Some(waker) => self.end_turn(position, waker),
        }
    }

    #[inline(never)]
    fn end_waiting(self, position: Option<Position>) {
        with(|current| {
            if self.has(Inside::BY_TASK)
                && let Some(position) = position
            {
                current.waits_at(position);
            }
            if self.has(Inside::ELSEWHERE) {
                current.pop();
            } else {
                current.end_waiting();
            }
        });
        mem::forget(self);
    }

    /// Has whoever polls it poll again, in the next pass.
    #[inline]
    fn end_turn(self, position: Option<Position>, waker: &Waker) {
        if let (Inside::BY_TASK, Some(position)) = (self.0, position)
            && Inside::end_usual_turn(position)
        {
            mem::forget(self);
        } else {
            self.end_unusual_turn(position, waker);
        }
    }

    /// `false` if nothing was done, because there is more to do.
    #[inline(never)]
    fn end_usual_turn(position: Position) -> bool {
        with(|current| {
            // The task comes into the queue at the end of the step, or before anything else does.
            let is_usual = current.position.get().is_none()
                && current.event_loop.look(|event_loop| event_loop.is_some_and(EventLoop::give_up_turn));
            if is_usual {
                current.position.set(Some(position));
                current.end_waiting();
            }
            is_usual
        })
    }

    #[cold]
    #[inline(never)]
    fn end_unusual_turn(self, position: Option<Position>, waker: &Waker) {
        if self.has(Inside::BY_TASK) {
            // Taken out of its place, because letters are foreign code.
            if let Some(event_loop) = with(|current| current.event_loop.get()) {
                event_loop.give_up_turn_after_letters();
            }
        } else {
            waker.wake_by_ref();
        }
        self.end_waiting(position);
    }

    #[inline(never)]
    fn end(&self) {
        with(|current| current.end(self));
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        self.end();
    }
}
