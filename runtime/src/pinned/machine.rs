//! The machine of a body that rustc compiled: a position, and the body as a future.
//!
//! It owns the position between resumes, as the machine of a frame does. While the body runs the position is `RUNNING`; it
//! becomes that of a suspension point if the body left a value there, and else the body is dropped at once and the position
//! is that of one that is over, after a return, an exception and a panic alike.

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Poll, Waker};

use pin_project_lite::pin_project;

use super::body_frame::BodyFrame;
use super::exchange::{Key, Left, Slot};
use crate::coroutine::{Resumed, closed};
use crate::private::{CLOSED, CREATED, Inspect, Locals, NoLocals, RUNNING, Receives, Sends, SendsValue, finished};
use crate::{Code, Coroutine, Exception, Pinned, Signal, Step, unraisable};

/// What an expansion says of a body that rustc compiles.
pub trait Body<S> {
    /// The code object.
    const CODE: &'static Code;
    /// Whether it may catch exceptions or delegates, so that it is closed by raising an exit in it.
    const CATCHES: bool;
    /// What becomes of what is sent.
    type Sends: Receives<S>;
}

/// The state machine inside a [`Pinned`]. Only expansions make one.
#[diagnostic::on_unimplemented(
    message = "this coroutine is not sent `{S}`",
    label = "this coroutine has another `send` type than `{S}`"
)]
pub trait PinnedMachine<S = ()>: Coroutine<S> + Inspect {}

pin_project! {
    /// A body between two polls, and where it stands.
    pub struct Activated<S, Y, F> {
        position: u32,
        key: Key<S, Y>,
        // `None` once it is over.
        #[pin]
        body: Option<F>,
    }
}

impl<S, Y, F: Future> Activated<S, Y, F> {
    #[inline]
    pub(crate) fn new<B>(body: impl FnOnce(BodyFrame<B, S, Y>) -> F) -> Self {
        let (key, same) = Key::pair();
        Activated { position: CREATED, key, body: Some(body(BodyFrame::new(same))) }
    }

    pub(crate) const fn position(&self) -> u32 {
        self.position
    }

    /// [`position`](Activated::position) where the body goes on: locals of the body may point to each other, and a shared
    /// reference to all of them would be a read that their own exclusive ones do not outlive.
    #[inline]
    pub(crate) fn position_of_pinned(self: Pin<&mut Self>) -> u32 {
        *self.project().position
    }

    /// Polls the body, with a waker that leads to `waker`. It is ready when it pauses or is over; otherwise it waits for
    /// something that is not in its code, or is an await.
    #[inline]
    pub(crate) fn poll(
        mut self: Pin<&mut Self>,
        waker: &Waker,
        signal: Option<Signal<S>>,
    ) -> Poll<Resumed<Y, F::Output>> {
        let mut running = Running { closes: true, activated: self.as_mut() };
        let this = running.activated.as_mut().project();
        *this.position = RUNNING;
        let slot = Slot::new(this.key, waker, signal);
        let Some(body) = this.body.as_pin_mut() else { return Poll::Ready(Err(Exception::Finished)) };
        let poll = slot.enter(|context| body.poll(context));
        Poll::Ready(match (poll, slot.left()) {
            (Poll::Ready(value), Left::Nothing) => Ok(Step::Returned(value)),
            (Poll::Pending, Left::Yielded(value, point)) => {
                *this.position = point;
                running.closes = false;
                Ok(Step::Yielded(value))
            }
            (_, Left::Raised(exception)) => Err(exception),
            // It paused in something that it then gave up: what is yielded there reaches nobody.
            (Poll::Ready(_), Left::Yielded(..)) => Err(Exception::ForeignAwait),
            (Poll::Pending, Left::Nothing) => {
                running.closes = false;
                return Poll::Pending;
            }
        })
    }

    /// Ends it where it stands: its locals are dropped.
    #[inline]
    pub(crate) fn clear(self: Pin<&mut Self>) {
        let mut this = self.project();
        *this.position = CLOSED;
        this.body.set(None);
    }
}

