//! `AsyncGenerator`: what calling a `#[coroutine(yield = Y)] async fn` gives.

mod machine;
mod managed;
mod steps;
mod stream;

use std::fmt;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

pub use self::machine::{AsyncBodyMachine, AsyncMachine, GeneratorEnd, Request, async_generator};
pub use self::steps::{AsyncClose, AsyncStep};
pub use self::stream::{NextItem, NextResult, StreamOperand, stream};

use self::managed::{Asking, Shared, Sharing};
use crate::event_loop::EventLoop;
use crate::private::CLOSED;
use crate::{Code, Exception, Frame, FrameVisitor, Inspectable, State, frame};

/// A paused `async fn` that yields: Python's asynchronous generator ([PEP 525]), and a
/// [`Stream`](futures_core::Stream).
///
/// A function marked `#[coframe::coroutine(yield = Y)] async fn` gives one; it returns `()` or a `Result<(), E>`. Between two
/// values it may wait for any future. Ask it for one value with [`next`](AsyncGenerator::next),
/// [`asend`](AsyncGenerator::asend) or [`athrow`](AsyncGenerator::athrow), end it with [`aclose`](AsyncGenerator::aclose), or
/// iterate with [`for_await!`](crate::for_await) and with what the ecosystem has for streams, whose items are `Result`s.
/// Any executor will do; it is `Send` if its body is.
///
/// ```
/// use coframe::{Exception, for_await, sleep, yield_};
///
/// #[coframe::coroutine(yield = u32)]
/// async fn countdown(from: u32) {
///     for n in (1..=from).rev() {
///         sleep(0.001).await;
///         yield_!(n);
///     }
/// }
///
/// #[coframe::coroutine]
/// async fn sum() -> u32 {
///     let mut sum = 0;
///     for_await!(n in countdown(3) { sum += n; });
///     sum
/// }
///
/// assert_eq!(coframe::run(sum())?, 6);
/// # Ok::<(), Exception>(())
/// ```
///
/// # Dropped before its end
///
/// A body that catches exceptions has something to do when it is ended, and may wait for that. So a generator that is dropped
/// is closed by the loop in which it was first asked for a value, by a task of its own. Without a loop of coframe, and if
/// it borrows, an exit is raised in it at once; where it waits then, that is given up, and reported to the
/// [unraisable hook](crate::set_unraisable_hook). A body that catches nothing only drops its locals, and does so at once.
/// Close explicitly what has to be closed in time.
///
/// [PEP 525]: https://peps.python.org/pep-0525/
#[must_use = "a generator does nothing until it is asked for a value"]
pub struct AsyncGenerator<M: AsyncMachine> {
    owner: Owner<M>,
    /// What makes it known to a loop, if a loop may have it.
    manage: Option<fn(&Sharing<M>, &EventLoop) -> usize>,
    code: &'static Code,
    /// Where the machine stands, if nobody shares it. A shared reference to the machine would be a read of all of its body,
    /// which the exclusive references inside of that do not outlive.
    position: u32,
}

enum Owner<M> {
    Alone(Pin<Box<M>>),
    /// A loop knows it, by that number.
    Shared(Sharing<M>, usize),
    /// While it becomes shared.
    Nobody,
}

impl<M: AsyncMachine> AsyncGenerator<M> {
    pub(crate) fn new(machine: M) -> Self {
        let (code, position) = (machine.code(), machine.position());
        AsyncGenerator { owner: Owner::Alone(Box::pin(machine)), manage: None, code, position }
    }

