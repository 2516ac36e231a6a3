//! Running a task: one step, and what a cancellation does in it.
//!
//! After CPython 3.13's `Task.__step` and `__wakeup`. A task stands in the ready queue at most once, and is
//! there if something that it waits for is done, if it gave up its turn, or if it is to be told of a cancellation.
//!
//! Nothing in here knows the type of what the task runs, so that a program has it once; but what a usual step begins and ends
//! with is inlined into each type of task, as it is a fifth of a switch.

use std::mem;
use std::rc::Rc;
use std::task::Waker;

use super::core::Core;
use super::current::{self, Current};
use super::flags::{Before, Flags};
use super::waker::OwnWaker;
use super::{AnyTask, cancel};
use crate::Exception;
use crate::context::{Blank, ContextError};
use crate::event_loop::{EventLoop, Runnable};

/// What the tasks that are stepped one after the other have in common. While it lives their loop is current, and who was
/// current before is not.
pub(crate) struct Lane<'a> {
    event_loop: &'a EventLoop,
    /// What they are polled with, until somebody has a clone.
    own: Rc<OwnWaker>,
    has_outer: bool,
    // What is local to the thread, looked for once.
    current: &'a Current,
    blank: Blank<'a>,
}

impl<'a> Lane<'a> {
    pub(crate) fn with<R>(event_loop: &EventLoop, run: impl FnOnce(Lane<'_>) -> R) -> R {
        Blank::look(|blank| {
            current::lend(|current| {
                let own = event_loop.tasks().lend_waker(event_loop);
                run(Lane { event_loop, has_outer: current.begin(event_loop, &own), own, current, blank })
            })
        })
    }

    pub(crate) fn event_loop(&self) -> &'a EventLoop {
        self.event_loop
    }

    pub(crate) fn blank(&self) -> Blank<'a> {
        self.blank
    }

    /// Has the task that runs polled with a waker that it has kept.
    #[cold]
    fn take_kept(&mut self, core: &Core) {
        if let Some(kept) = core.waker() {
            let before = self.change(kept);
            self.event_loop.tasks().give_back(before);
        }
    }

    /// A waker of which somebody has a clone is left to its task.
    #[cold]
    fn leave_to(&mut self, core: &Core) {
        let next = self.event_loop.tasks().lend_waker(self.event_loop);
        let left = self.change(next);
        core.keep_waker(left);
    }

    fn change(&mut self, next: Rc<OwnWaker>) -> Rc<OwnWaker> {
        self.current.set_own(&next);
        mem::replace(&mut self.own, next)
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        self.current.stop(self.has_outer);
        self.event_loop.tasks().give_back(Rc::clone(&self.own));
    }
}

/// One step of a task: while it lives the task is current, in its context. Whoever makes it polls the task's future.
pub(super) struct Step<'a, 'l> {
    lane: &'a mut Lane<'l>,
    core: &'a Core,
    state: State,
}

/// A set of the constants.
#[derive(Clone, Copy)]
struct State(u32);

impl State {
    /// There is nothing to be done.
    const IDLE: u32 = 1;
    /// It has entered its context.
    const IN_CONTEXT: u32 = 1 << 1;
    /// It cannot enter its context.
    const REFUSED: u32 = 1 << 2;
    /// There may be a cancellation that the task is to be told of.
    const CANCELLED: u32 = 1 << 3;
    /// It waited in a coroutine, where an exception can be raised.
    const WAS_IN_COROUTINE: u32 = 1 << 4;

    /// Something stands in the way of the usual.
    const HINDERED: u32 = State::IDLE | State::REFUSED | State::CANCELLED;

    #[inline]
    fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    /// Of a step of which there is no more to be said.
    #[inline]
    fn usual(before: Before) -> Self {
        State(if before.has(Flags::IN_COROUTINE) { State::WAS_IN_COROUTINE } else { 0 })
    }
}

impl<'a, 'l> Step<'a, 'l> {
    /// `None` if there is nothing to be done.
    #[inline]
    pub(super) fn begin(task: Rc<dyn AnyTask>, core: &'a Core, lane: &'a mut Lane<'l>) -> Option<Self> {
        let state = begin(task, core, lane);
        if state.has(State::HINDERED) && state.has(State::IDLE) { None } else { Some(Step { lane, core, state }) }
    }

