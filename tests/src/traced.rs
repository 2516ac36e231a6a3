//! What the tests of futures share: a trace that is handed on, futures that wait once, and an executor that is no loop.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What was said, in order. A clone writes to the same trace.
#[derive(Clone, Debug, Default)]
pub struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    /// Adds a line.
    pub fn say(&self, line: impl ToString) {
        self.0.borrow_mut().push(line.to_string());
    }

    /// The lines since the last call.
    pub fn lines(&self) -> Vec<String> {
        self.0.take()
    }

    /// The same as one line.
    pub fn line(&self) -> String {
        self.lines().join(" ")
    }

    /// A value that says so when it is dropped.
    pub fn loud(&self, name: impl ToString) -> Loud {
        Loud(self.clone(), name.to_string())
    }

    /// A future that says its name when it is first polled, and is ready the second time.
    pub fn tick(&self, name: impl ToString) -> Tick {
        Tick(self.clone(), Some(name.to_string()))
    }

    /// A future that is ready with `value` when it is polled the second time, and says what becomes of it.
    pub fn later<T>(&self, name: impl ToString, value: T) -> Later<T> {
        Later { value: Some(value), polled: Cell::new(false), name: self.loud(name) }
    }

    /// [`later`](Trace::later) without a value.
    pub fn turn(&self, name: impl ToString) -> Later<()> {
        self.later(name, ())
    }
}

/// A value with a name, which it says when it is dropped.
pub struct Loud(Trace, String);

impl Loud {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.1
    }
}

impl Drop for Loud {
    fn drop(&mut self) {
        self.0.say(format!("-{}", self.1));
    }
}

impl fmt::Debug for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

/// See [`Trace::tick`].
#[derive(Debug)]
pub struct Tick(Trace, Option<String>);

impl Future for Tick {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(name) = self.1.take() else { return Poll::Ready(()) };
        self.0.say(name);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// See [`Trace::later`].
#[derive(Debug)]
pub struct Later<T> {
    value: Option<T>,
    polled: Cell<bool>,
    name: Loud,
}

impl<T: Unpin> Future for Later<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if self.polled.replace(true) {
            self.name.0.say(format!("{}!", self.name.1));
            return self.value.take().map_or(Poll::Pending, Poll::Ready);
        }
        self.name.0.say(format!("{}?", self.name.1));
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Polls once, with nobody to wake.
pub fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls at most so many times, and drops the future then.
pub fn poll_times<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = pin!(future);
    (0..times).find_map(|_| match poll_once(future.as_mut()) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}

/// An executor that polls until the future is ready. It knows nothing of coframe.
///
/// # Panics
///
/// If the future is not ready after a thousand times.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    poll_times(future, 1_000).expect("it ends")
}

/// An error with a text: Python's `ValueError`.
#[derive(Clone, Debug)]
pub struct ValueError(pub &'static str);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for ValueError {}
