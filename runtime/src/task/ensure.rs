//! What is awaited by combinators: a promise or a task as it is, anything else as a new task.

use std::any::{Any, TypeId};
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::output::TaskOutput;
use super::{Task, TaskBuilder, TaskHandle};
use crate::event_loop::EventLoop;
use crate::promise::Promise;
use crate::wait::{Gather, Shield};
use crate::{Exception, PromiseError};

/// What a future of type `F` gives.
pub(crate) type Value<F> = <<F as Future>::Output as TaskOutput>::Value;

/// asyncio's `ensure_future`, for a future of type `F`.
///
/// The type alone tells what was done: where `F` is a handle on a promise that is what is waited for, and otherwise a
/// task was made on which nobody else has a handle.
pub(crate) struct Ensured<F: Future<Output: TaskOutput>> {
    promise: Promise<Value<F>>,
    future: PhantomData<fn() -> F>,
}

impl<F: Future<Output: TaskOutput> + 'static> Ensured<F> {
    #[track_caller]
    pub(crate) fn new(event_loop: &EventLoop, future: impl IntoFuture<IntoFuture = F, Output = F::Output>) -> Self {
        Ensured::with(future, |future| TaskBuilder::new().spawn_on(event_loop, future))
    }

    /// In the loop that runs in this thread. Where none runs a new task has failed; see [`spawn`](super::spawn).
    #[track_caller]
    pub(crate) fn here(future: impl IntoFuture<IntoFuture = F, Output = F::Output>) -> Self {
        Ensured::with(future, |future| TaskBuilder::new().spawn(future))
    }

    #[track_caller]
    fn with(
        future: impl IntoFuture<IntoFuture = F, Output = F::Output>,
        make: impl FnOnce(F) -> Task<Value<F>>,
    ) -> Self {
        let future = future.into_future();
        let promise = promise_of(&future).unwrap_or_else(|| make(future).promise);
        Ensured { promise, future: PhantomData }
    }

    /// What is waited for.
    pub(crate) fn promise(&self) -> &Promise<Value<F>> {
        &self.promise
    }

    /// The same, to be kept without the type of the future.
    pub(crate) fn into_promise(self) -> Promise<Value<F>> {
        self.promise
    }

    /// What it has given. It is done.
    pub(crate) fn into_result(self) -> Result<Value<F>, Exception> {
        Ensured::<F>::result_of(&self.promise)
    }

    /// What the promise of such a future has given: moved out of a task that was made for it; of a promise that others
    /// may wait for, as its own kind of handle gives it. It is done.
    pub(crate) fn result_of(promise: &Promise<Value<F>>) -> Result<Value<F>, Exception> {
        match handle_of::<F>(promise) {
            None => promise.inner().take(),
            Some(future) => match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(output) => output.into_result(),
                Poll::Pending => Err(PromiseError::NotReady.into()),
            },
        }
    }
}

/// The promise that a future is a handle on.
fn promise_of<F: Future<Output: TaskOutput> + 'static>(future: &F) -> Option<Promise<Value<F>>> {
    let any: &dyn Any = future;
    let promise = any.downcast_ref::<Promise<Value<F>>>();
    promise
        .or_else(|| any.downcast_ref::<Task<Value<F>>>().map(|task| &**task))
        .or_else(|| any.downcast_ref::<Gather<Value<F>>>().map(|gather| &**gather))
        .or_else(|| any.downcast_ref::<Shield<Value<F>>>().map(|shield| &**shield))
        .cloned()
}

/// The inverse of [`promise_of`]. So who waits for a promise need not keep the handle that it was given, which would
/// keep the promise for as long as it has callbacks.
fn handle_of<F: Future<Output: TaskOutput> + 'static>(promise: &Promise<Value<F>>) -> Option<F> {
    same(|| Some(promise.clone()))
        .or_else(|| same(|| Task::of(promise)))
        .or_else(|| same(|| Some(Gather::of(promise.clone()))))
        .or_else(|| same(|| Some(Shield::of(promise.clone()))))
}

/// What `make` gives, if it has the type that is wanted.
fn same<H: 'static, F: 'static>(make: impl FnOnce() -> Option<H>) -> Option<F> {
    if TypeId::of::<H>() != TypeId::of::<F>() {
        return None;
    }
    let mut handle = make();
    let any: &mut dyn Any = &mut handle;
    any.downcast_mut::<Option<F>>()?.take()
}

impl<T: 'static> Task<T> {
    /// The task that a promise is, if it is one.
    pub(crate) fn of(promise: &Promise<T>) -> Option<Self> {
        let handle = TaskHandle(promise.awaited().as_task()?);
        Some(Task { promise: promise.clone(), handle })
    }
}