/// While it lives the body runs; if the body neither paused nor waits, its end closes it.
struct Running<'a, S, Y, F: Future> {
    closes: bool,
    activated: Pin<&'a mut Activated<S, Y, F>>,
}

impl<S, Y, F: Future> Drop for Running<'_, S, Y, F> {
    #[inline]
    fn drop(&mut self) {
        if self.closes {
            self.activated.as_mut().clear();
        }
    }
}

pin_project! {
    /// The machine of a `pinned` coroutine.
    pub struct BodyMachine<B, S, Y, F>
    where
        B: Body<S>,
        F: Future,
    {
        #[pin]
        activated: Activated<S, Y, F>,
        code: PhantomData<B>,
    }

    impl<B, S, Y, F> PinnedDrop for BodyMachine<B, S, Y, F>
    where
        B: Body<S>,
        F: Future,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this;
            if B::CATCHES && !matches!(this.as_mut().project().activated.position_of_pinned(), CREATED | RUNNING..) {
                unraisable::close_in_drop(B::CODE, || closed(this.resume(Signal::Throw(Exception::Exit))));
            }
        }
    }
}

/// Makes a coroutine of a body.
#[inline]
pub fn pinned<B, S, Y, R, F>(body: impl FnOnce(BodyFrame<B, S, Y>) -> F) -> Pinned<BodyMachine<B, S, Y, F>>
where
    B: Body<S>,
    F: Future<Output = R>,
{
    Pinned::new(BodyMachine { activated: Activated::new(body), code: PhantomData })
}

/// [`pinned`] for a body that is given its arguments, and borrows from where it stands.
#[inline]
pub fn pinned_with<B, S, Y, R, F, A>(
    arguments: A,
    body: impl FnOnce(BodyFrame<B, S, Y>, A) -> F,
) -> Pinned<BodyMachine<B, S, Y, F>>
where
    B: Body<S>,
    F: Future<Output = R>,
{
    pinned(|frame| body(frame, arguments))
}

/// The body of a function that could not be compiled.
#[derive(Debug)]
pub struct NoBody;

impl<S> Body<S> for NoBody {
    const CODE: &'static Code = NoLocals::CODE;
    const CATCHES: bool = false;
    type Sends = SendsValue;
}

impl<B: Body<S>, S, Y, F: Future> Inspect for BodyMachine<B, S, Y, F> {
    fn code(&self) -> &'static Code {
        B::CODE
    }

    fn position(&self) -> u32 {
        self.activated.position()
    }
}

impl<B: Body<S>, S, Y, F: Future> PinnedMachine<S> for BodyMachine<B, S, Y, F> {}

impl<B: Body<S>, S, Y, F: Future> Coroutine<S> for BodyMachine<B, S, Y, F> {
    type Yield = Y;
    type Return = F::Output;

    #[inline]
    fn resume(self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Y, F::Output> {
        let mut activated = self.project().activated;
        let position = activated.as_mut().position_of_pinned();
        let sends = <B::Sends as Receives<S>>::SENDS;
        let signal = match (signal, position) {
            (signal, RUNNING..) => return finished(signal),
            (Signal::Start, CREATED) => None,
            (Signal::Start, _) if matches!(sends, Sends::Value) => return Err(Exception::AlreadyStarted),
            (Signal::Send(sent), CREATED) if B::Sends::starts(&sent) => None,
            (Signal::Send(_), CREATED) => return Err(Exception::NotStarted),
            (signal @ Signal::Throw(_), CREATED) => {
                activated.clear();
                return finished(signal);
            }
            (signal, _) => Some(signal),
        };
        match activated.as_mut().poll(Waker::noop(), signal) {
            Poll::Ready(resumed) => resumed,
            Poll::Pending => {
                activated.clear();
                Err(Exception::ForeignAwait)
            }
        }
    }
}

impl<B: Body<S>, S, Y, F: Future> fmt::Debug for BodyMachine<B, S, Y, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyMachine").field("code", &B::CODE.name()).finish_non_exhaustive()
    }
}
