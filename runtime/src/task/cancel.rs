//! How a cancellation goes from a task to what it waits for.
//!
//! Tasks that wait for each other are a chain, which may be long, or a ring. So it is walked from the first to the last, and
//! every task of it is passed once.

use std::iter;
use std::rc::Rc;

use super::flags::Flags;
use super::{AnyTask, wake};
use crate::Cancelled;

/// asyncio's `Task.cancel()`.
pub(super) fn cancel(task: Rc<dyn AnyTask>, cancelled: Cancelled) -> bool {
    if task.done() || task.core().flags.has(Flags::PASSES_ON) {
        return false;
    }
    task.core().count_cancellation();
    if !pass_on(task.clone(), &cancelled) {
        raise_later(task, cancelled);
    }
    true
}

/// Cancels what `task` waits for. `false` if there is no such thing, or it takes no request: then `task` is to be told.
pub(super) fn pass_on(task: Rc<dyn AnyTask>, cancelled: &Cancelled) -> bool {
    let Some(mut awaited) = task.core().awaits_only() else { return false };
    let mut chain = Chain::begin(task);
    let taken = loop {
        match awaited.clone().as_task() {
            None => break awaited.cancel(cancelled.clone()),
            Some(next) if next.done() || next.core().flags.has(Flags::PASSES_ON) => break false,
            Some(next) => {
                next.core().count_cancellation();
                chain.push(next);
            }
        }
        match chain.last().core().awaits_only() {
            Some(next) => awaited = next,
            None => break false,
        }
    };
    let passing = chain.others.len() + usize::from(taken);
    chain.all().take(passing).for_each(|task| task.core().has_passed_on());
    if !taken && passing > 0 {
        raise_later(chain.last().clone(), cancelled.clone());
    }
    passing > 0
}

/// Has it raised in the task's next step.
fn raise_later(task: Rc<dyn AnyTask>, cancelled: Cancelled) {
    task.core().set_must_cancel(cancelled);
    // While it runs this is seen at the end of the step.
    if !task.core().is_running() {
        wake(task);
    }
}

/// The tasks that the cancellation has come to, each waiting for the next. Most often there is one.
struct Chain {
    first: Rc<dyn AnyTask>,
    others: Vec<Rc<dyn AnyTask>>,
}

impl Chain {
    fn begin(first: Rc<dyn AnyTask>) -> Self {
        first.core().flags.set(Flags::PASSES_ON, true);
        Chain { first, others: Vec::new() }
    }

    fn push(&mut self, next: Rc<dyn AnyTask>) {
        next.core().flags.set(Flags::PASSES_ON, true);
        self.others.push(next);
    }

    fn last(&self) -> &Rc<dyn AnyTask> {
        self.others.last().unwrap_or(&self.first)
    }

    fn all(&self) -> impl Iterator<Item = &Rc<dyn AnyTask>> {
        iter::once(&self.first).chain(&self.others)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        self.all().for_each(|task| task.core().flags.set(Flags::PASSES_ON, false));
    }
}
