//! Who is being polled: the task that runs, and the waker of what is awaited now.
//!
//! A coroutine is resumed without a [`Context`], so that what it awaits finds its waker here.

use std::cell::RefCell;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{AnyTask, TaskHandle};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::{Awaitable, Exception, Step};

#[derive(Default)]
struct Current {
    task: Option<Rc<dyn AnyTask>>,
    /// Set where something else than the task's own waker is to be woken: another executor, or a future that polls its
    /// parts with wakers of its own.
    waker: Option<Waker>,
}

thread_local! {
    static CURRENT: RefCell<Current> = const { RefCell::new(Current { task: None, waker: None }) };
}

/// Brings back what was current before.
pub(super) struct Entered(Current);

impl Drop for Entered {
    fn drop(&mut self) {
        let left = CURRENT.replace(mem::take(&mut self.0));
        drop(left);
    }
}

pub(super) fn enter(task: Rc<dyn AnyTask>) -> Entered {
    Entered(CURRENT.replace(Current { task: Some(task), waker: None }))
}

pub(super) fn enter_waker(waker: Waker) -> Entered {
    let before = CURRENT.take();
    CURRENT.set(Current { task: before.task.clone(), waker: Some(waker) });
    Entered(before)
}

/// The task that runs in this thread: asyncio's `current_task`. `None` in a callback, and where no loop runs.
///
/// ```
/// coframe::run(async {
///     coframe::current_task().unwrap().set_name("main");
///     assert_eq!(coframe::current_task().unwrap().name(), "main");
/// })?;
/// assert!(coframe::current_task().is_none());
/// # Ok::<(), coframe::Exception>(())
/// ```
#[must_use]
pub fn current_task() -> Option<TaskHandle> {
    CURRENT.try_with(|current| current.borrow().task.clone()).ok().flatten().map(TaskHandle)
}

/// The task that polls, if it does so with its own waker.
pub(crate) fn task_polling(context: &Context<'_>) -> Option<Rc<dyn AnyTask>> {
    CURRENT.with_borrow(|current| {
        let task = current.task.as_ref()?;
        task.core().waker().will_wake(context.waker()).then(|| Rc::clone(task))
    })
}

/// Polls something with the waker of whoever is being polled. A coroutine that somebody resumes by hand has none.
pub(crate) fn with_context<R>(poll: impl FnOnce(&mut Context<'_>) -> R) -> R {
    let (task, waker) = CURRENT.with_borrow(|current| (current.task.clone(), current.waker.clone()));
    match (&task, &waker) {
        (_, Some(waker)) => poll(&mut Context::from_waker(waker)),
        (Some(task), None) => poll(&mut Context::from_waker(task.core().waker())),
        (None, None) => poll(&mut Context::from_waker(Waker::noop())),
    }
}

/// One step of a delegate that waits for a future: it raises what the future fails with.
pub(crate) fn advance<T>(future: Pin<&mut impl Future<Output = Result<T, Exception>>>) -> Resumed<Awaitable, T> {
    match with_context(|context| future.poll(context)) {
        Poll::Ready(result) => result.map(Step::Returned),
        Poll::Pending => Ok(Step::Yielded(Awaitable(Kind::Wake))),
    }
}
