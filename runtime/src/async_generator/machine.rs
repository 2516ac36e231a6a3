//! The machine of an async generator: what a request does, depending on where the body stands.
//!
//! A body that waits at an `.await` has the position of one that runs: a step of it is not over. Every rule of CPython's
//! `Objects/genobject.c` for `asend`, `athrow` and `aclose` is in one function here, `entry`.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use super::AsyncGenerator;
use crate::coroutine::Resumed;
use crate::pinned::{Activated, Body, BodyFrame};
use crate::private::{CLOSED, CREATED, Inspect, RUNNING, Receives, Sends, raised_while_closing};
use crate::task::current;
use crate::{Code, Exception, Signal, Step, unraisable};

/// What is asked of an async generator.
#[derive(Debug)]
pub enum Request<S> {
    /// To go on with the step that is not over.
    Continue,
    /// A step.
    Resume(Signal<S>),
    /// To end.
    Close,
}

/// The state machine inside an [`AsyncGenerator`]. Only expansions make one.
pub trait AsyncMachine: Inspect {
    /// What it is sent.
    type Send;
    /// What it yields.
    type Yield;

    /// Whether the body may catch exceptions, so that it is closed by raising an exit in it.
    #[doc(hidden)]
    const CATCHES: bool;

    /// [`position`](Inspect::position) of one whose body goes on afterwards: see `Activated::position_of_pinned`.
    #[doc(hidden)]
    fn position_of_pinned(self: Pin<&mut Self>) -> u32;

    /// Runs until it yields, ends or waits. `None` at the end.
    ///
    /// # Errors
    ///
    /// What the body raised; or a misuse, which leaves it as it was.
    #[doc(hidden)]
    fn poll_request(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        request: Request<Self::Send>,
    ) -> Poll<Result<Option<Self::Yield>, Exception>>;
}

/// What the body of an async generator may return: nothing, or that it failed.
#[diagnostic::on_unimplemented(
    message = "an async generator returns `()` or `Result<(), E>`, and not `{Self}`",
    label = "this is no end of an async generator",
    note = "Python forbids `return value` in an async generator; hand the value out with `yield_!` instead"
)]
pub trait GeneratorEnd {
    /// What it raises.
    ///
    /// # Errors
    ///
    /// What the body failed with.
    fn end(self) -> Result<(), Exception>;
}

impl GeneratorEnd for () {
    fn end(self) -> Result<(), Exception> {
        Ok(())
    }
}

impl<E: Into<Exception>> GeneratorEnd for Result<(), E> {
    fn end(self) -> Result<(), Exception> {
        self.map_err(Into::into)
    }
}

pin_project! {
    /// The machine of an `async fn` that yields.
    pub struct AsyncBodyMachine<B, S, Y, F>
    where
        B: Body<S>,
        F: Future,
    {
        // What `GeneratorEnd` says. Without a bound of the type, a body that returns something else is one error, and not three.
        end: fn(F::Output) -> Result<(), Exception>,
        // Whether it was asked to end: CPython's `ag_closed`. If the body yielded all the same it goes on, but no exception
        // is raised in it any more.
        ended: bool,
        // Whether the step that is not over is a close.
        closing: bool,
        #[pin]
        activated: Activated<S, Y, F>,
        code: PhantomData<B>,
    }

    impl<B, S, Y, F> PinnedDrop for AsyncBodyMachine<B, S, Y, F>
    where
        B: Body<S>,
        F: Future,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this;
            if B::CATCHES && !matches!(this.as_mut().project().activated.position_of_pinned(), CREATED | CLOSED) {
                unraisable::close_in_drop(B::CODE, || this.close_at_once());
            }
        }
    }
}

/// Makes an async generator of a body.
pub fn async_generator<B, S, Y, R, F>(
    body: impl FnOnce(BodyFrame<B, S, Y>) -> F,
) -> AsyncGenerator<AsyncBodyMachine<B, S, Y, F>>
where
    B: Body<S>,
    R: GeneratorEnd,
    F: Future<Output = R>,
{
    AsyncGenerator::new(AsyncBodyMachine {
        end: R::end,
        ended: false,
        closing: false,
        activated: Activated::new(body),
        code: PhantomData,
    })
}

impl<B: Body<S>, S, Y, F: Future> Inspect for AsyncBodyMachine<B, S, Y, F> {
    fn code(&self) -> &'static Code {
        B::CODE
    }

    fn position(&self) -> u32 {
        self.activated.position()
    }
}

/// How the body goes on.
enum Entry<S> {
    With(Option<Signal<S>>),
    /// With an exception at the `.await` where it waits.
    Raising(Exception),
}

