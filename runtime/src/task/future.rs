//! A coroutine as a future: what runs it under any executor.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::core::YieldId;
use super::current::{self, Inside};
use super::{Core, Registration};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::private::{Inspect, Machine};
use crate::promise::Awaited;
use crate::{
    Awaitable, Code, Coroutine, Exception, Frame, FrameVisitor, Generator, Inspectable, Pinned, PinnedMachine,
    Recursive, Signal, Step,
};

pin_project! {
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
        #[pin]
        coroutine: C,
        // The promise that it yielded and waits for. The task has it, so that this can be `Send`.
        yielded: Option<YieldId>,
    }

    /// Nobody is left to be woken.
    impl<C> PinnedDrop for CoroutineFuture<C> {
        fn drop(this: Pin<&mut Self>) {
            forget(this.project().yielded);
        }
    }
}

impl<C: Coroutine<Yield = Awaitable>> CoroutineFuture<C> {
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
        CoroutineFuture { coroutine, yielded: None }
    }
}

/// `.await`, and what a task does with it.
impl<M: Machine<(), Yield = Awaitable>> IntoFuture for Generator<M> {
    type Output = Result<M::Return, Exception>;
    type IntoFuture = CoroutineFuture<Self>;

    fn into_future(self) -> CoroutineFuture<Self> {
        CoroutineFuture::new(self)
    }
}

impl<M: PinnedMachine<(), Yield = Awaitable>> IntoFuture for Pinned<M> {
    type Output = Result<M::Return, Exception>;
    type IntoFuture = CoroutineFuture<Self>;

    fn into_future(self) -> CoroutineFuture<Self> {
        CoroutineFuture::new(self)
    }
}

impl<R, K> IntoFuture for Recursive<'_, Awaitable, R, (), K> {
    type Output = Result<R, Exception>;
    type IntoFuture = CoroutineFuture<Self>;

    fn into_future(self) -> CoroutineFuture<Self> {
        CoroutineFuture::new(self)
    }
}

impl<C: Coroutine<Yield = Awaitable>> Future for CoroutineFuture<C> {
    type Output = Result<C::Return, Exception>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let inside = Inside::begin(context.waker());
        let signal = if inside.raises() || self.yielded.is_some() {
            match self.signal(inside.raised()) {
                Some(signal) => signal,
                None => return self.wait_on(inside, context),
            }
        } else {
            Signal::Start
        };
        let awaitable = match self.as_mut().resume_with(signal)? {
            Step::Returned(value) => return Poll::Ready(Ok(value)),
            Step::Yielded(awaitable) => awaitable,
        };
        match awaitable.0 {
            Kind::Turn => inside.wait_in(self.coroutine.as_inspectable(), Some(context.waker())),
            Kind::Wake => inside.wait_in(self.coroutine.as_inspectable(), None),
            Kind::Done(awaited) => return self.wait_for(inside, awaited, context),
        }
        Poll::Pending
    }
}

impl<C: Coroutine<Yield = Awaitable>> CoroutineFuture<C> {
    #[inline]
    fn resume_with(self: Pin<&mut Self>, signal: Signal<()>) -> Resumed<Awaitable, C::Return> {
        let this = self.project();
        forget(this.yielded);
        this.coroutine.resume(signal)
    }

    /// What it is to be resumed with. `None` if it yielded a promise and was woken by something else.
    #[cold]
    fn signal(&self, raised: Option<Exception>) -> Option<Signal<()>> {
        if let Some(exception) = raised {
            return Some(Signal::Throw(exception));
        }
        match self.yielded() {
            Some(awaited) if !awaited.done() => None,
            Some(awaited) => Some(awaited.failure().map_or(Signal::Start, Signal::Throw)),
            None => Some(Signal::Start),
        }
    }

    /// `None` also where another task polls than the one that has it: that asks the coroutine to look for itself.
    fn yielded(&self) -> Option<Rc<dyn Awaited>> {
        let id = self.yielded?;
        current::any_task()?.core().kept(id)
    }

    /// It still waits for what it yielded before.
    #[cold]
    fn wait_on(&self, inside: Inside, context: &mut Context<'_>) -> Poll<Result<C::Return, Exception>> {
        if let Some(awaited) = self.yielded() {
            wait(&inside, awaited, Registration::Unsure, context);
        }
        inside.wait_in(self.coroutine.as_inspectable(), None);
        Poll::Pending
    }

    /// Waits for a promise that it has yielded. One that a task cannot wait for is refused where it is yielded.
    #[cold]
    fn wait_for(
        mut self: Pin<&mut Self>,
        inside: Inside,
        mut awaited: Rc<dyn Awaited>,
        context: &mut Context<'_>,
    ) -> Poll<Result<C::Return, Exception>> {
        let turn = loop {
            let refused =
                inside.task().and_then(|task| Core::check_can_await(&task, task.event_loop(), &awaited).err());
            let Some(refused) = refused else {
                *self.as_mut().project().yielded = current::any_task().map(|task| task.core().keep(awaited.clone()));
                wait(&inside, awaited, Registration::New, context);
                break None;
            };
            match self.as_mut().resume_with(Signal::Throw(refused.into()))? {
                Step::Returned(value) => return Poll::Ready(Ok(value)),
                Step::Yielded(Awaitable(Kind::Done(next))) => awaited = next,
                Step::Yielded(Awaitable(Kind::Turn)) => break Some(context.waker()),
                Step::Yielded(Awaitable(Kind::Wake)) => break None,
            }
        };
        inside.wait_in(self.coroutine.as_inspectable(), turn);
        Poll::Pending
    }
}

/// Sees to it that whoever polls is woken.
fn wait(inside: &Inside, awaited: Rc<dyn Awaited>, registration: Registration, context: &Context<'_>) {
    match inside.task() {
        Some(task) => {
            awaited.wake_when_done(task.clone(), registration);
            task.core().yields(awaited);
        }
        None => awaited.wake_waker_when_done(context.waker()),
    }
}

/// It stays a coroutine, so that `yield_from!` of it delegates to it.
impl<C: Coroutine<Yield = Awaitable>> Coroutine for CoroutineFuture<C> {
    type Yield = Awaitable;
    type Return = C::Return;

    fn resume(self: Pin<&mut Self>, signal: Signal<()>) -> Resumed<Awaitable, C::Return> {
        self.resume_with(signal)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        self.coroutine.as_inspectable()
    }
}

impl<M: Inspect> CoroutineFuture<Generator<M>> {
    /// The code object of the coroutine.
    ///
    /// ```
    /// use std::future::IntoFuture;
    ///
    /// #[coframe::coroutine(task)]
    /// fn one() -> u32 {
    ///     1
    /// }
    ///
    /// let future = one().into_future();
    /// assert_eq!(future.code(), one::CODE);
    /// assert!(future.frame().is_some());
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.coroutine.code()
    }

    /// The frame object of the coroutine, or `None` once its body is over.
    #[must_use]
    pub fn frame(&self) -> Option<Frame<'_>> {
        self.coroutine.frame()
    }
}

impl<C: Inspectable> Inspectable for CoroutineFuture<C> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        self.coroutine.visit_frames(visitor)
    }
}

/// Gives up the promise that was yielded.
#[inline]
fn forget(yielded: &mut Option<YieldId>) {
    if let Some(id) = yielded.take() {
        give_up(id);
    }
}

#[cold]
fn give_up(id: YieldId) {
    let awaited = current::any_task().and_then(|task| task.core().give_up(id));
    drop(awaited);
}

impl<C: fmt::Debug> fmt::Debug for CoroutineFuture<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CoroutineFuture").field(&self.coroutine).finish()
    }
}