    /// Lets an event loop close it, when it is dropped before its end or the loop shuts down. That is so already where no
    /// argument of the function borrows or is of a generic type.
    ///
    /// ```
    /// use coframe::{Exception, yield_};
    ///
    /// #[coframe::coroutine(yield = T)]
    /// async fn repeat<T: Clone>(value: T) {
    ///     loop {
    ///         yield_!(value.clone());
    ///     }
    /// }
    ///
    /// coframe::run(async {
    ///     let mut sevens = repeat(7).managed();
    ///     assert_eq!(sevens.next().await?, Some(7));
    ///     Ok::<_, Exception>(())
    /// })?;
    /// # Ok::<(), Exception>(())
    /// ```
    pub fn managed(self) -> Self
    where
        M: 'static,
    {
        let mut generator = self;
        generator.manage = Some(managed::manage);
        generator
    }

    /// The code object: name, file, line and suspension points.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.code
    }

    /// Where it stands in its life: suspended between two values, and running from when a value is asked for until it is
    /// there.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.owner {
            Owner::Alone(_) => frame::state(self.position),
            Owner::Shared(shared, _) => shared.state(),
            Owner::Nobody => unreachable!("coframe: it has an owner between two calls"),
        }
    }

    fn poll_request(
        &mut self,
        context: &mut Context<'_>,
        request: Request<M::Send>,
    ) -> Poll<Result<Option<M::Yield>, Exception>> {
        if let (Some(manage), State::Created) = (self.manage, self.state())
            && let Some(event_loop) = EventLoop::running()
        {
            self.share(|shared| manage(shared, &event_loop));
        }
        match &mut self.owner {
            Owner::Alone(machine) => {
                // Where it stands if the body panics.
                self.position = CLOSED;
                let poll = machine.as_mut().poll_request(context, request);
                self.position = machine.as_mut().position_of_pinned();
                poll
            }
            Owner::Shared(shared, _) => shared.poll_request(Asking::Owner, context, request),
            Owner::Nobody => unreachable!("coframe: it has an owner between two calls"),
        }
    }

    /// The step that is not over is no longer waited for.
    fn give_up(&self) {
        if let Owner::Shared(shared, _) = &self.owner {
            shared.give_up(Asking::Owner);
        }
    }

    fn share(&mut self, manage: impl FnOnce(&Sharing<M>) -> usize) {
        self.owner = match std::mem::replace(&mut self.owner, Owner::Nobody) {
            Owner::Alone(machine) => {
                let shared = Arc::new(Shared::new(machine));
                let number = manage(&shared);
                Owner::Shared(shared, number)
            }
            shared => shared,
        };
    }
}

/// Its frame knows where the body stands; the locals are rustc's. While a value is asked for it is seen to run.
///
/// ```
/// use coframe::{Chain, Exception, yield_};
///
/// #[coframe::coroutine(yield = u32)]
/// async fn one() {
///     yield_!(1);
/// }
///
/// coframe::run(async {
///     let mut ones = one();
///     ones.next().await?;
///     assert_eq!(Chain::new(&ones).innermost(|frame| frame.line()), Some(ones.code().points()[0].line()));
///     Ok::<_, Exception>(())
/// })?;
/// # Ok::<(), Exception>(())
/// ```
impl<M: AsyncMachine> Inspectable for AsyncGenerator<M> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        let mut visit =
            |machine: &M| Frame::new(machine).map_or(ControlFlow::Continue(()), |frame| visitor.visit(&frame));
        match &self.owner {
            Owner::Alone(machine) => visit(machine),
            // Nothing is seen of one that is looked into by its own body, or while another thread has it.
            Owner::Shared(shared, _) => shared.read(visit).unwrap_or(ControlFlow::Continue(())),
            Owner::Nobody => unreachable!("coframe: it has an owner between two calls"),
        }
    }
}

impl<M: AsyncMachine> Drop for AsyncGenerator<M> {
    fn drop(&mut self) {
        if let Owner::Shared(shared, number) = &self.owner {
            shared.give_up(Asking::Owner);
            managed::dropped(shared, *number);
        }
    }
}

impl<M: AsyncMachine> fmt::Debug for AsyncGenerator<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<async generator {}, {}>", self.code().name(), self.state())
    }
}