    /// Makes a task current that is not to be polled.
    pub(super) fn enter(task: Rc<dyn AnyTask>, core: &'a Core, lane: &'a mut Lane<'l>) -> Self {
        let state = enter(task, core, lane, core.flags.now());
        Step { lane, core, state }
    }

    /// To poll with.
    #[inline]
    pub(super) fn waker(&self) -> &Waker {
        &self.lane.own.waker
    }

    /// What the task fails with instead of going on.
    #[inline]
    pub(super) fn hindrance(&self) -> Option<Exception> {
        if self.state.has(State::HINDERED) { what_hinders(self.core, self.state) } else { None }
    }

    /// The end of a step after which the task waits; it is to be forgotten then. It goes on if there is something that the
    /// task fails with instead.
    #[inline]
    pub(super) fn suspend(&mut self) -> Option<Exception> {
        suspend(self.lane, self.core, self.state)
    }
}

impl Drop for Step<'_, '_> {
    #[inline(always)]
    fn drop(&mut self) {
        leave(self.lane, self.core, self.state);
    }
}

#[inline(always)]
fn begin(task: Rc<dyn AnyTask>, core: &Core, lane: &mut Lane<'_>) -> State {
    if core.flags.has(Flags::UNUSUAL) || !lane.blank.is_so() {
        return begin_unusual(task, core, lane);
    }
    let before = core.begin_step();
    if before.has(Flags::AWAITS) {
        lane.current.set_awaited(core.take_awaits());
    }
    lane.current.enter(task, lane.event_loop.debug());
    lane.own.name(core.key.get(), core.id);
    State::usual(before)
}

#[cold]
#[inline(never)]
fn begin_unusual(task: Rc<dyn AnyTask>, core: &Core, lane: &mut Lane<'_>) -> State {
    if core.flags.has(Flags::OVER | Flags::RUNNING) {
        core.flags.set(Flags::SCHEDULED, false);
        return State(State::IDLE);
    }
    let before = core.begin_step();
    if before.has(Flags::AWAITS) {
        lane.current.set_awaited(core.take_awaits());
    }
    enter(task, core, lane, before)
}

/// Makes a task current of which so much is true.
fn enter(task: Rc<dyn AnyTask>, core: &Core, lane: &mut Lane<'_>, before: Before) -> State {
    lane.current.enter(task, lane.event_loop.debug());
    enter_unusual(core, lane, before, State::usual(before).0)
}

#[cold]
#[inline(never)]
fn enter_unusual(core: &Core, lane: &mut Lane<'_>, before: Before, mut state: u32) -> State {
    if before.has(Flags::HAS_WAKER) {
        lane.take_kept(core);
    }
    lane.own.name(core.key.get(), core.id);
    if before.has(Flags::MUST_CANCEL | Flags::PASSED_ON) {
        state |= State::CANCELLED;
    }
    if before.has(Flags::IN_CONTEXT) || !lane.blank.is_so() {
        state |= if core.rare().scope.swap_in().is_ok() { State::IN_CONTEXT } else { State::REFUSED };
    }
    State(state)
}

#[cold]
#[inline(never)]
fn what_hinders(core: &Core, state: State) -> Option<Exception> {
    if state.has(State::REFUSED) {
        return Some(ContextError::AlreadyEntered.into());
    }
    let in_coroutine = state.has(State::WAS_IN_COROUTINE);
    let cancellation = cancellation(core, in_coroutine)?;
    if in_coroutine {
        current::raise(cancellation);
        return None;
    }
    // There is no place where it could be raised: a plain future, or one that has not begun.
    Some(cancellation)
}

#[inline(always)]
fn suspend(lane: &mut Lane<'_>, core: &Core, state: State) -> Option<Exception> {
    match lane.current.end_usual_step(core) {
        None => suspend_unusual(lane, core, state),
        Some(before) if before.has(Flags::AWAITED) => suspend_after_wait(lane, core, state),
        Some(_) => {
            leave_as_usual(lane, core, state);
            None
        }
    }
}

