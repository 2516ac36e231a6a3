//! A trace, a future that waits once, and a driver that is no loop.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Once;
use std::task::{Context, Poll, Waker};

use coframe::event_loop::EventLoop;
use coframe::{Exception, Misbehaviour, TaskOutput, set_unraisable_hook};

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

    /// A future that says its name when it is first polled, and is ready the second time.
    pub(crate) fn tick(&self, name: impl ToString) -> Tick {
        Tick(self.clone(), Some(name.to_string()))
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

pub(crate) struct Tick(Trace, Option<String>);

impl Future for Tick {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(name) = self.1.take() else { return Poll::Ready(()) };
        self.0.say(name);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Polls once, with nobody to wake.
pub(crate) fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until it is ready. No loop runs.
pub(crate) fn drive<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _ in 0..1_000 {
        if let Poll::Ready(value) = poll_once(future.as_mut()) {
            return value;
        }
    }
    panic!("it never ends");
}

/// Runs a future in a loop on a virtual clock.
pub(crate) fn in_loop<F>(future: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
where
    F: IntoFuture<Output: TaskOutput<Value: Clone>, IntoFuture: 'static>,
{
    EventLoop::with_virtual_clock().unwrap().run_until_complete(future)
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

/// Another one: Python's `KeyError`.
#[derive(Debug, Clone)]
pub(crate) struct KeyError(pub(crate) &'static str);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for KeyError {}

thread_local! {
    static REPORTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From now on this thread hears of what cannot be raised, and of it alone: see [`reported`].
pub(crate) fn hear() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        set_unraisable_hook(|report| {
            let what = match report.what() {
                Misbehaviour::Raised(exception) => format!("{}: {exception}", report.code().name()),
                Misbehaviour::Panicked(text) => format!("{}: panic {text}", report.code().name()),
                other => panic!("{other:?}"),
            };
            REPORTED.with_borrow_mut(|reported| reported.push(what));
        });
    });
}

/// What could not be raised in this thread, since the last call.
pub(crate) fn reported() -> Vec<String> {
    REPORTED.take()
}
