//! Promises: the bridge from callbacks to those who wait. asyncio's `Future`, under a name that does not clash with
//! [`core::future::Future`].

mod error;
mod held;
mod inner;
mod nap;
mod remote;
mod waiting;

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

pub use self::error::PromiseError;
pub(crate) use self::held::{Reusable, let_go};
pub(crate) use self::inner::{Awaited, Hook, Inner, Settle, State, poll_done};
pub(crate) use self::nap::{Nap, Timing};
pub use self::remote::RemotePromise;

use self::held::Held;
use self::inner::Hooked;
use self::waiting::{OnDone, Waiter};
use crate::awaitable::Kind;
use crate::coroutine::Resumed;
use crate::event_loop::{EventLoop, Outcome};
use crate::task::current;
use crate::{Awaitable, Cancelled, Delegate, Exception, Step};

/// A value that is not there yet: asyncio's `Future`.
///
/// Somebody sets its result, once; others ask for it, are called when it is there ([`add_done_callback`]), or wait for it:
/// with `.await` under any executor, and with `yield_from!` in a coroutine that runs as a task. A clone is one more handle
/// on the same promise. It belongs to its loop's thread;
/// another thread settles it through a [`RemotePromise`].
///
/// ```
/// use coframe::event_loop::EventLoop;
///
/// let event_loop = EventLoop::with_virtual_clock()?;
/// let answer = event_loop.create_promise();
/// answer.add_done_callback(|answer| println!("it is {:?}", answer.result()))?;
/// answer.set_result(42)?;
/// event_loop.run_once()?; // prints: callbacks always come by way of the loop
/// assert_eq!(answer.result()?, 42);
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// Who waits is given a clone of the value; [`take`](Promise::take) is for values that have none. What it fails with is
/// shared by all who see it, so that the error is to be looked at with [`is`](Exception::is) and
/// [`downcast_ref`](Exception::downcast_ref).
///
/// [`add_done_callback`]: Promise::add_done_callback
#[doc(alias = "Future")]
#[must_use = "a promise that nobody holds is of no use to anyone"]
pub struct Promise<T>(Held<dyn Settle<T>>);

/// Names a callback of one promise, to remove it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallbackId(u32);

impl EventLoop {
    /// A promise of this loop that nothing has been set of: asyncio's `loop.create_future()`.
    pub fn create_promise<T: 'static>(&self) -> Promise<T> {
        Promise::of(Inner::made_in(self))
    }
}

