//! Making tasks.

use std::future::{Future, IntoFuture};
use std::panic::Location;
use std::rc::Rc;

use super::inner::TaskInner;
use super::output::TaskOutput;
use super::step::Lane;
use super::{Task, TaskHandle, wake};
use crate::Exception;
use crate::context::{Context, Scope};
use crate::event_loop::{EventLoop, Runnable};
use crate::promise::{Promise, State};

/// How a task is to be made: its name, its context, and whether it begins at once.
///
/// ```
/// use coframe::TaskBuilder;
///
/// coframe::run(async {
///     let task = TaskBuilder::new().name("answer").spawn(async { 42_u32 });
///     assert_eq!(&*task.name(), "answer");
///     assert_eq!(task.await?, 42);
///     Ok(())
/// })?;
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder makes nothing by itself"]
pub struct TaskBuilder {
    name: Option<Rc<str>>,
    context: Option<Context>,
    eager: bool,
}

impl TaskBuilder {
    /// With nothing set.
    pub fn new() -> Self {
        TaskBuilder::default()
    }

    /// Its name, for reports: `create_task(…, name=…)`.
    pub fn name(self, name: impl Into<Rc<str>>) -> Self {
        TaskBuilder { name: Some(name.into()), ..self }
    }

    /// The context that it runs in, and changes: `create_task(…, context=…)`. Without one it is a copy of the current one.
    pub fn context(self, context: Context) -> Self {
        TaskBuilder { context: Some(context), ..self }
    }

    /// Has it begin at once, inside the call that makes it, instead of in the next pass: `create_task(…, eager_start=True)`
    /// of Python 3.14. A task that never waits is over then, and the loop has no work with it.
    ///
    /// ```
    /// use coframe::TaskBuilder;
    ///
    /// coframe::run(async {
    ///     let task = TaskBuilder::new().eager(true).spawn(async { 42_u32 });
    ///     assert!(task.done());
    /// })?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn eager(self, eager: bool) -> Self {
        TaskBuilder { eager, ..self }
    }

    /// Makes the task in the loop that runs in this thread; see [`spawn`].
    #[must_use = "a task that nobody holds runs to its end all the same; drop it explicitly if that is meant"]
    #[track_caller]
    #[inline]
    pub fn spawn<F>(self, future: F) -> Task<<F::Output as TaskOutput>::Value>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        self.build(EventLoop::running(), future, Location::caller())
    }

    /// Makes the task in this loop; see [`EventLoop::create_task`].
    #[must_use = "a task that nobody holds runs to its end all the same; drop it explicitly if that is meant"]
    #[track_caller]
    pub fn spawn_on<F>(self, event_loop: &EventLoop, future: F) -> Task<<F::Output as TaskOutput>::Value>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        self.build(Some(event_loop.clone()), future, Location::caller())
    }

    #[inline]
    pub(crate) fn build<F>(
        self,
        event_loop: Option<EventLoop>,
        future: F,
        made_at: &'static Location<'static>,
    ) -> Task<<F::Output as TaskOutput>::Value>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        // Its handles are made where they are to be: they are four words, of which a processor that copies them finds no more
        // than two at once.
        Task::made(self.begin(event_loop, future, made_at))
    }

    #[inline(never)]
    fn begin<F>(
        self,
        event_loop: Option<EventLoop>,
        future: F,
        made_at: &'static Location<'static>,
    ) -> Rc<TaskInner<F::IntoFuture>>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        let scope = self.context.as_ref().map_or_else(Scope::copy_current_if_any, |context| Some(Scope::of(context)));
        let id = event_loop.as_ref().map_or(0, |event_loop| event_loop.tasks().next_id());
        let task = TaskInner::make(event_loop, id, self.name, scope, made_at, future.into_future());
        match task.register() {
            Ok(()) if self.eager => task.begin_at_once(),
            Ok(()) => task.schedule_first_step(),
            Err(error) => task.refuse(error.into()),
        }
        task
    }

    /// A task that has failed, for `error`; the future is dropped.
    pub(crate) fn refuse<F>(
        self,
        event_loop: Option<EventLoop>,
        future: F,
        error: Exception,
        made_at: &'static Location<'static>,
    ) -> Task<<F::Output as TaskOutput>::Value>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        let scope = self.context.as_ref().map_or_else(Scope::copy_current_if_any, |context| Some(Scope::of(context)));
        let task = TaskInner::make(event_loop, 0, self.name, scope, made_at, future.into_future());
        task.refuse(error);
        Task::made(task)
    }
}

/// Runs a coroutine or a future as a task of the loop that runs in this thread: asyncio's `create_task`.
///
/// It begins in the next pass. The loop owns it, so that nobody has to keep the task. Where no loop runs the task has
/// failed with [`LoopError::NotRunning`](crate::event_loop::LoopError::NotRunning), and the future is dropped.
///
/// ```
/// use coframe::spawn;
///
/// let sum = coframe::run(async {
///     let (one, two) = (spawn(async { 1_u32 }), spawn(async { 2_u32 }));
///     Ok(one.await? + two.await?)
/// })?;
/// assert_eq!(sum, 3);
/// # Ok::<(), coframe::Exception>(())
/// ```
#[must_use = "a task that nobody holds runs to its end all the same; drop it explicitly if that is meant"]
#[track_caller]
#[inline]
pub fn spawn<F>(future: F) -> Task<<F::Output as TaskOutput>::Value>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    TaskBuilder::new().spawn(future)
}

impl EventLoop {
    /// Runs a coroutine or a future as a task of this loop: asyncio's `loop.create_task`.
    ///
    /// It begins in the next pass, or in the first one if the loop does not run yet; see [`spawn`]. If the loop is closed,
    /// the task has failed with [`LoopError::Closed`](crate::event_loop::LoopError::Closed), and the future is
    /// dropped.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// let task = event_loop.create_task(async { 42_u32 });
    /// assert!(!task.done());
    /// event_loop.run_once()?;
    /// assert_eq!(task.result()?, 42);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use = "a task that nobody holds runs to its end all the same; drop it explicitly if that is meant"]
    #[track_caller]
    pub fn create_task<F>(&self, future: F) -> Task<<F::Output as TaskOutput>::Value>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        TaskBuilder::new().spawn_on(self, future)
    }
}

impl<T: 'static> Task<T> {
    #[inline]
    fn made<F: Future<Output: TaskOutput<Value = T>> + 'static>(task: Rc<TaskInner<F>>) -> Self {
        Task { promise: Promise::of(task.clone()), handle: TaskHandle(task) }
    }
}

impl<F: Future<Output: TaskOutput> + 'static> TaskInner<F> {
    #[inline]
    fn schedule_first_step(self: &Rc<Self>) {
        if let Some(event_loop) = self.event_loop_of() {
            self.is_scheduled_first();
            event_loop.schedule_if_open(self.clone());
        }
    }

    fn begin_at_once(self: &Rc<Self>) {
        match EventLoop::running() {
            Some(event_loop) if self.event_loop_of() == Some(&event_loop) => {
                Lane::with(&event_loop, |mut lane| self.clone().run(&mut lane));
            }
            _ => wake(self.clone()),
        }
    }

    fn refuse(self: &Rc<Self>, error: Exception) {
        self.discard_future();
        self.finish_by(|| State::of(Err(error)));
    }
}
