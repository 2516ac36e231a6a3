//! Cancelling a task: asyncio's `Task.cancel`, which passes the request on to what the task waits for.

use std::mem;
use std::rc::Rc;

use super::AnyTask;
use super::core::Awaits;
use crate::Cancelled;

/// A chain of tasks that a request goes through, each waiting for the next one; all are marked while it does. A long one
/// is walked without a recursion, and where it leads back to a marked one it ends, so that tasks which wait for each other
/// in a circle can be cancelled. (CPython recurses, until it raises a `RecursionError`.)
struct Walk {
    last: Rc<dyn AnyTask>,
    before: Vec<Rc<dyn AnyTask>>,
}

impl Walk {
    fn begin(task: Rc<dyn AnyTask>) -> Self {
        task.core().in_cancel.set(true);
        Walk { last: task, before: Vec::new() }
    }

    fn go_on(&mut self, next: Rc<dyn AnyTask>) {
        next.core().in_cancel.set(true);
        self.before.push(mem::replace(&mut self.last, next));
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        self.before.iter().chain([&self.last]).for_each(|task| task.core().in_cancel.set(false));
    }
}

/// Returns whether the request was taken.
pub(super) fn cancel(task: Rc<dyn AnyTask>, cancelled: Cancelled) -> bool {
    if !can_take(&task) {
        return false;
    }
    let mut walk = Walk::begin(task);
    loop {
        let core = walk.last.core();
        core.cancelling.set(core.cancelling.get() + 1);
        let (Awaits::Polled(awaited) | Awaits::Yielded(awaited)) = core.awaits() else { break };
        match awaited.clone().as_task() {
            Some(next) if can_take(&next) => {
                // It may refuse: what the task waits for stays the same until it is done.
                core.cancel_passed_on.set(true);
                walk.go_on(next);
            }
            Some(_) => break,
            None if awaited.cancel(cancelled.clone()) => {
                core.cancel_passed_on.set(true);
                return true;
            }
            None => break,
        }
    }
    let task = &walk.last;
    task.core().must_cancel.replace(Some(cancelled));
    // While it runs this is seen at its end.
    if !task.runs_now() {
        task.clone().wake();
    }
    true
}

fn can_take(task: &Rc<dyn AnyTask>) -> bool {
    !task.done() && !task.core().in_cancel.get()
}
