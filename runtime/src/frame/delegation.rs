//! What a frame delegates to, and what has frames at all.

use core::fmt;
use core::ops::ControlFlow;

use super::Frame;
use crate::private::{DELEGATE, Seen};
use crate::{Code, Coroutine};

/// What has frames that can be looked into: every coroutine of this crate.
///
/// A coroutine or a delegate of your own that drives another one passes a visitor on to it, and gives itself as
/// [`Coroutine::as_inspectable`](crate::Coroutine::as_inspectable) or
/// [`Delegate::as_inspectable`](crate::Delegate::as_inspectable); then it is a part of every chain that leads through it.
///
/// ```
/// use coframe::{Coroutine, CoroutineExt, FrameVisitor, Inspectable, Resumed, Signal};
/// use std::ops::ControlFlow;
/// use std::pin::Pin;
///
/// /// Counts the resumes of a coroutine.
/// struct Counted<C> {
///     coroutine: C,
///     resumes: usize,
/// }
///
/// impl<C: Coroutine + Unpin> Coroutine for Counted<C> {
///     type Yield = C::Yield;
///     type Return = C::Return;
///
///     fn resume(mut self: Pin<&mut Self>, signal: Signal<()>) -> Resumed<C::Yield, C::Return> {
///         self.resumes += 1;
///         Pin::new(&mut self.coroutine).resume(signal)
///     }
///
///     fn as_inspectable(&self) -> Option<&dyn Inspectable> {
///         self.coroutine.as_inspectable()
///     }
/// }
///
/// #[coframe::coroutine(yield = u32)]
/// fn one() {
///     coframe::yield_!(1);
/// }
///
/// #[coframe::coroutine(yield = u32)]
/// fn outer() {
///     coframe::yield_from!(Counted { coroutine: one(), resumes: 0 });
/// }
///
/// let mut co = outer();
/// co.start()?;
/// let mut names = Vec::new();
/// co.frame().unwrap().chain().for_each(|frame| names.push(frame.code().name()));
/// assert_eq!(names, ["outer", "one"]);
/// # Ok::<(), coframe::Exception>(())
/// ```
pub trait Inspectable {
    /// Shows its frames to a visitor, the outermost first. Nothing is shown of what is over.
    ///
    /// # Errors
    ///
    /// Breaks off where the visitor does.
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()>;

    /// The code of its outermost frame, and the position there. A task asks for it whenever it waits.
    #[doc(hidden)]
    fn outermost(&self) -> Option<(&'static Code, u32)> {
        let mut outermost = None;
        let mut see = |frame: &Frame<'_>| {
            outermost = Some((frame.code(), frame.position()));
            ControlFlow::Break(())
        };
        _ = self.visit_frames(&mut FrameVisitor::new(&mut see));
        outermost
    }
}

/// How deep delegates may nest that are looked at, each within the last: that takes some of the thread's stack. The
/// levels of a recursive coroutine do not nest.
const DEEPEST: u32 = 500;

/// Who looks at the frames of an [`Inspectable`].
pub struct FrameVisitor<'v> {
    see: &'v mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>,
    depth: u32,
}

impl<'v> FrameVisitor<'v> {
    /// Calls `see` with one frame after the other, until it breaks off.
    pub fn new(see: &'v mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>) -> Self {
        FrameVisitor { see, depth: 0 }
    }

    /// Shows a frame, and then those that it delegates to.
    ///
    /// # Errors
    ///
    /// Breaks off where the visitor does, and where delegates nest deeper than 500.
    pub fn visit(&mut self, frame: &Frame<'_>) -> ControlFlow<()> {
        self.visit_only(frame)?;
        frame.delegate().map_or(ControlFlow::Continue(()), |delegate| delegate.visit_frames(self))
    }

    /// Shows a frame, of which it is known what it delegates to.
    pub(crate) fn visit_only(&mut self, frame: &Frame<'_>) -> ControlFlow<()> {
        (self.see)(frame)
    }
}

impl fmt::Debug for FrameVisitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameVisitor")
    }
}

impl<T: Inspectable + ?Sized> Inspectable for &T {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        (**self).visit_frames(visitor)
    }
}

impl<T: Inspectable + ?Sized> Inspectable for &mut T {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        (**self).visit_frames(visitor)
    }
}

#[cfg(feature = "alloc")]
impl<T: Inspectable + ?Sized> Inspectable for alloc::boxed::Box<T> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        (**self).visit_frames(visitor)
    }
}

/// What is in a [`BoxCoroutine`](crate::BoxCoroutine).
impl<S, Y, R> Inspectable for dyn Coroutine<S, Yield = Y, Return = R> + Unpin + '_ {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        self.as_inspectable().map_or(ControlFlow::Continue(()), |inspectable| inspectable.visit_frames(visitor))
    }
}

impl Inspectable for Frame<'_> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        visitor.visit(self)
    }
}

/// What a [`Frame`] delegates to.
#[derive(Clone, Copy)]
pub struct Delegation<'a> {
    frame: Frame<'a>,
    type_name: &'static str,
}

impl<'a> Delegation<'a> {
    pub(super) fn of(frame: Frame<'a>) -> Option<Self> {
        frame.see(DELEGATE, |seen| match seen {
            Seen::Delegate(type_name, _) => Some(Delegation { frame, type_name }),
            _ => None,
        })?
    }

    /// The name of its type, as [`core::any::type_name`] gives it: the only thing that is known of an iterator, a promise, or
    /// any other delegate that is no coroutine.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        let mut name = self.type_name;
        // What stands for an operand that is not itself a delegate, or that a driver resumes.
        while let Some((outer, inner)) = name.strip_prefix("coframe::private::").and_then(|name| name.split_once('<')) {
            if !["Items", "Plain", "Awaiting", "AwaitingResult"].iter().any(|wrapper| outer.ends_with(wrapper)) {
                break;
            }
            name = inner.strip_suffix('>').unwrap_or(inner);
        }
        name
    }

    /// Calls `look` with its frame. `None` if it is no coroutine, or runs, or is over.
    pub fn with_frame<R>(&self, look: impl FnOnce(&Frame<'_>) -> R) -> Option<R> {
        outermost(self, look)
    }
}

impl Inspectable for Delegation<'_> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        if visitor.depth == DEEPEST {
            return ControlFlow::Break(());
        }
        visitor.depth += 1;
        let flow = self.frame.see(DELEGATE, |seen| match seen {
            Seen::Delegate(_, Some(delegate)) => delegate.visit_frames(visitor),
            _ => ControlFlow::Continue(()),
        });
        visitor.depth -= 1;
        flow.unwrap_or(ControlFlow::Continue(()))
    }
}

/// Calls `look` with the first frame, if there is one.
pub(crate) fn outermost<R>(inspectable: &dyn Inspectable, look: impl FnOnce(&Frame<'_>) -> R) -> Option<R> {
    let (mut look, mut out) = (Some(look), None);
    let mut see = |frame: &Frame<'_>| {
        out = look.take().map(|look| look(frame));
        ControlFlow::Break(())
    };
    _ = inspectable.visit_frames(&mut FrameVisitor::new(&mut see));
    out
}

impl fmt::Debug for Delegation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.with_frame(|frame| frame.code().name()) {
            Some(name) => write!(f, "Delegation({name})"),
            None => write!(f, "Delegation({})", self.type_name()),
        }
    }
}
