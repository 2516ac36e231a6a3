//! What is awaited by combinators: a promise or a task as it is, anything else as a new task.

use std::any::Any;
use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::output::TaskOutput;
use super::{Task, TaskBuilder};
use crate::event_loop::EventLoop;
use crate::promise::Promise;
use crate::{Exception, PromiseError};

type Value<F> = <<F as Future>::Output as TaskOutput>::Value;

/// asyncio's `ensure_future`, for a future of type `F`.
pub(crate) enum Ensured<F: Future<Output: TaskOutput>> {
    /// It was a promise or a task. The future is kept, because it alone knows how to give its value to several.
    Given { future: F, promise: Promise<Value<F>> },
    /// A task was made of it, on which nobody else has a handle.
    Made(Task<Value<F>>),
}

impl<F: Future<Output: TaskOutput> + 'static> Ensured<F> {
    #[track_caller]
    pub(crate) fn new(event_loop: &EventLoop, future: impl IntoFuture<IntoFuture = F, Output = F::Output>) -> Self {
        let future = future.into_future();
        let any: &dyn Any = &future;
        let promise = any
            .downcast_ref::<Promise<Value<F>>>()
            .or_else(|| any.downcast_ref::<Task<Value<F>>>().map(|task| &**task))
            .cloned();
        match promise {
            Some(promise) => Ensured::Given { future, promise },
            None => Ensured::Made(TaskBuilder::new().spawn_on(event_loop, future)),
        }
    }

    /// What is waited for.
    pub(crate) fn promise(&self) -> &Promise<Value<F>> {
        match self {
            Ensured::Given { promise, .. } => promise,
            Ensured::Made(task) => task,
        }
    }

    /// What it has given. It is done.
    pub(crate) fn into_result(self) -> Result<Value<F>, Exception> {
        match self {
            Ensured::Given { future, .. } => match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(output) => output.into_result(),
                Poll::Pending => Err(PromiseError::NotReady.into()),
            },
            Ensured::Made(task) => task.inner().take(),
        }
    }
}
