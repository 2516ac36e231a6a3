//! What a coroutine yields while it runs as a task.

use std::fmt;
use std::rc::Rc;

use crate::Promise;
use crate::promise::Awaited;

/// What a task's coroutine waits for: what `#[coroutine(task)]` yields, as Python's `__await__` yields futures.
///
/// Most coroutines never name it: `yield_from!` of a promise, a task, a future or another coroutine yields what is needed,
/// and gives the value. A coroutine that waits in a way of its own yields one by hand:
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use coframe::{Awaitable, Exception, Promise, yield_};
///
/// #[coframe::coroutine(task)]
/// fn patiently(promise: Promise<u32>) -> Result<u32, Exception> {
///     while !promise.done() {
///         yield_!(); // let the others run, and look again
///     }
///     promise.result()
/// }
///
/// #[coframe::coroutine(task)]
/// fn properly(promise: Promise<u32>) -> Result<u32, Exception> {
///     if !promise.done() {
///         yield_!(Awaitable::from(&promise));
///     }
///     promise.result()
/// }
///
/// let event_loop = EventLoop::with_virtual_clock()?;
/// let promise = event_loop.create_promise();
/// let (one, other) = (event_loop.create_task(patiently(promise.clone())), event_loop.create_task(properly(promise.clone())));
/// event_loop.call_soon(move || promise.set_result(7))?;
/// assert_eq!(event_loop.run_until_complete(other)??, 7);
/// assert_eq!(event_loop.run_until_complete(one)??, 7);
/// # Ok::<(), coframe::Exception>(())
/// ```
#[must_use = "a task waits for it when it is yielded"]
pub struct Awaitable(pub(crate) Kind);

pub(crate) enum Kind {
    /// To be resumed in the next pass.
    Turn,
    /// Somebody has the waker that the coroutine is polled with.
    Wake,
    /// To be resumed when this is done, and to be raised what it fails with.
    Done(Rc<dyn Awaited>),
}

impl Awaitable {
    /// Nothing but the next turn: Python's bare `yield` in an `__await__`. All others that are ready run first.
    pub fn turn() -> Self {
        Awaitable(Kind::Turn)
    }
}

/// Its end. Where a loop runs the coroutine as a task, what it failed with is raised at the `yield_!`, a cancellation too.
/// Another executor may resume the coroutine earlier: whoever yields a promise there asks again whether it is
/// [`done`](Promise::done), as `yield_from!(promise)` does.
impl<T: 'static> From<&Promise<T>> for Awaitable {
    fn from(promise: &Promise<T>) -> Self {
        Awaitable(Kind::Done(promise.awaited()))
    }
}

impl fmt::Debug for Awaitable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Turn => "Awaitable(a turn)",
            Kind::Wake => "Awaitable(a wake-up)",
            Kind::Done(_) => "Awaitable(a promise)",
        })
    }
}
