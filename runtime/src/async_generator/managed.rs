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
use std::sync::{Arc, Mutex, PoisonError, TryLockError, Weak};
use std::task::{Context, Poll};

use slab::Slab;

use super::{AsyncMachine, Request};
use crate::event_loop::{EventLoop, Report, WeakEventLoop};
use crate::wait::gather_results;
use crate::{Code, Exception, State, TaskBuilder, frame};

/// A machine that a loop shares.
pub(super) type Sharing<M> = Arc<Mutex<Pin<Box<M>>>>;

/// A machine of any type.
trait Managed {
    fn code(&self) -> &'static Code;
    /// Whether it has to be closed by raising an exit in it.
    fn is_to_be_closed(&self) -> bool;
    fn poll_close(&self, context: &mut Context<'_>, begun: bool) -> Poll<Result<(), Exception>>;
}

struct Entry {
    event_loop: WeakEventLoop,
    generator: Weak<dyn Managed>,
}

thread_local! {
    static MANAGED: RefCell<Slab<Entry>> = const { RefCell::new(Slab::new()) };
}

/// Runs `poll` with the machine, unless somebody else does: its own body, which asks the loop to shut down.
pub(super) fn with<M, T>(shared: &Mutex<Pin<Box<M>>>, poll: impl FnOnce(Pin<&mut M>) -> T) -> Option<T> {
    match shared.try_lock() {
        Ok(mut machine) => Some(poll(machine.as_mut())),
        // A panic in the body has left it finished.
        Err(TryLockError::Poisoned(poisoned)) => Some(poll(poisoned.into_inner().as_mut())),
        Err(TryLockError::WouldBlock) => None,
    }
}

impl<M: AsyncMachine> Managed for Mutex<Pin<Box<M>>> {
    fn code(&self) -> &'static Code {
        self.lock().unwrap_or_else(PoisonError::into_inner).code()
    }

    fn is_to_be_closed(&self) -> bool {
        M::CATCHES
            && with(self, |machine| frame::state(machine.position()))
                .is_some_and(|state| matches!(state, State::Suspended | State::Running))
    }

    fn poll_close(&self, context: &mut Context<'_>, begun: bool) -> Poll<Result<(), Exception>> {
        let request = if begun { Request::Continue } else { Request::Close };
        match with(self, |machine| machine.poll_request(context, request)) {
            Some(poll) => poll.map_ok(drop),
            None => Poll::Ready(Err(Exception::AlreadyRunning)),
        }
    }
}

/// Makes a machine known to the loop, and gives the number that it has in the table of this thread.
pub(super) fn manage<M: AsyncMachine + 'static>(shared: &Sharing<M>, event_loop: &EventLoop) -> usize {
    let generator: Weak<dyn Managed> = Arc::downgrade(&(Arc::clone(shared) as Arc<dyn Managed>));
    let entry = Entry { event_loop: event_loop.downgrade(), generator };
    MANAGED.with_borrow_mut(|managed| managed.insert(entry))
}

/// Takes a generator that is dropped off the table, and has it closed by its loop. In another thread there is no such table:
/// the generator is closed where it is dropped.
pub(super) fn dropped<M>(shared: &Sharing<M>, number: usize) {
    let removed = MANAGED.try_with(|managed| {
        let mut managed = managed.borrow_mut();
        let is_same =
            managed.get(number).is_some_and(|entry| entry.generator.as_ptr().addr() == Arc::as_ptr(shared).addr());
        if is_same { managed.try_remove(number) } else { None }
    });
    let Some(Entry { event_loop, generator }) = removed.ok().flatten() else { return };
    if let (Some(event_loop), Some(generator)) = (event_loop.upgrade(), generator.upgrade())
        && generator.is_to_be_closed()
    {
        let task_loop = event_loop.clone();
        // A loop that is closed drops it, and that closes it.
        _ = event_loop.call_soon(move || {
            drop(TaskBuilder::new().spawn_on(&task_loop, Closing { generator, begun: false }));
        });
    }
}

/// A generator while its loop closes it.
struct Closing {
    generator: Arc<dyn Managed>,
    begun: bool,
}

impl Future for Closing {
    type Output = Result<(), Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let begun = std::mem::replace(&mut self.begun, true);
        self.generator.poll_close(context, begun)
    }
}

impl EventLoop {
    /// Closes all async generators that are not over and were first asked for a value in this loop: asyncio's
    /// `loop.shutdown_asyncgens`. What they fail with goes to the exception handler. [`run`](crate::run) and
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
    /// What the loop cannot do: see [`gather_results`](crate::gather_results).
    pub fn shutdown_asyncgens(&self) -> impl Future<Output = Result<(), Exception>> + 'static + use<> {
        let event_loop = self.clone();
        async move {
            let generators = event_loop.take_managed();
            if generators.is_empty() {
                return Ok(());
            }
            let closing = generators.iter().map(|generator| Closing { generator: Arc::clone(generator), begun: false });
            let results = gather_results(closing).await?;
            for (result, generator) in results.into_iter().zip(generators) {
                if let Err(exception) = result {
                    let name = generator.code().name();
                    let message = format!("an error occurred during closing of asynchronous generator {name}");
                    event_loop.call_exception_handler(Report::new(message).with_exception(exception));
                }
            }
            Ok(())
        }
    }

    /// The generators of this loop. They are no longer in the table afterwards.
    fn take_managed(&self) -> Vec<Arc<dyn Managed>> {
        MANAGED.with_borrow_mut(|managed| {
            let own: Vec<usize> =
                managed.iter().filter(|(_, entry)| entry.event_loop.is(self)).map(|(number, _)| number).collect();
            own.into_iter().filter_map(|number| managed.try_remove(number)?.generator.upgrade()).collect()
        })
    }
}
