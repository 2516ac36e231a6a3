//! Entering a group, running in it and leaving it. After CPython 3.13's `asyncio/taskgroups.py`.

use std::future::IntoFuture;

use super::TaskGroup;
use crate::{Awaitable, Exception, Generator, Machine, TaskOutput, or_raise, raise, try_yield_from, yield_from};

impl TaskGroup {
    /// Runs what `body` makes of a new group, in the same task, waits for all tasks of the group, and gives what the body
    /// gave: `async with TaskGroup() as group`. It is a coroutine, and so also a future.
    ///
    /// A body that is a coroutine sees the cancellation that comes when a child fails; any other future is dropped then.
    ///
    /// # Errors
    ///
    /// What it gives fails as [`enter`](TaskGroup::enter) and [`exit`](TaskGroup::exit) do.
    pub fn scope<B, F>(
        body: B,
    ) -> Generator<impl Machine<(), Yield = Awaitable, Return = <F::Output as TaskOutput>::Value>>
    where
        B: FnOnce(TaskGroup) -> F,
        F: IntoFuture<Output: TaskOutput>,
    {
        scope(body)
    }

    /// Begins the scope in the task that runs: `__aenter__`.
    ///
    /// # Errors
    ///
    /// [`ScopeError::AlreadyEntered`](crate::ScopeError::AlreadyEntered) and
    /// [`ScopeError::OutsideTask`](crate::ScopeError::OutsideTask).
    pub fn enter(&self) -> Result<(), Exception> {
        self.0.enter()
    }

    /// Ends the scope with what came out of the body: `__aexit__`. What it gives is a coroutine that waits for the tasks
    /// and then gives the value of the body. The task that has entered is to run it.
    ///
    /// If `result` is an error the tasks are cancelled first.
    ///
    /// # Errors
    ///
    /// What it gives fails with an [`ExceptionGroup`](crate::ExceptionGroup) of the errors of the children, in the order
    /// in which they came, and of the body; with [`Exception::Cancelled`] if it was cancelled from outside and there are no
    /// errors; with [`ScopeError::Cancelled`](crate::ScopeError::Cancelled);
    /// with [`ScopeError::NotEntered`](crate::ScopeError::NotEntered), and with
    /// [`ScopeError::Over`](crate::ScopeError::Over) if it was left already.
    pub fn exit<T>(
        &self,
        result: Result<T, Exception>,
    ) -> Generator<impl Machine<(), Yield = Awaitable, Return = T> + use<T>> {
        exit(self.clone(), result)
    }
}

#[coframe_macros::coroutine(task, crate = crate)]
fn scope<B, F>(body: B) -> <F::Output as TaskOutput>::Value
where
    B: FnOnce(TaskGroup) -> F,
    F: IntoFuture<Output: TaskOutput>,
{
    let group = TaskGroup::new();
    or_raise!(group.enter());
    let body = begin(body, group.clone());
    // It is closed at this place too, when its future is dropped.
    let result = try_yield_from!(body).and_then(TaskOutput::into_result);
    yield_from!(exit(group, result))
}

/// A body of the attribute cannot call a local that can be called once only.
fn begin<F>(body: impl FnOnce(TaskGroup) -> F, group: TaskGroup) -> F {
    body(group)
}

#[coframe_macros::coroutine(task, crate = crate)]
fn exit<T>(group: TaskGroup, result: Result<T, Exception>) -> T {
    if let Err(misuse) = group.0.begin_exit() {
        match result {
            Ok(_) => raise!(misuse),
            Err(exception) => raise!(misuse, from = exception),
        }
    }
    let mut cancelled = None;
    match &result {
        Ok(_) => {}
        // A coroutine that is closed cannot wait.
        Err(Exception::Exit) => {
            group.0.abandon();
            raise!(Exception::Exit);
        }
        Err(exception) => {
            if let Exception::Cancelled(request) = exception {
                cancelled = Some(request.clone());
            }
            group.0.abort();
        }
    }
    while let Some(completed) = or_raise!(group.0.completion()) {
        match try_yield_from!(completed) {
            Ok(()) => {}
            // The parent is cancelled, for the first time from outside, or once more.
            Err(Exception::Cancelled(request)) => {
                if group.0.aborts_by_cancellation() {
                    cancelled = Some(request);
                }
            }
            Err(exception) => {
                group.0.abandon();
                raise!(exception);
            }
        }
    }
    or_raise!(group.0.settle(result, cancelled))
}
