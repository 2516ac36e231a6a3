//! How a cancellation goes from a task to what it waits for.
//!
//! Tasks that wait for each other are a chain, which may be long, or a ring. So it is walked from the first to the last, and
//! every task of it is passed once.

use std::rc::Rc;

use super::flags::Flags;
use super::{AnyTask, wake};
use crate::Cancelled;

/// asyncio's `Task.cancel()`.
pub(super) fn cancel(task: Rc<dyn AnyTask>, cancelled: Cancelled) -> bool {
    if task.done() || task.core().flags.has(Flags::PASSES_ON) {
        return false;
    }
    count(&task);
    if !pass_on(task.clone(), &cancelled) {
        raise_later(task, cancelled);
    }
    true
}

/// Cancels what `task` waits for. `false` if there is no such thing, or it takes no request: then `task` is to be told.
pub(super) fn pass_on(task: Rc<dyn AnyTask>, cancelled: &Cancelled) -> bool {
    let mut chain = Chain(Vec::new());
    let mut last = task;
    let taken = loop {
        last.core().flags.set(Flags::PASSES_ON, true);
        chain.0.push(last.clone());
        let Some(awaited) = last.core().awaits_only() else { break false };
        match awaited.clone().as_task() {
            None => break awaited.cancel(cancelled.clone()),
            Some(next) if next.done() || next.core().flags.has(Flags::PASSES_ON) => break false,
            Some(next) => {
                count(&next);
                last = next;
            }
        }
    };
    let alone = chain.0.len() == 1;
    let passing = if taken { &chain.0[..] } else { &chain.0[..chain.0.len() - 1] };
    passing.iter().for_each(|task| task.core().has_passed_on());
    if !taken && !alone {
        raise_later(last, cancelled.clone());
    }
    taken || !alone
}

fn count(task: &Rc<dyn AnyTask>) {
    let core = task.core();
    core.set_cancelling(core.cancelling() + 1);
}

/// Has it raised in the task's next step.
fn raise_later(task: Rc<dyn AnyTask>, cancelled: Cancelled) {
    task.core().set_must_cancel(cancelled);
    // While it runs this is seen at the end of the step.
    if !task.core().is_running() {
        wake(task);
    }
}

/// The tasks that the cancellation has come to, each waiting for the next.
struct Chain(Vec<Rc<dyn AnyTask>>);

impl Drop for Chain {
    fn drop(&mut self) {
        self.0.iter().for_each(|task| task.core().flags.set(Flags::PASSES_ON, false));
    }
}
