//! What an event loop does for async generators: it closes one that is dropped before its end, and those that are left
//! when it shuts down. CPython's hooks `firstiter` and `finalizer` ([PEP 525]).
//!
//! A generator is known to the loop that runs when it is first asked for a value. From then on it is shared with that loop,
//! by way of the table of this thread.
//!
//! [PEP 525]: https://peps.python.org/pep-0525/#finalization

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::{self, Rc};
use std::sync::{Arc, Mutex, TryLockError, Weak};
use std::task::{Context, Poll};

use slab::Slab;

use super::{AsyncMachine, Request};
use crate::event_loop::{EventLoop, Report, WeakEventLoop};
use crate::private::RUNNING;
use crate::task::AnyTask;
use crate::wait::gather_results;
use crate::{Code, Exception, State, TaskBuilder, TaskHandle, current_task, frame};

/// A machine that a loop shares.
pub(super) struct Shared<M> {
    code: &'static Code,
    held: Mutex<Held<M>>,
}

pub(super) type Sharing<M> = Arc<Shared<M>>;

struct Held<M> {
    machine: Pin<Box<M>>,
    /// Who waits for the step that is not over: CPython's `ag_running_async`. The other one is refused meanwhile, for the
    /// body could wake only one of them.
    waiting: Option<Asking>,
}

/// Who asks a shared machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    Owner,
    /// The loop, which closes it.
    EventLoop,
}

impl<M: AsyncMachine> Shared<M> {
    pub(super) fn new(machine: Pin<Box<M>>) -> Self {
        Shared { code: machine.code(), held: Mutex::new(Held { machine, waiting: None }) }
    }

    pub(super) fn state(&self) -> State {
        frame::state(self.with(|held| held.machine.as_mut().position_of_pinned()).unwrap_or(RUNNING))
    }

    /// `None` while the body runs.
    pub(super) fn read<T>(&self, read: impl FnOnce(&M) -> T) -> Option<T> {
        self.with(|held| read(&held.machine))
    }

    pub(super) fn poll_request(
        &self,
        asking: Asking,
        context: &mut Context<'_>,
        request: Request<M::Send>,
    ) -> Poll<Result<Option<M::Yield>, Exception>> {
        let polled = self.with(|Held { machine, waiting }| {
            if waiting.is_some_and(|waiting| waiting != asking) {
                return None;
            }
            *waiting = None;
            let poll = machine.as_mut().poll_request(context, request);
            *waiting = poll.is_pending().then_some(asking);
            Some(poll)
        });
        polled.flatten().unwrap_or(Poll::Ready(Err(Exception::AlreadyRunning)))
    }

    /// Nobody waits any longer for the step that is not over, if it was that one who did.
    pub(super) fn give_up(&self, asking: Asking) {
        self.with(|held| held.waiting = held.waiting.filter(|waiting| *waiting != asking));
    }

