//! `gather`: the results of several, in the order in which they were given.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::ops::Deref;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use crate::coroutine::Resumed;
use crate::event_loop::EventLoop;
use crate::promise::{Awaited, Hook, Inner, State};
use crate::task::{Ensured, Value, current};
use crate::{Awaitable, Cancelled, Delegate, Exception, Promise, PromiseError, TaskOutput};

/// Runs all of them side by side and waits for their results, which it gives in the order of the items: asyncio's
/// `gather`.
///
/// Tasks and promises are taken as they are, and of everything else a task is made at once; it need not be awaited for
/// that. The same task may stand there twice. For items of different types there is [`gather!`](crate::gather!).
///
/// The first item that fails makes the whole fail at once; the others go on, and their errors are no longer reported.
/// An item that is cancelled has failed. [`gather_results`](fn@gather_results) waits for all, whatever becomes of them.
///
/// ```
/// use coframe::{gather, sleep, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn square(n: u64) -> u64 {
///     yield_from!(sleep(1.0 / n as f64)); // the last is done first
///     n * n
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> Vec<u64> {
///     yield_from!(gather((1..5).map(square)))
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert_eq!(event_loop.run_until_complete(program())?, [1, 4, 9, 16]);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Cancellation
///
/// Cancelling a task that waits for it, or [`Gather::cancel`](Promise::cancel), cancels all items that are not done. It
/// is cancelled itself once they are over, even if all of them refuse. Dropping it cancels nobody.
///
/// # Errors
///
/// It fails with [`LoopError::NotRunning`] where no loop runs that could run the tasks, and with
/// [`PromiseError::OfAnotherLoop`] if the items are not of one loop.
///
/// [`LoopError::NotRunning`]: crate::event_loop::LoopError::NotRunning
#[track_caller]
pub fn gather<F>(items: impl IntoIterator<Item = F>) -> Gather<Vec<<F::Output as TaskOutput>::Value>>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let children = start_all(items);
    let erased = children.iter().map(|child| child.clone() as Rc<dyn AnyChild>).collect();
    together(erased, Errors::Raised, move || children.iter().map(|child| child.result()).collect())
}

/// [`gather`](fn@gather) that gives a `Result` for each item and does not fail itself: `gather(…, return_exceptions=True)`.
/// For items of different types there is [`gather_results!`](crate::gather_results!).
///
/// ```
/// use coframe::{Exception, gather_results};
///
/// let results = coframe::run(async {
///     Ok(gather_results(["1", "x"].map(|text| async move { Ok(text.parse::<u32>()?) })).await?)
/// })?;
/// assert_eq!(*results[0].as_ref().unwrap(), 1);
/// assert!(results[1].as_ref().unwrap_err().is::<std::num::ParseIntError>());
/// # Ok::<(), Exception>(())
/// ```
///
/// # Errors
///
/// If it is cancelled itself, it fails all the same, once all items are over; and with
/// [`PromiseError::OfAnotherLoop`] if they are not of one loop.
#[track_caller]
pub fn gather_results<F>(
    items: impl IntoIterator<Item = F>,
) -> Gather<Vec<Result<<F::Output as TaskOutput>::Value, Exception>>>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let children = start_all(items);
    let erased = children.iter().map(|child| child.clone() as Rc<dyn AnyChild>).collect();
    together(erased, Errors::Collected, move || Ok(children.iter().map(|child| child.result()).collect()))
}

#[track_caller]
fn start_all<F>(items: impl IntoIterator<Item = F>) -> Vec<Rc<Child<F::IntoFuture>>>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let mut children = Vec::new();
    for item in items {
        children.push(Child::start(item));
    }
    children
}

