//! A coroutine as a future: what runs it under any executor.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::core::Awaits;
use super::{AnyTask, Core, Registration, current};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::private::Machine;
use crate::{Awaitable, Code, Coroutine, Exception, Generator, Recursive, Signal, Step};

/// A coroutine that yields [`Awaitable`]s, as a future: what `.await` makes of a [`Generator`], and what a task runs.
///
/// It gives what the coroutine returns, or the exception that leaves it. Under a loop of coframe a cancellation of the
/// task is raised in it. Other executors know only of dropping, which closes it; it is `Send` if the coroutine is, so that
/// executors with many threads can have it.
///
/// ```
/// use coframe::{Exception, yield_from};
/// use std::future::ready;
///
/// #[coframe::coroutine(task)]
/// fn add() -> u32 {
///     yield_from!(ready(1)) + yield_from!(ready(2))
/// }
///
/// let future = async { Ok::<_, Exception>(add().await? * 2) };
/// // Any executor will do; this is the one at hand.
/// assert_eq!(coframe::run(future)?, 6);
/// # Ok::<(), Exception>(())
/// ```
#[must_use = "a future does nothing until it is awaited"]
#[derive(Clone)]
pub struct CoroutineFuture<C> {
    coroutine: C,
    code: fn(&C) -> Option<(&'static Code, u32)>,
    /// Whether it waits for a promise that it yielded.
    yielded: bool,
}

impl<C: Coroutine<Yield = Awaitable> + Unpin> CoroutineFuture<C> {
    /// Of any coroutine: for those that are not a [`Generator`], such as boxed ones.
    ///
    /// ```
    /// use coframe::{Awaitable, BoxCoroutine, CoroutineFuture, yield_from};
    ///
    /// #[coframe::coroutine(task)]
    /// fn one() -> u32 {
    ///     yield_from!(coframe::sleep(1.0));
    ///     1
    /// }
    ///
    /// let boxed: BoxCoroutine<'static, Awaitable, u32> = Box::new(one());
    /// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
    /// assert_eq!(event_loop.run_until_complete(CoroutineFuture::new(boxed))?, 1);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn new(coroutine: C) -> Self {
        CoroutineFuture { coroutine, code: |_| None, yielded: false }
    }
}

/// `.await`, and what a task does with it.
impl<M: Machine<(), Yield = Awaitable>> IntoFuture for Generator<M> {
    type Output = Result<M::Return, Exception>;
    type IntoFuture = CoroutineFuture<Self>;

    fn into_future(self) -> CoroutineFuture<Self> {
        CoroutineFuture {
            coroutine: self,
            code: |co| Some((co.code(), crate::private::Inspect::position(co.machine()))),
            yielded: false,
        }
    }
}

impl<'a, R> IntoFuture for Recursive<'a, Awaitable, R> {
    type Output = Result<R, Exception>;
    type IntoFuture = CoroutineFuture<Self>;

    fn into_future(self) -> CoroutineFuture<Self> {
        CoroutineFuture::new(self)
    }
}

/// While it lives a coroutine of a task runs.
struct Inside<'a>(&'a Core);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.leave_coroutine();
    }
}

impl<C: Coroutine<Yield = Awaitable> + Unpin> Future for CoroutineFuture<C> {
    type Output = Result<C::Return, Exception>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        match current::task_polling(context) {
            Some(task) => this.poll_in_task(&task),
            None => this.poll_elsewhere(context),
        }
    }
}

impl<C: Coroutine<Yield = Awaitable> + Unpin> CoroutineFuture<C> {
    fn resume_with(&mut self, signal: Signal<()>) -> Resumed<Awaitable, C::Return> {
        self.yielded = false;
        Pin::new(&mut self.coroutine).resume(signal)
    }

    fn poll_in_task(&mut self, task: &std::rc::Rc<dyn AnyTask>) -> Poll<Result<C::Return, Exception>> {
        let core = task.core();
        let is_outermost = core.enter_coroutine();
        let inside = Inside(core);
        let mut signal = Signal::Start;
        if is_outermost {
            if let Some(exception) = core.signal.take() {
                signal = Signal::Throw(exception);
            } else if self.yielded
                && let Awaits::Yielded(awaited) = core.awaited()
            {
                if !awaited.done() {
                    // Woken by something else.
                    core.yields(awaited);
                    return self.waits(core);
                }
                signal = awaited.failure().map_or(Signal::Start, Signal::Throw);
            }
        }
        let awaited = loop {
            match self.resume_with(signal) {
                Ok(Step::Yielded(Awaitable(Kind::Turn))) => {
                    task.clone().wake();
                    break None;
                }
                Ok(Step::Yielded(Awaitable(Kind::Wake))) => break None,
                Ok(Step::Yielded(Awaitable(Kind::Done(awaited)))) => match Core::check_can_await(task, &awaited) {
                    Ok(()) => break Some(awaited),
                    Err(refused) => signal = Signal::Throw(refused.into()),
                },
                Ok(Step::Returned(value)) => return Poll::Ready(Ok(value)),
                Err(exception) => return Poll::Ready(Err(exception)),
            }
        };
        drop(inside);
        if let Some(awaited) = awaited {
            self.yielded = true;
            awaited.wake_when_done(task.clone(), Registration::New);
            if is_outermost {
                core.yields(awaited);
            }
        }
        if is_outermost { self.waits(core) } else { Poll::Pending }
    }

    fn waits(&self, core: &Core) -> Poll<Result<C::Return, Exception>> {
        core.waits((self.code)(&self.coroutine));
        Poll::Pending
    }

    fn poll_elsewhere(&mut self, context: &mut Context<'_>) -> Poll<Result<C::Return, Exception>> {
        let resumed = {
            let _entered = current::enter_waker(context.waker().clone());
            self.resume_with(Signal::Start)
        };
        Poll::Ready(match resumed? {
            Step::Returned(value) => Ok(value),
            Step::Yielded(Awaitable(kind)) => {
                match kind {
                    Kind::Turn => context.waker().wake_by_ref(),
                    Kind::Wake => {}
                    Kind::Done(awaited) => awaited.wake_waker_when_done(context.waker()),
                }
                return Poll::Pending;
            }
        })
    }
}

/// It stays a coroutine, so that `yield_from!` of it delegates to it.
impl<C: Coroutine<Yield = Awaitable> + Unpin> Coroutine for CoroutineFuture<C> {
    type Yield = Awaitable;
    type Return = C::Return;

    fn resume(mut self: Pin<&mut Self>, signal: Signal<()>) -> Resumed<Awaitable, C::Return> {
        self.resume_with(signal)
    }
}

impl<C: fmt::Debug> fmt::Debug for CoroutineFuture<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CoroutineFuture").field(&self.coroutine).finish()
    }
}