    /// `None` while the body runs: it is the body that asks, or somebody in another thread.
    fn with<T>(&self, act: impl FnOnce(&mut Held<M>) -> T) -> Option<T> {
        match self.held.try_lock() {
            Ok(mut held) => Some(act(&mut held)),
            // A panic in the body has left it finished.
            Err(TryLockError::Poisoned(poisoned)) => Some(act(&mut poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// A machine of any type.
trait Managed {
    fn code(&self) -> &'static Code;
    /// Whether it has to be closed by raising an exit in it.
    fn is_to_be_closed(&self) -> bool;
    fn poll_close(&self, context: &mut Context<'_>, begun: bool) -> Poll<Result<(), Exception>>;
    fn give_up_closing(&self);
}

struct Entry {
    event_loop: WeakEventLoop,
    generator: Weak<dyn Managed>,
    /// Once it was dropped and its loop has begun to close it.
    closing: Option<rc::Weak<dyn AnyTask>>,
}

thread_local! {
    static MANAGED: RefCell<Slab<Entry>> = const { RefCell::new(Slab::new()) };
}

impl<M: AsyncMachine> Managed for Shared<M> {
    fn code(&self) -> &'static Code {
        self.code
    }

    fn is_to_be_closed(&self) -> bool {
        M::CATCHES && matches!(self.state(), State::Suspended | State::Running)
    }

    fn poll_close(&self, context: &mut Context<'_>, begun: bool) -> Poll<Result<(), Exception>> {
        let request = if begun { Request::Continue } else { Request::Close };
        self.poll_request(Asking::EventLoop, context, request).map_ok(drop)
    }

    fn give_up_closing(&self) {
        self.give_up(Asking::EventLoop);
    }
}

/// Makes a machine known to the loop, and gives the number that it has in the table of this thread.
pub(super) fn manage<M: AsyncMachine + 'static>(shared: &Sharing<M>, event_loop: &EventLoop) -> usize {
    let generator: Weak<dyn Managed> = Arc::downgrade(&(Arc::clone(shared) as Arc<dyn Managed>));
    let entry = Entry { event_loop: event_loop.downgrade(), generator, closing: None };
    MANAGED.with_borrow_mut(|managed| managed.insert(entry))
}

/// Has a generator that is dropped closed by its loop. In another thread than that of the loop it is not on the table: it
/// is closed where it is dropped.
pub(super) fn dropped<M>(shared: &Sharing<M>, number: usize) {
    let known = MANAGED.try_with(|managed| {
        let managed = managed.borrow();
        let entry = managed.get(number).filter(|entry| entry.is(Arc::as_ptr(shared).addr()))?;
        Some((entry.event_loop.upgrade(), Known { number, generator: entry.generator.upgrade()? }))
    });
    let Some((Some(event_loop), known)) = known.ok().flatten() else { return };
    if known.generator.is_to_be_closed() {
        known.close_soon(&event_loop);
    }
}

impl Entry {
    fn is(&self, address: usize) -> bool {
        self.generator.as_ptr().addr() == address
    }
}

/// A generator that was dropped. It is on the table until this is dropped too, or the loop shuts down.
struct Known {
    number: usize,
    generator: Arc<dyn Managed>,
}

impl Known {
    /// `None` if it is no longer there.
    fn with_table<T>(&self, act: impl FnOnce(&mut Slab<Entry>, usize) -> T) -> Option<T> {
        let address = Arc::as_ptr(&self.generator).addr();
        let acted = MANAGED.try_with(|managed| {
            let mut managed = managed.borrow_mut();
            managed.get(self.number).is_some_and(|entry| entry.is(address)).then(|| act(&mut managed, self.number))
        });
        acted.ok().flatten()
    }

    /// There is no task that closes it. Gives its loop, if both are still there.
    fn not_closing(&self) -> Option<Option<EventLoop>> {
        self.with_table(|managed, number| {
            managed[number].closing = None;
            managed[number].event_loop.upgrade()
        })
    }

    /// A loop that is closed drops it, and that closes it.
    fn close_soon(self, event_loop: &EventLoop) {
        // No loop is kept by what waits in it.
        let closing_loop = event_loop.downgrade();
        _ = event_loop.call_soon(move || {
            if let Some(event_loop) = closing_loop.upgrade() {
                self.close_on(&event_loop);
            }
        });
    }

    fn close_on(self, event_loop: &EventLoop) {
        // Otherwise the loop has shut down meanwhile, and with it the generator.
        if self.not_closing().is_some() {
            let (number, generator) = (self.number, Arc::clone(&self.generator));
            let task = TaskBuilder::new().spawn_on(event_loop, Closing { generator, begun: false, known: Some(self) });
            let task = Rc::downgrade(&task.handle().0);
            MANAGED.with_borrow_mut(|managed| {
                if let Some(entry) = managed.get_mut(number) {
                    entry.closing = Some(task);
                }
            });
        }
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        // Foreign code may run where the entry is dropped.
        let removed = self.with_table(|managed, number| managed.remove(number));
        drop(removed);
    }
}

/// A generator while its loop closes it.
struct Closing {
    generator: Arc<dyn Managed>,
    begun: bool,
    known: Option<Known>,
}

impl Future for Closing {
    type Output = Result<(), Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let begun = std::mem::replace(&mut self.begun, true);
        self.generator.poll_close(context, begun)
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.generator.give_up_closing();
        let Some(known) = self.known.take() else { return };
        // The task was cancelled before its first step. In a shutdown all tasks are: this comes after that.
        if !self.begun
            && let Some(Some(event_loop)) = known.not_closing()
        {
            known.close_soon(&event_loop);
        }
    }
}

impl EventLoop {
    /// Closes all async generators that are not over and were first asked for a value in this loop, and waits for those that
    /// the loop closes because they were dropped: asyncio's `loop.shutdown_asyncgens`. What they fail with goes to the
    /// exception handler, as [`AlreadyRunning`](Exception::AlreadyRunning) does for one of which somebody waits for a step. [`run`](crate::run) and
    /// [`Runner`](crate::Runner) do it in the end, after the tasks that are left were cancelled.
    ///
    /// Those that borrow are not among them: they are closed where they are dropped. See
    /// [`AsyncGenerator::managed`](crate::AsyncGenerator::managed).
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use coframe::{Exception, attempt, raise, sleep, yield_};
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// async fn ticks() {
    ///     if let Err(exception) = attempt! { yield_!(1) } {
    ///         sleep(1.0).await;
    ///         println!("cleaned up");
    ///         raise!(exception);
    ///     }
    /// }
    ///
    /// let event_loop = EventLoop::with_virtual_clock()?;
    /// let mut ticks = ticks();
    /// event_loop.run_until_complete(async move {
    ///     ticks.next().await?;
    ///     EventLoop::running().unwrap().shutdown_asyncgens().await?;
    ///     assert_eq!(ticks.next().await?, None);
    ///     Ok::<_, Exception>(())
    /// })?;
    /// # Ok::<(), Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the loop cannot do: see [`gather_results`](fn@gather_results).
    pub fn shutdown_asyncgens(&self) -> impl Future<Output = Result<(), Exception>> + 'static + use<> {
        let event_loop = self.clone();
        async move {
            let generators = event_loop.take_managed();
            if !generators.is_empty() {
                event_loop.close_all(generators).await?;
            }
            for task in event_loop.take_closing() {
                // A clean-up that shuts the loop down does not wait for itself.
                if current_task().is_none_or(|current| current != task) {
                    task.await?;
                }
            }
            Ok(())
        }
    }

    async fn close_all(&self, generators: Vec<Arc<dyn Managed>>) -> Result<(), Exception> {
        let closing =
            generators.iter().map(|generator| Closing { generator: Arc::clone(generator), begun: false, known: None });
        let results = gather_results(closing).await?;
        for (result, generator) in results.into_iter().zip(generators) {
            // One that ends as cancelled has not failed.
            if let Err(exception) = result
                && !matches!(exception, Exception::Cancelled(_))
            {
                let name = generator.code().name();
                let message = format!("an error occurred during closing of asynchronous generator {name}");
                self.call_exception_handler(Report::new(message).with_exception(exception));
            }
        }
        Ok(())
    }

    /// The generators of this loop that it does not close yet. They are no longer in the table afterwards.
    fn take_managed(&self) -> Vec<Arc<dyn Managed>> {
        self.take_entries(|entry| entry.closing.is_none())
            .into_iter()
            .filter_map(|entry| entry.generator.upgrade())
            .collect()
    }

    /// The tasks that close generators which were dropped.
    fn take_closing(&self) -> Vec<TaskHandle> {
        let entries = self.take_entries(|entry| entry.closing.is_some());
        entries.into_iter().filter_map(|entry| Some(TaskHandle(entry.closing?.upgrade()?))).collect()
    }

    fn take_entries(&self, which: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        MANAGED.with_borrow_mut(|managed| {
            let own: Vec<usize> = managed
                .iter()
                .filter(|(_, entry)| entry.event_loop.is(self) && which(entry))
                .map(|(number, _)| number)
                .collect();
            own.into_iter().filter_map(|number| managed.try_remove(number)).collect()
        })
    }
}
