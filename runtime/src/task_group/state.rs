//! What a group knows, and what the end of a child does. After CPython 3.13's `asyncio/taskgroups.py`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::{Rc, Weak};

use crate::event_loop::{EventLoop, LoopError};
use crate::promise::{Awaited, Hook};
use crate::{Cancelled, Exception, ExceptionGroup, Promise, Scope, ScopeError, Task, TaskHandle, current_task};

/// Nothing in here stays borrowed while foreign code runs or is dropped.
#[derive(Default)]
pub(super) struct State {
    phase: Cell<Phase>,
    /// Whether children were cancelled, or there were none to cancel. No child is made after that.
    aborting: Cell<bool>,
    /// The task that has entered.
    parent: RefCell<Option<TaskHandle>>,
    /// Whether the group has asked the parent to be cancelled, and has not taken it back.
    parent_cancel_requested: Cell<bool>,
    /// Those that are not over, by their ids: in the order in which they were made.
    children: RefCell<BTreeMap<u64, TaskHandle>>,
    errors: RefCell<Vec<Exception>>,
    /// What the parent waits for while it leaves.
    completed: RefCell<Option<Promise<()>>>,
}

/// Each is followed by the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Created,
    /// The body runs.
    Entered,
    /// The body is over. Children may still make children.
    Exiting,
    /// All are over, or nobody waits for them any more.
    Over,
}

impl State {
    /// `__aenter__`.
    pub(super) fn enter(&self) -> Result<(), Exception> {
        if self.phase.get() != Phase::Created {
            return Err(ScopeError::AlreadyEntered(Scope::TaskGroup).into());
        }
        let parent = current_task().ok_or(ScopeError::OutsideTask(Scope::TaskGroup))?;
        self.parent.replace(Some(parent));
        self.phase.set(Phase::Entered);
        Ok(())
    }

    /// The body is over.
    pub(super) fn begin_exit(&self) -> Result<(), ScopeError> {
        match self.phase.get() {
            Phase::Created => Err(ScopeError::NotEntered(Scope::TaskGroup)),
            Phase::Entered => {
                self.phase.set(Phase::Exiting);
                Ok(())
            }
            Phase::Exiting | Phase::Over => Err(ScopeError::Over(Scope::TaskGroup)),
        }
    }

    pub(super) fn event_loop(&self) -> Option<EventLoop> {
        let parent = self.parent.borrow().clone();
        parent.map_or_else(EventLoop::running, |parent| parent.event_loop().cloned())
    }

    /// The loop in which to create a child, if there can be one.
    pub(super) fn check_can_create(&self) -> Result<EventLoop, Exception> {
        match self.phase.get() {
            Phase::Created => Err(ScopeError::NotEntered(Scope::TaskGroup).into()),
            Phase::Exiting if self.children.borrow().is_empty() => Err(ScopeError::Over(Scope::TaskGroup).into()),
            Phase::Over => Err(ScopeError::Over(Scope::TaskGroup).into()),
            Phase::Entered | Phase::Exiting if self.aborting.get() => Err(ScopeError::ShuttingDown.into()),
            Phase::Entered | Phase::Exiting => Ok(self.event_loop().ok_or(LoopError::NotRunning)?),
        }
    }