/// What [`gather`](fn@gather) gives: a promise of all results. It can be awaited once, and moves them out.
///
/// As a [`Promise`], which it derefs to, it can be cancelled, asked and have callbacks. It is no handle that can be cloned;
/// `Promise::clone(&gathering)` is one more handle on the promise, to look at it while somebody waits and after that. The
/// results are gone then: [`Promise::result`] gives [`PromiseError::Taken`].
///
/// ```
/// use coframe::{Promise, PromiseError, gather, sleep};
///
/// coframe::run(async {
///     let both = gather([sleep(0.01), sleep(0.02)]);
///     let promise = Promise::clone(&both);
///     assert!(!promise.done());
///     both.await?;
///     assert!(promise.done() && !promise.cancelled());
///     assert_eq!(promise.result().unwrap_err().downcast_ref(), Some(&PromiseError::Taken));
///     Ok(())
/// })?;
/// # Ok::<(), coframe::Exception>(())
/// ```
#[must_use = "what it gathers runs all the same, but nobody hears of the results"]
pub struct Gather<T> {
    promise: Promise<T>,
    /// Nobody else may hold a promise that was given.
    children: Vec<Rc<dyn Awaited>>,
}

impl<T> Gather<T> {
    /// Another handle on the promise of one, without those that it waits for.
    pub(crate) fn of(promise: Promise<T>) -> Self {
        Gather { promise, children: Vec::new() }
    }
}

impl<T> Deref for Gather<T> {
    type Target = Promise<T>;

    fn deref(&self) -> &Promise<T> {
        &self.promise
    }
}

impl<T: 'static> Future for Gather<T> {
    type Output = Result<T, Exception>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.promise.poll_done(context))?;
        Poll::Ready(self.promise.inner().take())
    }
}

impl<T: 'static> Delegate for Gather<T> {
    type Yield = Awaitable;
    type Return = T;

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, T> {
        current::advance(Pin::new(self))
    }
}

impl<T: 'static> fmt::Debug for Gather<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<gather of {}, {}>", self.children.len(), self.promise.inner().describe())
    }
}

/// One of those that are gathered. It holds its promise before it is watched and after that is done, but not while it
/// stands in a callback of that promise.
pub(super) struct Child<F: Future<Output: TaskOutput>>(Cell<Option<Promise<Value<F>>>>);

impl<F: Future<Output: TaskOutput> + 'static> Child<F> {
    #[track_caller]
    pub(super) fn start(item: impl IntoFuture<IntoFuture = F, Output = F::Output>) -> Rc<Self> {
        Rc::new(Child(Cell::new(Some(Ensured::here(item).into_promise()))))
    }

    /// What it has given. It is done.
    pub(super) fn result(&self) -> Result<Value<F>, Exception> {
        let promise = self.0.take().ok_or(PromiseError::NotReady)?;
        Ensured::<F>::result_of(&promise)
    }
}

/// A [`Child`] of any type.
pub(super) trait AnyChild {
    fn awaited(&self) -> Option<Rc<dyn Awaited>>;

    /// Has the gathering told when it is done.
    fn watch(self: Rc<Self>, gathering: Rc<dyn AnyGathering>);
}

impl<F: Future<Output: TaskOutput> + 'static> AnyChild for Child<F> {
    fn awaited(&self) -> Option<Rc<dyn Awaited>> {
        let promise = self.0.take()?;
        let awaited = promise.awaited();
        self.0.set(Some(promise));
        Some(awaited)
    }

    fn watch(self: Rc<Self>, gathering: Rc<dyn AnyGathering>) {
        let Some(promise) = self.0.take() else { return };
        // Not done, so that this cannot fail.
        _ = promise.add_done_callback(move |promise| {
            self.0.set(Some(promise.clone()));
            gathering.child_is_done(&*promise.awaited());
        });
    }
}

/// What is done with the error of an item.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Errors {
    /// The first one is what the whole fails with.
    Raised,
    Collected,
}

/// CPython's `_GatheringFuture`, apart from the promise.
struct Children {
    /// Not kept: they may be kept by what they are waited for by.
    awaited: Vec<Weak<dyn Awaited>>,
    cancelled: Rc<RefCell<Option<Cancelled>>>,
    /// Whether they are being cancelled: a task may wait for itself in a roundabout way.
    passing_on: Cell<bool>,
}

