//! A trace, and an executor written by hand.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use coframe::event_loop::EventLoop;
use coframe::{Exception, TaskOutput};

/// What was said, in order. A clone writes to the same trace.
#[derive(Clone, Default)]
pub(crate) struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    pub(crate) fn say(&self, line: impl ToString) {
        self.0.borrow_mut().push(line.to_string());
    }

    /// The lines since the last call.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.take()
    }

    /// The same as one line.
    pub(crate) fn line(&self) -> String {
        self.lines().join(" ")
    }

    /// A value that says so when it is dropped.
    pub(crate) fn loud(&self, name: impl ToString) -> Loud {
        Loud(self.clone(), name.to_string())
    }

    /// A future that is ready with `value` when it is polled the second time, and says what becomes of it.
    pub(crate) fn later<T>(&self, name: impl ToString, value: T) -> Later<T> {
        Later { value: Some(value), polled: Cell::new(false), name: self.loud(name) }
    }

    /// [`later`](Trace::later) without a value.
    pub(crate) fn turn(&self, name: impl ToString) -> Later<()> {
        self.later(name, ())
    }
}

pub(crate) struct Loud(Trace, String);

impl Loud {
    pub(crate) fn name(&self) -> &str {
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

pub(crate) struct Later<T> {
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

/// Polls at most so many times, and drops the future then.
pub(crate) fn poll_times<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}

/// An executor that polls until the future is ready. It knows nothing of coframe.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    poll_times(future, 1_000).unwrap()
}

/// Runs a task on a virtual clock, cancels it after `turns` turns, and gives its result.
pub(crate) fn cancelled_after<F>(turns: u32, future: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
where
    F: IntoFuture<Output: TaskOutput<Value: Clone>, IntoFuture: 'static>,
{
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let task = event_loop.create_task(future);
    for _ in 0..turns {
        event_loop.run_once().unwrap();
    }
    task.cancel();
    event_loop.run_until_complete(task)
}

/// An error with a text: Python's `ValueError`.
#[derive(Debug, Clone)]
pub(crate) struct ValueError(pub(crate) &'static str);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ValueError {}

/// What an exception is, as asyncio's programs print it.
pub(crate) fn kind(exception: &Exception) -> &'static str {
    match exception {
        Exception::Cancelled(_) => "CancelledError",
        other if other.is::<ValueError>() => "ValueError",
        _ => "another",
    }
}
