//! The frame object: where a coroutine stands now.
//!
//! | file | |
//! | --- | --- |
//! | `mod` | the frame and what can be asked of it |
//! | `locals` | its locals |
//! | `delegation` | what it delegates to, and what has frames at all |
//! | `listed` | frames of which each delegates to the next |
//! | `chain` | the frames from the outermost to the innermost, printed |
//! | `source` | the lines of source files |

mod chain;
mod delegation;
#[cfg(feature = "alloc")]
pub(crate) mod listed;
mod locals;
#[cfg(feature = "std")]
mod source;

use core::fmt;
use core::num::NonZeroUsize;

pub use self::chain::Chain;
#[cfg(feature = "alloc")]
pub(crate) use self::delegation::outermost;
pub use self::delegation::{Delegation, FrameVisitor, Inspectable};
pub use self::locals::{FrameLocals, Local};
#[cfg(feature = "std")]
use crate::private::tracking::{self, Running};
use crate::private::{CREATED, IDENTITY, Inspect, RUNNING, Seen};
use crate::{Code, Point};

/// Where a coroutine stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Made, and none of its body has run.
    Created,
    /// Inside a resume.
    Running,
    /// Paused at a suspension point.
    Suspended,
    /// Over: returned, raised, closed or panicked.
    Closed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Created => "created",
            State::Running => "running",
            State::Suspended => "suspended",
            State::Closed => "closed",
        })
    }
}

/// A live activation of a coroutine's code: Python's `gi_frame`.
///
/// It exists from the call until the body is over. It is a view: to see what has changed, ask the coroutine for it again.
///
/// ```
/// use coframe::CoroutineExt;
///
/// #[coframe::coroutine(yield = u32)]
/// fn squares(limit: u32) -> u32 {
///     let mut sum = 0;
///     for n in 1..=limit {
///         sum += n * n;
///         coframe::yield_!(sum);
///     }
///     sum + limit
/// }
///
/// let mut co = squares(9);
/// co.start()?;
/// co.start()?;
/// let frame = co.frame().unwrap();
/// assert_eq!(frame.line(), co.code().points()[0].line());
/// assert_eq!(format!("{:?}", frame.locals()), "{limit: 9, sum: 5}");
/// assert_eq!(format!("{:?}", frame.local("sum").unwrap().value().unwrap()), "5");
/// # Ok::<(), coframe::Exception>(())
/// ```
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    view: View<'a>,
}

#[derive(Clone, Copy)]
enum View<'a> {
    Machine(&'a dyn Inspect),
    /// One of a list.
    #[cfg(feature = "alloc")]
    Listed(listed::Listed<'a>),
    /// One that runs, of which is known what it has told.
    #[cfg(feature = "std")]
    Running(Running),
}

/// Tells the activations of `tracked` coroutines apart; see [`Frame::id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub(crate) NonZeroUsize);

impl<'a> Frame<'a> {
    pub(crate) fn new(machine: &'a dyn Inspect) -> Option<Self> {
        let frame = Frame { view: View::Machine(machine) };
        (frame.state() != State::Closed).then_some(frame)
    }

    pub(crate) fn position(&self) -> u32 {
        match &self.view {
            View::Machine(machine) => machine.position(),
            #[cfg(feature = "alloc")]
            View::Listed(listed) => listed.position(),
            #[cfg(feature = "std")]
            View::Running(_) => RUNNING,
        }
    }

    /// What there is to see in it, as the closure makes of it: that is called once at most.
    fn see<R>(&self, what: u32, make: impl FnOnce(Seen<'_>) -> R) -> Option<R> {
        let (mut make, mut out) = (Some(make), None);
        match &self.view {
            View::Machine(machine) => machine.see(what, &mut |seen| out = make.take().map(|make| make(seen))),
            #[cfg(feature = "alloc")]
            View::Listed(listed) => listed.see(what, &mut |seen| out = make.take().map(|make| make(seen))),
            #[cfg(feature = "std")]
            View::Running(_) => {}
        }
        out
    }

    /// Where the coroutine stands in its life.
    #[must_use]
    pub fn state(&self) -> State {
        state(self.position())
    }

    /// The suspension point it is paused at; `None` unless it is suspended.
    #[must_use]
    pub fn point(&self) -> Option<&'static Point> {
        point(self.code(), self.position())
    }

    /// The current line, counted from 1: that of the suspension point, or of the function where there is none. Of
    /// [`Frame::current`] it is the line that it went on from. Python's `f_lineno`.
    #[must_use]
    pub fn line(&self) -> u32 {
        let position = match &self.view {
            #[cfg(feature = "std")]
            View::Running(running) => running.position,
            _ => self.position(),
        };
        point(self.code(), position).map_or(self.code().line(), Point::line)
    }

    /// The code this is an activation of.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        match &self.view {
            View::Machine(machine) => machine.code(),
            #[cfg(feature = "alloc")]
            View::Listed(listed) => listed.code(),
            #[cfg(feature = "std")]
            View::Running(running) => running.code,
        }
    }

    /// The locals that are bound where it is paused, in the order of their declaration: Python's `f_locals`.
    ///
    /// The arguments are there from the start. A frame keeps what is needed later, and what has a destructor; so a local
    /// that is not mentioned again is mostly not there, and one that was moved away never is. While the coroutine runs its
    /// locals are its own, and none is seen.
    #[must_use]
    pub fn locals(&self) -> FrameLocals<'a> {
        FrameLocals::new(*self)
    }

    /// The bound local of that name; of several the innermost, which shadows the others.
    #[must_use]
    pub fn local(&self, name: &str) -> Option<Local<'a>> {
        self.locals().filter(|local| local.name() == name).last()
    }

    /// What it delegates to, while it is suspended in a `yield_from!`: Python's `gi_yieldfrom` and `cr_await`.
    ///
    /// ```
    /// use coframe::CoroutineExt;
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn inner(n: u32) {
    ///     coframe::yield_!(n);
    /// }
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn outer() {
    ///     coframe::yield_from!(inner(1));
    ///     coframe::yield_from!(vec![2, 3]);
    /// }
    ///
    /// let mut co = outer();
    /// co.start()?;
    /// let name = co.frame().unwrap().delegate().unwrap().with_frame(|frame| frame.code().name());
    /// assert_eq!(name, Some("inner"));
    /// co.start()?;
    /// assert!(co.frame().unwrap().delegate().unwrap().type_name().contains("IntoIter<u32>"));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn delegate(&self) -> Option<Delegation<'a>> {
        Delegation::of(*self)
    }

    /// This frame and those it delegates to, for printing and for walking through.
    #[must_use]
    pub fn chain(&self) -> Chain<'_> {
        Chain::new(self)
    }

    /// What tells this activation from all others, as long as the program runs, and however it is moved. Only a coroutine
    /// has one whose attribute says `tracked`; see [`Frame::current`].
    #[must_use]
    pub fn id(&self) -> Option<FrameId> {
        #[cfg(feature = "std")]
        if let View::Running(running) = &self.view {
            return Some(running.id);
        }
        self.see(IDENTITY, |seen| match seen {
            Seen::Identity(id) => Some(id),
            _ => None,
        })?
    }
}