impl<T: 'static> Hook<T> for Children {
    fn cancel(&self, _: &Promise<T>, cancelled: Cancelled) -> bool {
        if self.passing_on.replace(true) {
            return false;
        }
        let mut taken = false;
        for child in self.awaited.iter().filter_map(Weak::upgrade) {
            taken |= child.cancel(cancelled.clone());
        }
        self.passing_on.set(false);
        if taken {
            // Whatever the children make of it.
            self.cancelled.replace(Some(cancelled));
        }
        taken
    }

    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        self.awaited.iter().filter_map(Weak::upgrade).filter(|child| !child.done()).collect()
    }
}

/// What the callbacks of the children share.
struct Gathering<T, C> {
    outer: Promise<T>,
    errors: Errors,
    left: Cell<usize>,
    cancelled: Rc<RefCell<Option<Cancelled>>>,
    collect: Cell<Option<C>>,
}

/// A [`Gathering`] of any type.
pub(super) trait AnyGathering {
    /// CPython's `_done_callback`.
    fn child_is_done(&self, child: &dyn Awaited);
}

impl<T: 'static, C: FnOnce() -> Result<T, Exception>> Gathering<T, C> {
    fn settle_if_all_are_done(&self) {
        if self.left.get() > 0 {
            return;
        }
        let Some(collect) = self.collect.take() else { return };
        let cancelled = self.cancelled.take();
        self.settle(match (collect(), cancelled) {
            (_, Some(cancelled)) => State::Failed(Exception::Cancelled(cancelled)),
            (Ok(values), None) => State::Done(values),
            (Err(exception), None) => State::Failed(exception),
        });
    }

    fn settle(&self, state: State<T>) {
        // A closed loop calls nobody; it is settled all the same.
        _ = self.outer.settle(state);
    }
}

impl<T: 'static, C: FnOnce() -> Result<T, Exception>> AnyGathering for Gathering<T, C> {
    fn child_is_done(&self, child: &dyn Awaited) {
        self.left.set(self.left.get() - 1);
        // Asked in any case, so that it is not reported by the child.
        let failure = child.failure();
        if self.outer.done() {
            return;
        }
        match failure {
            // One that was cancelled too: the whole is not cancelled by that, it has failed with it.
            Some(exception) if self.errors == Errors::Raised => self.settle(State::Failed(exception)),
            _ => self.settle_if_all_are_done(),
        }
    }
}

/// `collect` is called when all are done.
pub(super) fn together<T: 'static>(
    children: Vec<Rc<dyn AnyChild>>,
    errors: Errors,
    collect: impl FnOnce() -> Result<T, Exception> + 'static,
) -> Gather<T> {
    let awaited: Vec<_> = children.iter().filter_map(|child| child.awaited()).collect();
    let event_loop = awaited.iter().find_map(|child| child.event_loop().cloned()).or_else(EventLoop::running);
    let strange =
        awaited.iter().any(|child| child.event_loop().is_some_and(|other| Some(other) != event_loop.as_ref()));

    let cancelled = Rc::default();
    let outer = match &event_loop {
        Some(event_loop) => {
            let hook = Children {
                awaited: awaited.iter().map(Rc::downgrade).collect(),
                cancelled: Rc::clone(&cancelled),
                passing_on: Cell::new(false),
            };
            Promise::hooked(event_loop, hook)
        }
        // Those that were to be started have failed for that reason, and there are no others.
        None => Promise::of(Rc::new(Inner::new(None))),
    };
    let collect = Cell::new(Some(collect));
    let gathering =
        Rc::new(Gathering { outer: outer.clone(), errors, left: Cell::new(awaited.len()), cancelled, collect });
    if strange {
        gathering.settle(State::Failed(PromiseError::OfAnotherLoop.into()));
    }

    let (done, pending): (Vec<_>, Vec<_>) = awaited.iter().zip(children).partition(|(child, _)| child.done());
    for (_, child) in pending {
        child.watch(gathering.clone());
    }
    for (child, _) in done {
        gathering.child_is_done(&**child);
    }
    gathering.settle_if_all_are_done();
    Gather { promise: outer, children: awaited }
}