/// After a usual step at the beginning of which the task waited for a promise.
#[inline(never)]
fn suspend_after_wait(lane: &mut Lane<'_>, core: &Core, state: State) -> Option<Exception> {
    // It may be the last handle, so that foreign code is dropped.
    lane.current.forget_awaited();
    if lane.current.is_at_usual_end(core) {
        leave_as_usual(lane, core, state);
    } else {
        leave_suspended(lane, core, state);
    }
    None
}

/// The end of a usual step, unless there is something to do for the context or the waker.
#[inline(always)]
fn leave_as_usual(lane: &mut Lane<'_>, core: &Core, state: State) {
    if !state.has(State::IN_CONTEXT | State::REFUSED) && lane.blank.is_so() && lane.own.is_alone() {
        lane.current.leave_as_usual(core, lane.event_loop);
    } else {
        leave_suspended(lane, core, state);
    }
}

/// Leaves it, unless there is something that it fails with.
#[cold]
#[inline(never)]
fn suspend_unusual(lane: &mut Lane<'_>, core: &Core, state: State) -> Option<Exception> {
    let (in_coroutine, raises) = lane.current.suspended();
    core.flags.set(Flags::IN_COROUTINE, in_coroutine);
    if raises {
        return current::not_taken();
    }
    core.end_step();
    leave_suspended(lane, core, state);
    None
}

#[cold]
#[inline(never)]
fn leave_suspended(lane: &mut Lane<'_>, core: &Core, state: State) {
    // It has cancelled itself, or was cancelled by what it called.
    if core.flags.has(Flags::MUST_CANCEL) {
        tell(core);
    }
    leave(lane, core, state);
}

#[cold]
fn tell(core: &Core) {
    let (Some(task), Some(cancelled)) = (current::any_task(), core.must_cancel()) else { return };
    if cancel::pass_on(Rc::clone(&task), &cancelled) {
        core.take_must_cancel();
    } else {
        wake(task);
    }
}

#[inline(never)]
fn leave(lane: &mut Lane<'_>, core: &Core, state: State) {
    if state.has(State::IN_CONTEXT) || !lane.blank.is_so() && !state.has(State::REFUSED) {
        core.leave_context();
    }
    // After a panic, or where the task is over.
    if core.flags.has(Flags::AWAITED) {
        core.flags.set(Flags::AWAITED, false);
        lane.current.forget_awaited();
    }
    lane.current.leave(core, lane.event_loop);
    if !lane.own.is_alone() || core.flags.has(Flags::HAS_WAKER) {
        lane.leave_to(core);
    }
}

/// What the task is to be told of before it goes on.
fn cancellation(core: &Core, in_coroutine: bool) -> Option<Exception> {
    if let Some(cancelled) = core.take_must_cancel() {
        // One that is on its way already stays the same.
        return Some(core.awaited_cancellation().unwrap_or(Exception::Cancelled(cancelled)));
    }
    // A coroutine will see where it waits that what it waits for was cancelled on its behalf.
    if in_coroutine { None } else { core.passed_on() }
}

/// Puts it in the ready queue, if it is neither there nor over.
pub(crate) fn wake(task: Rc<dyn AnyTask>) {
    let (core, Some(event_loop)) = task.core_and_loop() else { return };
    event_loop.end_turn();
    if !core.flags.has(Flags::SCHEDULED | Flags::OVER) {
        core.flags.set(Flags::SCHEDULED, true);
        event_loop.schedule_after_turn(task.clone());
    }
}

/// The same for a task of this loop.
#[inline]
pub(crate) fn wake_in(event_loop: &EventLoop, task: Rc<dyn AnyTask>) {
    event_loop.end_turn();
    if let Some(entry) = into_ready(task) {
        event_loop.schedule_after_turn(entry);
    }
}

/// Itself, to be put in the ready queue by the loop; `None` if it is there, or over.
#[inline]
pub(crate) fn into_ready(task: Rc<dyn AnyTask>) -> Option<Rc<dyn Runnable>> {
    let flags = &task.core().flags;
    if flags.has(Flags::SCHEDULED | Flags::OVER) {
        return None;
    }
    flags.set(Flags::SCHEDULED, true);
    Some(task)
}
