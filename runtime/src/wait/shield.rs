//! `shield`: a wait that can be cancelled without what it waits for.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::ops::Deref;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use crate::coroutine::Resumed;
use crate::promise::{Awaited, Hook, Inner, State};
use crate::task::{Ensured, Value, current};
use crate::{Awaitable, Delegate, Exception, Promise, TaskOutput};

/// Waits for one task, promise, coroutine or future, which goes on when the one who waits is cancelled: asyncio's
/// `shield`.
///
/// A task is made at once of what is neither a task nor a promise. Its result, its error and its cancellation are those
/// of the shield; but the message of a cancellation stays with the task. When the shield is cancelled, it is so at once, and
/// what it shields hears nothing of it; an error which that ends with later is reported by the loop, if nobody else waits
/// for it.
///
/// ```
/// use coframe::{Exception, attempt, shield, sleep, spawn, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn save() -> &'static str {
///     yield_from!(sleep(1.0)); // must not be left half done
///     "saved"
/// }
///
/// #[coframe::coroutine(task)]
/// fn program() -> &'static str {
///     let saving = spawn(save());
///     let waiting = spawn(shield(saving.clone()));
///     yield_from!(sleep(0.5));
///     waiting.cancel();
///     assert!(matches!(attempt! { yield_from!(waiting) }, Err(Exception::Cancelled(_))));
///     yield_from!(saving)
/// }
///
/// let event_loop = coframe::event_loop::EventLoop::with_virtual_clock()?;
/// assert_eq!(event_loop.run_until_complete(program())?, "saved");
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # Errors
///
/// It fails with [`LoopError::NotRunning`](crate::event_loop::LoopError::NotRunning) where no loop runs that could run
/// the task.
#[track_caller]
pub fn shield<F>(future: F) -> Shield<<F::Output as TaskOutput>::Value>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let inner = Ensured::here(future).into_promise();
    let promise = match inner.event_loop() {
        Some(event_loop) => Promise::hooked(event_loop, Shielded(Rc::downgrade(&inner.awaited()))),
        None => Promise::of(Rc::new(Inner::new(None))),
    };
    if inner.done() {
        hand_on::<F::IntoFuture>(&inner, &promise);
    } else {
        watch::<F::IntoFuture>(&inner, &promise);
    }
    Shield { promise, _inner: Some(inner.awaited()) }
}

/// Neither is kept by a callback of its own.
fn watch<F: Future<Output: TaskOutput> + 'static>(inner: &Promise<Value<F>>, outer: &Promise<Value<F>>) {
    // Neither is done, so that adding cannot fail.
    let to = outer.clone();
    let on_inner = inner.add_done_callback(move |inner| {
        if inner.cancelled() {
            // Without the message, which is for those who wait for the inner one itself.
            to.cancel();
        } else {
            hand_on::<F>(inner, &to);
        }
    });
    let Ok(on_inner) = on_inner else { return };
    let from = Rc::downgrade(&inner.awaited());
    _ = outer.add_done_callback(move |_| {
        if let Some(inner) = from.upgrade()
            && !inner.done()
        {
            inner.forget_callback(on_inner);
        }
    });
}

/// CPython's `_inner_done_callback`.
fn hand_on<F: Future<Output: TaskOutput> + 'static>(inner: &Promise<Value<F>>, outer: &Promise<Value<F>>) {
    if outer.done() {
        // It was cancelled in the pass in which the inner one failed: that has been seen.
        inner.inner().failure();
        return;
    }
    // A closed loop calls nobody; it is settled all the same.
    _ = outer.settle(State::of(Ensured::<F>::result_of(inner)));
}

struct Shielded(Weak<dyn Awaited>);

impl<T: 'static> Hook<T> for Shielded {
    fn awaits(&self) -> Vec<Rc<dyn Awaited>> {
        self.0.upgrade().into_iter().collect()
    }
}

/// What [`shield`](fn@shield) gives: a promise of what it shields. It can be awaited once, and moves the value out.
///
/// As a [`Promise`], which it derefs to, it can be cancelled, asked and have callbacks. It is no handle that can be cloned;
/// `Promise::clone(&shield)` is one more handle on the promise, to look at it while somebody waits and after that. The
/// value is gone then: [`Promise::result`] gives [`PromiseError::Taken`](crate::PromiseError::Taken).
///
/// ```
/// use coframe::{Promise, shield, sleep};
///
/// coframe::run(async {
///     let outer = shield(sleep(0.01));
///     let promise = Promise::clone(&outer);
///     promise.cancel();
///     assert!(outer.await.is_err() && promise.cancelled());
///     Ok(())
/// })?;
/// # Ok::<(), coframe::Exception>(())
/// ```
#[must_use = "what it shields runs all the same, but nobody hears of the result"]
pub struct Shield<T> {
    promise: Promise<T>,
    /// Nobody else may hold a promise that was given.
    _inner: Option<Rc<dyn Awaited>>,
}

impl<T> Shield<T> {
    /// Another handle on the promise of one, without what it shields.
    pub(crate) fn of(promise: Promise<T>) -> Self {
        Shield { promise, _inner: None }
    }
}

impl<T> Deref for Shield<T> {
    type Target = Promise<T>;

    fn deref(&self) -> &Promise<T> {
        &self.promise
    }
}

impl<T: 'static> Future for Shield<T> {
    type Output = Result<T, Exception>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.promise.poll_done(context))?;
        Poll::Ready(self.promise.inner().take())
    }
}

impl<T: 'static> Delegate for Shield<T> {
    type Yield = Awaitable;
    type Return = T;

    fn advance(&mut self, _: Option<()>) -> Resumed<Awaitable, T> {
        current::advance(Pin::new(self))
    }
}

impl<T: 'static> fmt::Debug for Shield<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<shield, {}>", self.promise.inner().describe())
    }
}
