//! Promises: the bridge from callbacks to those who wait. asyncio's `Future`, under a name that does not clash with
//! [`core::future::Future`].

mod error;
mod waiting;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::task::Waker;

pub use self::error::PromiseError;

use self::waiting::{Callback, OnDone, Waiting};
use crate::event_loop::{EventLoop, Outcome, Report};
use crate::{Cancelled, Exception};

/// A value that is not there yet: asyncio's `Future`.
///
/// Somebody sets its result, once; others ask for it, are called when it is there ([`add_done_callback`]), or `.await` it.
/// A clone is one more handle on the same promise. It belongs to its loop's thread.
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
/// [`add_done_callback`]: Promise::add_done_callback
#[doc(alias = "Future")]
pub struct Promise<T>(Rc<Inner<T>>);

struct Inner<T> {
    event_loop: EventLoop,
    state: RefCell<State<T>>,
    waiting: RefCell<Waiting<T>>,
    /// Whether somebody has seen the exception.
    retrieved: Cell<bool>,
}

/// Changes once, from `Pending` to one of the others.
enum State<T> {
    Pending,
    Done(T),
    Failed(Exception),
    Cancelled(Cancelled),
}

/// Names a callback of one promise, to remove it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallbackId(u64);

impl EventLoop {
    /// A promise of this loop that nothing has been set of: asyncio's `loop.create_future()`.
    #[must_use]
    pub fn create_promise<T>(&self) -> Promise<T> {
        Promise(Rc::new(Inner {
            event_loop: self.clone(),
            state: RefCell::new(State::Pending),
            waiting: RefCell::default(),
            retrieved: Cell::new(false),
        }))
    }
}

impl<T> Promise<T> {
    /// The loop by way of which its callbacks are called.
    #[must_use]
    pub fn event_loop(&self) -> &EventLoop {
        &self.0.event_loop
    }

    /// Whether it has a result, an exception or was cancelled.
    #[must_use]
    pub fn done(&self) -> bool {
        !matches!(*self.0.state.borrow(), State::Pending)
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        matches!(*self.0.state.borrow(), State::Cancelled(_))
    }

    /// Gives it its value.
    ///
    /// # Errors
    ///
    /// [`PromiseError::AlreadyDone`] if it is done already, and the value is dropped. The loop's
    /// [`Closed`](crate::event_loop::LoopError::Closed) if there are callbacks that can no longer be called; it has its
    /// value then.
    pub fn set_result(&self, value: T) -> Result<(), Exception> {
        self.settle(State::Done(value))
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
        self.settle(State::Failed(exception.into()))
    }

    /// Cancels it, unless it is done. Returns whether it did: asyncio's `cancel()`.
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
        if self.done() {
            return false;
        }
        // A closed loop calls nobody; the promise is cancelled all the same.
        _ = self.settle(State::Cancelled(cancelled));
        true
    }

    /// The value, or what it failed with. It can be asked for again.
    ///
    /// # Errors
    ///
    /// What was set as its exception; [`Exception::Cancelled`]; [`PromiseError::NotReady`] if it is not done.
    pub fn result(&self) -> Result<T, Exception>
    where
        T: Clone,
    {
        match &*self.0.state.borrow() {
            State::Pending => Err(PromiseError::NotReady.into()),
            State::Done(value) => Ok(value.clone()),
            State::Failed(exception) => {
                self.0.retrieved.set(true);
                Err(exception.clone())
            }
            State::Cancelled(cancelled) => Err(Exception::Cancelled(cancelled.clone())),
        }
    }

    /// What it failed with; `None` if it has a value.
    ///
    /// # Errors
    ///
    /// [`Exception::Cancelled`]; [`PromiseError::NotReady`] if it is not done.
    pub fn exception(&self) -> Result<Option<Exception>, Exception> {
        match &*self.0.state.borrow() {
            State::Pending => Err(PromiseError::NotReady.into()),
            State::Done(_) => Ok(None),
            State::Failed(exception) => {
                self.0.retrieved.set(true);
                Ok(Some(exception.clone()))
            }
            State::Cancelled(cancelled) => Err(Exception::Cancelled(cancelled.clone())),
        }
    }

    /// Has `callback` called with the promise when it is done, by way of the loop: in the next pass, in the order in which
    /// they were added, each once. If it is done already, that is in the next pass too.
    ///
    /// # Errors
    ///
    /// The loop's [`Closed`](crate::event_loop::LoopError::Closed) if the promise is done and the loop closed.
    #[track_caller]
    pub fn add_done_callback<O: Outcome>(
        &self,
        callback: impl FnOnce(&Promise<T>) -> O + 'static,
    ) -> Result<CallbackId, Exception>
    where
        T: 'static,
    {
        let callback = OnDone::new(callback, Location::caller());
        let id = self.0.waiting.borrow_mut().name();
        if self.done() {
            self.schedule(callback)?;
        } else {
            self.0.waiting.borrow_mut().add(id, callback);
        }
        Ok(id)
    }

    /// Removes a callback that has not been scheduled yet. Returns whether there was one.
    pub fn remove_done_callback(&self, callback: CallbackId) -> bool {
        // Out of the cell, because dropping a callback is foreign code.
        let removed = self.0.waiting.borrow_mut().remove(callback);
        removed.is_some()
    }

    /// Both are handles on the same promise.
    #[must_use]
    pub fn is(&self, other: &Promise<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    fn settle(&self, state: State<T>) -> Result<(), Exception> {
        if self.done() {
            return Err(PromiseError::AlreadyDone.into());
        }
        self.0.state.replace(state);
        let (callbacks, wakers) = self.0.waiting.borrow_mut().take();
        wakers.into_iter().for_each(Waker::wake);
        callbacks.into_iter().try_for_each(|callback| self.schedule(callback))
    }

    fn schedule(&self, callback: Rc<dyn Callback<T>>) -> Result<(), Exception> {
        callback.give(self.clone());
        self.0.event_loop.schedule(callback).map_err(Exception::from)
    }
}

impl<T> Clone for Promise<T> {
    fn clone(&self) -> Self {
        Promise(Rc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0.state.borrow() {
            State::Pending => "<promise, pending>",
            State::Done(_) => "<promise, done>",
            State::Failed(exception) => return write!(f, "<promise, failed: {exception}>"),
            State::Cancelled(_) => "<promise, cancelled>",
        })
    }
}

/// Python's "Future exception was never retrieved".
impl<T> Drop for Inner<T> {
    fn drop(&mut self) {
        if self.retrieved.get() {
            return;
        }
        if let State::Failed(exception) = self.state.replace(State::Pending) {
            let report = Report::new("Promise exception was never retrieved").with_exception(exception);
            self.event_loop.call_exception_handler(report);
        }
    }
}