#[cfg(feature = "std")]
impl Frame<'static> {
    /// The frame of the innermost `tracked` coroutine that runs in this thread: Python's `sys._getframe()`.
    ///
    /// A frame is only a value, and to know which of them runs costs a resume something. So a coroutine is known to this
    /// function where its attribute says `tracked`. Its resumes take some ten nanoseconds more, and its frame has room for
    /// a number. Needs the feature `std`.
    ///
    /// ```
    /// use coframe::{CoroutineExt, Frame, FrameId};
    ///
    /// #[coframe::coroutine(tracked, yield = Option<FrameId>)]
    /// fn me() {
    ///     coframe::yield_!(Frame::current().and_then(|frame| frame.id()));
    /// }
    ///
    /// let mut co = me();
    /// let id = co.frame().unwrap().id();
    /// assert!(id.is_some());
    /// assert_eq!(co.next(), Some(id));
    /// assert!(Frame::current().is_none());
    /// ```
    #[must_use]
    pub fn current() -> Option<Self> {
        tracking::current().map(|running| Frame { view: View::Running(running) })
    }
}

#[cfg(feature = "std")]
impl Frame<'_> {
    /// The frame of the `tracked` coroutine that has resumed this one: Python's `f_back`. A frame has none unless it runs.
    ///
    /// ```
    /// use coframe::{CoroutineExt, Frame};
    ///
    /// #[coframe::coroutine(tracked, yield = &'static str)]
    /// fn callee() {
    ///     let caller = Frame::current().and_then(|frame| frame.back());
    ///     coframe::yield_!(caller.map_or("nobody", |frame| frame.code().name()));
    /// }
    ///
    /// #[coframe::coroutine(tracked, yield = &'static str)]
    /// fn caller() {
    ///     coframe::yield_from!(callee());
    /// }
    ///
    /// assert_eq!(caller().next(), Some("caller"));
    /// assert_eq!(callee().next(), Some("nobody"));
    /// ```
    #[must_use]
    pub fn back(&self) -> Option<Frame<'static>> {
        let View::Running(running) = &self.view else { return None };
        tracking::back(running.id).map(|running| Frame { view: View::Running(running) })
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("code", &self.code().name())
            .field("state", &self.state())
            .field("line", &self.line())
            .field("locals", &self.locals())
            .finish()
    }
}

/// What the `Debug` of a coroutine prints of its frame: where it is suspended, and its locals.
pub(crate) fn describe(frame: Option<&Frame<'_>>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(frame) = frame else { return Ok(()) };
    if let Some(point) = frame.point() {
        write!(f, " at line {}", point.line())?;
    }
    if frame.locals().next().is_some() {
        f.write_str(", ")?;
        fmt::Debug::fmt(&frame.locals(), f)?;
    }
    Ok(())
}

pub(crate) fn state(position: u32) -> State {
    match position {
        CREATED => State::Created,
        RUNNING => State::Running,
        position if position < RUNNING => State::Suspended,
        _ => State::Closed,
    }
}

fn point(code: &'static Code, position: u32) -> Option<&'static Point> {
    code.points().get((position as usize).checked_sub(1)?)
}

/// A coroutine in one line: its name, where it stands in its life and in its source, and its locals.
pub(crate) fn fmt(machine: &dyn Inspect, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<coroutine {}, {}", machine.code().name(), state(machine.position()))?;
    describe(Frame::new(machine).as_ref(), f)?;
    f.write_str(">")
}