    /// Makes a task a child.
    pub(super) fn adopt<T: 'static>(self: &Rc<Self>, task: &Task<T>) {
        if task.done() {
            // It was an eager one, and did not wait.
            return self.on_task_done(task.handle());
        }
        self.children.borrow_mut().insert(task.id(), task.handle().clone());
        let (group, child) = (Rc::downgrade(self), task.handle().clone());
        // The task is not done, so that a closed loop is no hindrance.
        _ = task.add_done_callback(move |_| {
            if let Some(group) = group.upgrade() {
                group.on_task_done(&child);
            }
        });
    }

    fn on_task_done(&self, task: &TaskHandle) {
        let removed = self.children.borrow_mut().remove(&task.id());
        drop(removed);
        if self.children.borrow().is_empty() {
            let completed = self.completed.borrow().clone();
            // It may be cancelled.
            completed.map(|completed| completed.set_result(()));
        }
        let parent = self.parent.borrow().clone();
        let Some(parent) = parent.filter(|parent| self.phase.get() != Phase::Over && !parent.done()) else {
            // Nobody takes the error: the promise of the task reports it.
            return;
        };
        let Some(exception) = task.0.failure().filter(|it| !matches!(it, Exception::Cancelled(_))) else { return };
        self.errors.borrow_mut().push(exception);
        if !self.aborting.get() && !self.parent_cancel_requested.get() {
            self.abort();
            self.cancel_parent(&parent);
        }
    }

    /// The parent is to leave its body. It takes this back at the end.
    fn cancel_parent(&self, parent: &TaskHandle) {
        self.parent_cancel_requested.set(true);
        parent.cancel();
    }

    /// Cancels the children; at most once.
    pub(super) fn abort(&self) {
        if self.aborting.replace(true) {
            return;
        }
        let children: Vec<_> = self.children.borrow().values().cloned().collect();
        for child in children {
            child.cancel();
        }
    }

    /// [`TaskGroup::cancel`](super::TaskGroup::cancel).
    pub(super) fn cancel(&self) {
        let parent = self.parent.borrow().clone();
        match self.phase.get() {
            Phase::Entered | Phase::Exiting if self.aborting.get() => {}
            Phase::Entered => {
                self.abort();
                parent.inspect(|parent| self.cancel_parent(parent));
            }
            Phase::Exiting => self.abort(),
            Phase::Created | Phase::Over => {}
        }
    }

    /// A promise that is done when all children are over; `None` if they are.
    pub(super) fn completion(self: &Rc<Self>) -> Result<Option<Promise<()>>, Exception> {
        let completed = if self.children.borrow().is_empty() {
            None
        } else {
            let event_loop = self.event_loop().ok_or(LoopError::NotRunning)?;
            Some(Promise::hooked(&event_loop, Children(Rc::downgrade(self))))
        };
        let before = self.completed.replace(completed.clone());
        drop(before);
        Ok(completed)
    }

    /// The parent's wait was cancelled. Returns whether that is to leave the scope.
    pub(super) fn aborts_by_cancellation(&self) -> bool {
        let is_new = !self.aborting.get();
        self.abort();
        is_new
    }

    /// Nobody waits for the children any more.
    pub(super) fn abandon(&self) {
        self.phase.set(Phase::Over);
        self.take_back();
        self.abort();
    }

    /// Takes back the request to cancel the parent. Returns whether no other one is left.
    fn take_back(&self) -> bool {
        let parent = self.parent.borrow().clone();
        self.parent_cancel_requested.take() && parent.is_some_and(|parent| parent.uncancel() == 0)
    }

    /// What is to leave the scope, when all children are over: the end of `__aexit__`. `cancelled` is a cancellation from
    /// outside.
    pub(super) fn settle<T>(
        &self,
        result: Result<T, Exception>,
        mut cancelled: Option<Cancelled>,
    ) -> Result<T, Exception> {
        self.phase.set(Phase::Over);
        if self.take_back() {
            cancelled = None;
        }
        let mut errors = self.errors.take();
        if errors.is_empty()
            && let Some(cancelled) = cancelled
        {
            return Err(Exception::Cancelled(cancelled));
        }
        match result {
            Ok(value) if errors.is_empty() => return Ok(value),
            // No child has failed and nobody else has cancelled it.
            Err(Exception::Cancelled(_)) if errors.is_empty() => return Err(ScopeError::Cancelled.into()),
            Ok(_) | Err(Exception::Cancelled(_)) => {}
            Err(exception) => errors.push(exception),
        }
        // "If the parent task is being cancelled from the outside of the taskgroup, un-cancel and re-cancel the parent
        // task, which will keep the cancel count stable."
        let parent = self.parent.take();
        if let Some(parent) = parent.filter(|parent| parent.cancelling() > 0) {
            parent.uncancel();
            parent.cancel();
        }
        Err(ExceptionGroup::new("unhandled errors in a TaskGroup", errors).map_or(Exception::Finished, Exception::from))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<TaskGroup")?;
        match self.children.borrow().len() {
            0 => {}
            children => write!(f, " tasks={children}")?,
        }
        match self.errors.borrow().len() {
            0 => {}
            errors => write!(f, " errors={errors}")?,
        }
        f.write_str(match self.phase.get() {
            _ if self.aborting.get() => " cancelling>",
            Phase::Created => ">",
            Phase::Entered | Phase::Exiting | Phase::Over => " entered>",
        })
    }
}

/// Entered and never left: the frame was dropped.
impl Drop for State {
    fn drop(&mut self) {
        if self.phase.get() != Phase::Over {
            self.abandon();
        }
    }
}

/// Cancelling the wait wakes the parent only.
struct Children(Weak<State>);

impl Hook<()> for Children {
    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        let Some(group) = self.0.upgrade() else { return Vec::new() };
        let children = group.children.borrow();
        children.values().map(|child| child.0.clone() as Rc<dyn Awaited>).collect()
    }
}