impl<T: 'static> Promise<T> {
    /// A promise with a hook: for combinators.
    pub(crate) fn hooked(event_loop: &EventLoop, hook: impl Hook<T> + 'static) -> Self {
        Promise::of(Rc::new(Hooked { inner: Inner::new(Some(event_loop.clone())), hook }))
    }

    /// The handle on what is a promise.
    pub(crate) fn of(kind: Rc<dyn Settle<T>>) -> Self {
        Promise(Held::new(kind))
    }

    pub(crate) fn inner(&self) -> &Inner<T> {
        self.0.inner()
    }

    pub(crate) fn awaited(&self) -> Rc<dyn Awaited> {
        Rc::clone(&*self.0) as Rc<dyn Awaited>
    }

    /// The loop by way of which its callbacks are called; `None` if it is a task that was spawned where no loop ran, and
    /// failed for that reason.
    #[must_use]
    pub fn event_loop(&self) -> Option<&EventLoop> {
        self.0.event_loop()
    }

    /// Whether it has a result, an exception or was cancelled.
    #[must_use]
    pub fn done(&self) -> bool {
        self.0.done()
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.inner().cancelled()
    }

    /// Gives it its value.
    ///
    /// # Errors
    ///
    /// [`PromiseError::AlreadyDone`] if it is done already, [`PromiseError::IsATask`] if it is a task; the value is dropped.
    /// The loop's [`Closed`](crate::event_loop::LoopError::Closed) if there are callbacks that can no longer be called;
    /// it has its value then.
    pub fn set_result(&self, value: T) -> Result<(), Exception> {
        let inner = self.inner();
        inner.check_can_be_set()?;
        inner.set_state(State::Done(value));
        Promise::tell(inner, || self.clone())
    }

    /// Lets it fail: those who wait for it get a clone of `exception`.
    ///
    /// An exception that nobody looked at is reported to the loop's exception handler when the last handle on the
    /// promise is dropped.
    ///
    /// # Errors
    ///
    /// As [`set_result`](Promise::set_result).
    pub fn set_exception(&self, exception: impl Into<Exception>) -> Result<(), Exception> {
        self.settle_by_hand(State::Failed(exception.into()))
    }

    fn settle_by_hand(&self, state: State<T>) -> Result<(), Exception> {
        self.inner().check_can_be_set()?;
        self.settle(state)
    }

    /// Cancels it, unless it is done: asyncio's `cancel()`. Returns whether the request was taken.
    ///
    /// A plain promise is cancelled at once. A task hears of it at its next step, and may refuse; see
    /// [`Task::cancel`](crate::Task::cancel).
    pub fn cancel(&self) -> bool {
        self.cancel_with(Cancelled::default())
    }

    /// [`cancel`](Promise::cancel) with a message for those who wait.
    ///
    /// ```
    /// use coframe::Cancelled;
    /// use coframe::event_loop::EventLoop;
    ///
    /// let promise = EventLoop::new()?.create_promise::<u32>();
    /// assert!(promise.cancel_with(Cancelled::new("no longer needed")));
    /// assert_eq!(promise.result().unwrap_err().to_string(), "no longer needed");
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn cancel_with(&self, cancelled: Cancelled) -> bool {
        // A closed loop calls nobody; the promise is cancelled all the same.
        !self.done() && Rc::clone(&*self.0).cancel(cancelled)
    }

    /// A clone of the value, or what it failed with. It can be asked for again.
    ///
    /// # Errors
    ///
    /// What was set as its exception; [`Exception::Cancelled`]; [`PromiseError::NotReady`] if it is not done;
    /// [`PromiseError::Taken`].
    pub fn result(&self) -> Result<T, Exception>
    where
        T: Clone,
    {
        self.inner().with_value(T::clone)
    }

    /// What it failed with; `None` if it has a value.
    ///
    /// # Errors
    ///
    /// [`Exception::Cancelled`]; [`PromiseError::ExceptionNotReady`] if it is not done.
    pub fn exception(&self) -> Result<Option<Exception>, Exception> {
        match self.inner().failure() {
            Some(cancelled @ Exception::Cancelled(_)) => Err(cancelled),
            None if !self.done() => Err(PromiseError::ExceptionNotReady.into()),
            exception => Ok(exception),
        }
    }

    /// Waits for it and moves the value out, which need not be `Clone`. Whoever comes later finds
    /// [`PromiseError::Taken`]. What it gives is a future, and can be the operand of `yield_from!`.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// struct Connection; // not `Clone`
    ///
    /// let event_loop = EventLoop::new()?;
    /// let promise = event_loop.create_promise();
    /// promise.set_result(Connection)?;
    /// let connection: Connection = event_loop.run_until_complete(promise.take())?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn take(&self) -> Taking<T> {
        Taking(self.clone())
    }

    /// Has `callback` called with the promise when it is done, by way of the loop: in the next pass, in the order in which
    /// they were added, each once, in a copy of the context that is current now. If it is done already, that is in the
    /// next pass too.
    ///
    /// # Errors
    ///
    /// The loop's [`Closed`](crate::event_loop::LoopError::Closed) if the promise is done and the loop closed.
    #[track_caller]
    pub fn add_done_callback<O: Outcome>(
        &self,
        callback: impl FnOnce(&Promise<T>) -> O + 'static,
    ) -> Result<CallbackId, Exception> {
        let callback = OnDone::new(callback, Location::caller());
        let id = self.inner().name_callback();
        if self.done() {
            self.schedule(callback)?;
        } else {
            self.inner().add(Waiter::Callback(id, callback));
        }
        Ok(id)
    }

    /// Removes a callback that has not been scheduled yet. Returns whether there was one.
    pub fn remove_done_callback(&self, callback: CallbackId) -> bool {
        self.inner().remove(callback).is_some()
    }

    /// Both are handles on the same promise.
    #[must_use]
    pub fn is(&self, other: &Promise<T>) -> bool {
        std::ptr::addr_eq(Rc::as_ptr(&self.0), Rc::as_ptr(&other.0))
    }
}

impl<T> Clone for Promise<T> {
    fn clone(&self) -> Self {
        Promise(self.0.clone())
    }
}

impl<T: 'static> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<promise, {}>", self.inner().describe())
    }
}

/// A promise can be awaited under any executor, by as many as want to. Who awaits it sees what it failed with.
impl<T: Clone + 'static> Future for Promise<T> {
    type Output = Result<T, Exception>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.poll_done(context))?;
        Poll::Ready(self.result())
    }
}

/// `yield_from!(promise)` in a task gives its value, and raises what it failed with.
impl<T: Clone + 'static> Delegate for Promise<T> {
    type Yield = Awaitable;
    type Return = T;

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, T> {
        let inner = self.inner();
        if !inner.done() {
            return current::wait_for(self.awaited()).map(|()| Step::Yielded(Awaitable(Kind::Wake)));
        }
        inner.with_value(T::clone).map(Step::Returned)
    }
}

/// The future of [`Promise::take`].
#[derive(Debug)]
#[must_use = "a future does nothing until it is awaited"]
pub struct Taking<T: 'static>(Promise<T>);

impl<T: 'static> Future for Taking<T> {
    type Output = Result<T, Exception>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.0.poll_done(context))?;
        Poll::Ready(self.0.inner().take())
    }
}

impl<T: 'static> Delegate for Taking<T> {
    type Yield = Awaitable;
    type Return = T;

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, T> {
        current::advance(Pin::new(self))
    }
}
