//! Running a task: one step, and what a cancellation does in it.
//!
//! After CPython 3.13's `Task.__step` and `__wakeup`. A task stands in the ready queue at most once, and is
//! there if something that it waits for is done, if it gave up its turn, or if it is to be told of a cancellation.
//!
//! Nothing in here knows the type of what the task runs, so that a program has it once, with its thread-local state at hand.

use std::rc::Rc;
use std::task::Context;

use super::flags::Flags;
use super::{AnyTask, Core, cancel, current};
use crate::Exception;
use crate::event_loop::Runnable;

/// Runs it until it waits again or is over.
pub(super) fn step(task: &Rc<dyn AnyTask>) {
    let core = task.core();
    if core.flags.has(Flags::OVER | Flags::RUNNING) {
        return;
    }
    let mut step = Step { task, ended: false };
    let in_coroutine = core.begin_step();
    let _entered = current::enter(Rc::clone(task), core.waker());
    match core.scope.enter() {
        Ok(_inside) if !core.flags.has(Flags::MUST_CANCEL | Flags::PASSED_ON) => run(task, core),
        Ok(_inside) => run_cancelled(task, core, in_coroutine),
        Err(refused) => Rc::clone(task).fail(refused.into()),
    }
    step.ended = true;
}

#[cold]
fn run_cancelled(task: &Rc<dyn AnyTask>, core: &Core, in_coroutine: bool) {
    match cancellation(core, in_coroutine) {
        None => run(task, core),
        Some(cancellation) if in_coroutine => {
            current::raise(cancellation);
            run(task, core);
        }
        // There is no place where it could be raised: a plain future, or one that has not begun.
        Some(cancellation) => Rc::clone(task).fail(cancellation),
    }
}

#[inline]
fn run(task: &Rc<dyn AnyTask>, core: &Core) {
    let poll = Rc::clone(task).poll_future(&mut Context::from_waker(core.waker()));
    if poll.is_ready() {
        return;
    }
    let polled = current::polled(poll);
    core.flags.set(Flags::IN_COROUTINE, polled.in_coroutine);
    match polled.not_taken {
        None => suspend(task, core),
        Some(cancellation) => Rc::clone(task).fail(cancellation),
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

#[inline]
fn suspend(task: &Rc<dyn AnyTask>, core: &Core) {
    core.end_step();
    // It has cancelled itself, or was cancelled by what it called.
    let Some(cancelled) = core.must_cancel() else { return };
    if cancel::pass_on(Rc::clone(task), &cancelled) {
        core.take_must_cancel();
    } else {
        wake(Rc::clone(task));
    }
}

/// Puts it in the ready queue, if it is neither there nor over.
pub(crate) fn wake(task: Rc<dyn AnyTask>) {
    if let Some(event_loop) = task.event_loop().cloned()
        && let Some(entry) = into_ready(task)
    {
        event_loop.schedule_if_open(entry);
    }
}

/// Itself, to be put in the ready queue by the loop; `None` if it is there, or over.
#[inline]
pub(crate) fn into_ready(task: Rc<dyn AnyTask>) -> Option<Rc<dyn Runnable>> {
    let flags = &task.core().flags;
    // One that runs is not over yet.
    if flags.has(Flags::SCHEDULED) || !flags.has(Flags::RUNNING) && task.done() {
        return None;
    }
    flags.set(Flags::SCHEDULED, true);
    Some(task)
}

/// A task that runs. If a panic ends it, it has failed.
struct Step<'a> {
    task: &'a Rc<dyn AnyTask>,
    /// `false` if a panic has ended the step. Whether the thread panics does not tell: the loop may run in a destructor.
    ended: bool,
}

impl Drop for Step<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.ended {
            Rc::clone(self.task).has_panicked();
        }
    }
}