impl<B: Body<S>, S, Y, F: Future> AsyncBodyMachine<B, S, Y, F> {
    /// How a request enters the body; an `Err` has the answer if it does not.
    fn entry(self: Pin<&mut Self>, request: Request<S>) -> Result<Entry<S>, Result<(), Exception>> {
        const OVER: Result<(), Exception> = Ok(());
        let mut this = self.project();
        let sends = <B::Sends as Receives<S>>::SENDS;
        Ok(match (request, this.activated.as_mut().position_of_pinned()) {
            (_, CLOSED) => return Err(OVER),
            (Request::Close, CREATED) => {
                this.activated.clear();
                return Err(OVER);
            }
            (Request::Close, position) if position == RUNNING || !*this.ended => {
                (*this.ended, *this.closing) = (true, true);
                match position {
                    RUNNING => Entry::Raising(Exception::Exit),
                    _ => Entry::With(Some(Signal::Throw(Exception::Exit))),
                }
            }
            (Request::Continue | Request::Resume(Signal::Start), RUNNING) => Entry::With(None),
            (Request::Resume(Signal::Throw(exception)), RUNNING) => Entry::Raising(exception),
            (Request::Resume(Signal::Send(_)), RUNNING) => return Err(Err(Exception::AlreadyRunning)),
            // The step that was not over has ended meanwhile, by way of another handle; or it has ignored an exit.
            (Request::Continue | Request::Close, _) => return Err(OVER),
            (Request::Resume(Signal::Throw(_)), _) if *this.ended => return Err(OVER),
            (Request::Resume(Signal::Start), CREATED) => Entry::With(None),
            (Request::Resume(Signal::Send(sent)), CREATED) if B::Sends::starts(&sent) => Entry::With(None),
            (Request::Resume(Signal::Send(_)), CREATED) => return Err(Err(Exception::NotStarted)),
            (Request::Resume(Signal::Throw(exception)), CREATED) => {
                this.activated.clear();
                return Err(Err(exception));
            }
            (Request::Resume(Signal::Start), _) if matches!(sends, Sends::Value) => {
                return Err(Err(Exception::AlreadyStarted));
            }
            (Request::Resume(signal), _) => Entry::With(Some(signal)),
        })
    }

    fn poll_entry(self: Pin<&mut Self>, context: &mut Context<'_>, entry: Entry<S>) -> Poll<Resumed<Y, F::Output>> {
        let mut activated = self.project().activated;
        match entry {
            Entry::With(signal) => activated.poll(context.waker(), signal),
            Entry::Raising(exception) => {
                let raising = current::poll_raising(context, exception, |waker| activated.as_mut().poll(waker, None));
                match raising {
                    (poll, None) => poll,
                    // It waits in something that a macro hides. It cannot catch it.
                    (_, Some(exception)) => {
                        activated.clear();
                        Poll::Ready(Err(exception))
                    }
                }
            }
        }
    }

    /// Closes it where nobody can wait for it, also if it has ignored an exit.
    fn close_at_once(mut self: Pin<&mut Self>) -> Result<(), Exception> {
        *self.as_mut().project().ended = false;
        match self.poll_request(&mut Context::from_waker(Waker::noop()), Request::Close) {
            Poll::Ready(closed) => closed.map(drop),
            Poll::Pending => Err(Exception::IgnoredExit),
        }
    }
}

impl<B: Body<S>, S, Y, F: Future> AsyncMachine for AsyncBodyMachine<B, S, Y, F> {
    type Send = S;
    type Yield = Y;

    const CATCHES: bool = B::CATCHES;

    fn position_of_pinned(self: Pin<&mut Self>) -> u32 {
        self.project().activated.position_of_pinned()
    }

    fn poll_request(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        request: Request<S>,
    ) -> Poll<Result<Option<Y>, Exception>> {
        let entry = match self.as_mut().entry(request) {
            Ok(entry) => entry,
            Err(answer) => return Poll::Ready(answer.map(|()| None)),
        };
        let Poll::Ready(resumed) = self.as_mut().poll_entry(context, entry) else { return Poll::Pending };
        let this = self.project();
        let closing = std::mem::take(this.closing);
        let outcome = resumed.and_then(|step| match step {
            Step::Yielded(value) => Ok(Some(value)),
            Step::Returned(value) => (this.end)(value).map(|()| None),
        });
        Poll::Ready(match outcome {
            Ok(Some(_)) if closing => Err(Exception::IgnoredExit),
            Err(Exception::Exit) if closing => Ok(None),
            Err(exception) if closing => Err(raised_while_closing(exception)),
            other => other,
        })
    }
}

impl<B: Body<S>, S, Y, F: Future> fmt::Debug for AsyncBodyMachine<B, S, Y, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncBodyMachine").field("code", &B::CODE.name()).finish_non_exhaustive()
    }
}
