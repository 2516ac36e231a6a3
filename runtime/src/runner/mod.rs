//! Running a whole program: a loop that is made, run, cleaned up and closed.

#[cfg(unix)]
mod interrupt;

use std::future::IntoFuture;
use std::time::Duration;

use crate::context::Context;
use crate::event_loop::{EventLoop, LoopError, Origin, Report};
use crate::{Exception, TaskBuilder, TaskHandle, TaskOutput};

/// How long threads are waited for in the end: CPython's `THREAD_JOIN_TIMEOUT`.
const THREAD_JOIN_TIMEOUT: Duration = Duration::from_secs(300);

/// Runs a coroutine or a future in a loop of its own, and cleans up after it: asyncio's `run`.
///
/// When it is over, tasks that are left are cancelled and waited for, what they fail with is reported to the exception
/// handler, [async generators](crate::AsyncGenerator) that are left are closed, functions that still run in threads are waited for, and the loop is closed.
///
/// ```
/// use coframe::{sleep, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn program() -> &'static str {
///     yield_from!(sleep(0.01));
///     "done"
/// }
///
/// assert_eq!(coframe::run(program())?, "done");
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// What `main` fails with; [`RunInsideLoop`] where a loop runs already; [`Io`] if there can be no loop, or it cannot go
/// on.
///
/// [`RunInsideLoop`]: crate::event_loop::LoopError::RunInsideLoop
/// [`Io`]: crate::event_loop::LoopError::Io
pub fn run<F>(main: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let runner = Runner::new()?;
    let result = runner.run(main);
    let closed = runner.close();
    let value = result?;
    closed?;
    Ok(value)
}

/// A loop for several programs one after the other, which is cleaned up and closed in the end: asyncio's `Runner`.
///
/// All of them run in one context, so that each sees the [context variables](crate::ContextVar) that an earlier one
/// has set.
///
/// ```
/// use coframe::Runner;
/// use coframe::event_loop::EventLoop;
///
/// let runner = Runner::of(EventLoop::with_virtual_clock()?);
/// let sum = runner.run(async { 1_u32 })? + runner.run(async { 2_u32 })?;
/// runner.close()?;
/// assert_eq!(sum, 3);
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Debug)]
pub struct Runner {
    event_loop: EventLoop,
    context: Context,
    #[cfg(unix)]
    cancel_on_interrupt: bool,
}

impl Runner {
    /// With a new loop.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::new`].
    pub fn new() -> Result<Self, Exception> {
        Ok(Runner::of(EventLoop::new()?))
    }

    /// With this loop: one with a virtual clock, or one that was prepared.
    #[must_use]
    pub fn of(event_loop: EventLoop) -> Self {
        Runner {
            event_loop,
            context: Context::current(),
            #[cfg(unix)]
            cancel_on_interrupt: false,
        }
    }

    /// Its loop.
    #[must_use]
    pub fn event_loop(&self) -> &EventLoop {
        &self.event_loop
    }

    /// Runs a coroutine or a future until it is over. Tasks that are left go on in the next run.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::run_until_complete`], but [`RunInsideLoop`](LoopError::RunInsideLoop) where a loop runs; [`Interrupted`](crate::event_loop::LoopError::Interrupted) where Ctrl-C
    /// [cancels](Runner::cancel_on_interrupt).
    #[track_caller]
    pub fn run<F>(&self, main: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
    where
        F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
    {
        if EventLoop::running().is_some() {
            return Err(LoopError::RunInsideLoop.into());
        }
        self.event_loop.check_can_run()?;
        let task = TaskBuilder::new().context(self.context.clone()).spawn_on(&self.event_loop, main);
        #[cfg(unix)]
        if self.cancel_on_interrupt {
            return self.run_until_interrupted(&task);
        }
        self.event_loop.run_until_done(&task)?;
        task.inner().take()
    }

    /// Cancels the tasks that are left and waits for them, closes async generators that are left, waits for functions in
    /// threads, up to five minutes, and closes the loop. Dropping the runner does the same, but tells
    /// nobody if it cannot.
    ///
    /// # Errors
    ///
    /// A [`LoopError`](crate::event_loop::LoopError) that keeps the loop from running: what is left is dropped then.
    pub fn close(self) -> Result<(), Exception> {
        self.clean_up()
    }

    fn clean_up(&self) -> Result<(), Exception> {
        if self.event_loop.is_closed() {
            return Ok(());
        }
        let cleaned = self
            .cancel_all()
            .and_then(|()| self.event_loop.run_until_complete(self.event_loop.shutdown_asyncgens()))
            .and_then(|()| self.wait_for_threads());
        self.event_loop.close()?;
        cleaned
    }

    /// A virtual clock stands still meanwhile.
    fn wait_for_threads(&self) -> Result<(), Exception> {
        let over = self.event_loop.shutdown_default_executor();
        if over.done() {
            return Ok(());
        }
        let giving_up = over.clone();
        let timer = self.event_loop.call_later(THREAD_JOIN_TIMEOUT, move || {
            giving_up.cancel();
        })?;
        let result = self.event_loop.run_until_complete(over.clone());
        timer.cancel();
        if over.cancelled() {
            let seconds = THREAD_JOIN_TIMEOUT.as_secs();
            let message = format!("The executor did not finish joining its threads within {seconds} seconds.");
            self.event_loop.call_exception_handler(Report::new(message));
            return Ok(());
        }
        result
    }

    fn cancel_all(&self) -> Result<(), Exception> {
        let tasks = self.event_loop.all_tasks();
        if tasks.is_empty() {
            return Ok(());
        }
        for task in &tasks {
            task.cancel();
        }
        let left = tasks.clone();
        self.event_loop.run_until_complete(async move {
            for task in left {
                task.await?;
            }
            Ok(())
        })?;
        tasks.iter().for_each(report_failure);
        Ok(())
    }
}

fn report_failure(task: &TaskHandle) {
    match task.0.failure() {
        None | Some(Exception::Cancelled(_)) => {}
        Some(exception) => {
            if let Some(event_loop) = task.event_loop() {
                let report = Report::new("unhandled exception during shutdown").with_exception(exception);
                event_loop.call_exception_handler(report.from(Origin::Task(task.name())));
            }
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        _ = self.clean_up();
    }
}
