//! Groups of tasks that end together.
//!
//! | file | |
//! | --- | --- |
//! | `mod` | the handle: [`TaskGroup`] |
//! | `state` | what a group knows, and what the end of a child does |
//! | `scope` | entering, running and leaving |

mod scope;
mod state;

use std::fmt;
use std::future::IntoFuture;
use std::panic::Location;
use std::rc::Rc;

use self::state::State;
use crate::{Task, TaskBuilder, TaskOutput};

/// Tasks that are over before the scope is left in which they were made: asyncio's `TaskGroup`.
///
/// [`TaskGroup::scope`] runs a body that has the group and creates tasks in it, and waits for all of them. The first that
/// fails has the others cancelled, in the order in which they were made, and the body as well; when all are over,
/// everything that was raised leaves as one [`ExceptionGroup`](crate::ExceptionGroup). A child that ends cancelled is no
/// error. When the task that runs the scope is cancelled, so are the children, and it stays a cancellation.
///
/// A clone is one more handle on the same group, for children that make more children.
///
/// ```
/// use coframe::{ExceptionGroup, TaskGroup, sleep, spawn, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn double(n: u32) -> u32 {
///     yield_from!(sleep(0.1));
///     2 * n
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// let sum = event_loop.run_until_complete(async {
///     let tasks = TaskGroup::scope(|group| async move { [1, 20].map(|n| group.create_task(double(n))) }).await?;
///     // All are over.
///     Ok(tasks[0].result()? + tasks[1].result()?)
/// })?;
/// assert_eq!(sum, 42);
///
/// let failed = event_loop.run_until_complete(TaskGroup::scope(|group| async move {
///     let sibling = group.create_task(sleep(3600.0)); // is cancelled
///     group.create_task(async { Ok("x".parse::<u32>()?) });
///     sibling.await
/// }));
/// let failed = failed.unwrap_err();
/// let errors = failed.downcast_ref::<ExceptionGroup>().unwrap();
/// assert_eq!(errors.to_string(), "unhandled errors in a TaskGroup (1 sub-exception)");
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # By hand
///
/// In a coroutine any block can be the body, as `async with` makes it in Python: between [`enter`](TaskGroup::enter) and
/// [`exit`](TaskGroup::exit), in an [`attempt!`](crate::attempt).
///
/// ```
/// use coframe::{TaskGroup, attempt, or_raise, sleep, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn program() -> u32 {
///     let group = TaskGroup::new();
///     or_raise!(group.enter());
///     let result = attempt! {
///         drop(group.create_task(sleep(2.0)));
///         yield_from!(sleep(1.0));
///         42
///     };
///     yield_from!(group.exit(result)) // after another second
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert_eq!(event_loop.run_until_complete(program())?, 42);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Being dropped
///
/// Children do not outlive their scope: where its future is dropped before it is over, they are cancelled. There they
/// cannot be waited for, and what they fail with is reported to the loop's exception handler.
#[derive(Clone, Default)]
#[must_use = "a group does nothing until it is entered"]
pub struct TaskGroup(Rc<State>);

impl TaskGroup {
    /// A group that is not entered.
    pub fn new() -> Self {
        TaskGroup::default()
    }

    /// Runs a coroutine or a future as a task of this group; otherwise as [`spawn`](crate::spawn).
    ///
    /// It is refused before the group is entered, when it is over, and while its tasks are being cancelled: then the task
    /// that is given has failed with [`ScopeError::NotEntered`], [`ScopeError::Over`] or [`ScopeError::ShuttingDown`],
    /// and the future is dropped. A body that has come to its end is no hindrance while there are children.
    ///
    /// The group owns the task and hears of its failure, so that the handle need not be used: `group.create_task(work());`
    /// may stand as a statement.
    ///
    /// [`TaskBuilder::spawn_in`] is for tasks with a name or a context.
    ///
    /// [`ScopeError::NotEntered`]: crate::ScopeError::NotEntered
    /// [`ScopeError::Over`]: crate::ScopeError::Over
    /// [`ScopeError::ShuttingDown`]: crate::ScopeError::ShuttingDown
    #[track_caller]
    pub fn create_task<F>(&self, future: F) -> Task<<F::Output as TaskOutput>::Value>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        TaskBuilder::new().spawn_in(self, future)
    }

    /// Cancels the group as a whole: its tasks, and its body if that still runs. Python 3.15 has it.
    ///
    /// A body that ended before, or does not let the cancellation out, gives its value all the same. For one that could not
    /// give any, the scope fails with [`ScopeError::Cancelled`](crate::ScopeError::Cancelled); the task that runs it is
    /// not cancelled by that. What children fail with while they are cancelled is raised as always.
    ///
    /// It does nothing to a group that shuts down already, is over, or has not been entered.
    ///
    /// ```
    /// use coframe::{TaskGroup, sleep};
    ///
    /// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
    /// event_loop.run_until_complete(TaskGroup::scope(|group| async move {
    ///     for seconds in [3.0, 1.0, 2.0] {
    ///         let all = group.clone();
    ///         drop(group.create_task(async move {
    ///             sleep(seconds).await?;
    ///             all.cancel(); // the first one ends the race
    ///             Ok(())
    ///         }));
    ///     }
    /// }))?;
    /// assert_eq!(event_loop.time().as_secs(), 1);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

impl TaskBuilder {
    /// Makes the task in this group; see [`TaskGroup::create_task`].
    #[track_caller]
    pub fn spawn_in<F>(self, group: &TaskGroup, future: F) -> Task<<F::Output as TaskOutput>::Value>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        let made_at = Location::caller();
        match group.0.check_can_create() {
            Ok(event_loop) => {
                let task = self.build(Some(event_loop), future, made_at);
                group.0.adopt(&task);
                task
            }
            Err(refused) => self.refuse(group.0.event_loop(), future, refused, made_at),
        }
    }
}

/// As Python's `repr`.
impl fmt::Debug for TaskGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
