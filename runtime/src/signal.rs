//! What goes into a resume and what comes out of one.

use crate::Exception;

/// What a resume brings to a paused coroutine.
///
/// The three ways of resuming a generator in Python ([PEP 342]): `next(g)`, `g.send(v)` and `g.throw(e)`.
///
/// [PEP 342]: https://peps.python.org/pep-0342/
#[derive(Debug)]
pub enum Signal<S> {
    /// Run to the first suspension point. Where `S` is `()` this is the same as `Send(())`, and where it is an `Option` as
    /// `Send(None)`.
    Start,
    /// Go on from the suspension point, whose value this is.
    Send(S),
    /// Raise this at the suspension point.
    Throw(Exception),
}

impl<S> Signal<S> {
    /// In two parts, which fit into registers where the signal as a whole does not.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) fn into_parts(self) -> (Option<S>, Option<Exception>) {
        match self {
            Signal::Start => (None, None),
            Signal::Send(value) => (Some(value), None),
            Signal::Throw(exception) => (None, Some(exception)),
        }
    }
}

/// Where a resume ended: at a suspension point, or at the end of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
// With a tag as wide as its payload LLVM writes the one or the other through one chosen pointer, which keeps what a resume
// gives in memory.
#[repr(u8)]
pub enum Step<Y, R> {
    /// The body is paused and handed out this value.
    Yielded(Y),
    /// The body is over and this is what it returned. It is delivered once.
    Returned(R),
}

impl<Y, R> Step<Y, R> {
    /// The yielded value, or `None` if the body returned.
    ///
    /// ```
    /// # use coframe::Step;
    /// assert_eq!(Step::<_, ()>::Yielded(3).yielded(), Some(3));
    /// assert_eq!(Step::<i32, _>::Returned("end").yielded(), None);
    /// ```
    pub fn yielded(self) -> Option<Y> {
        match self {
            Step::Yielded(value) => Some(value),
            Step::Returned(_) => None,
        }
    }

    /// The returned value, or `None` if the body is only paused.
    ///
    /// ```
    /// # use coframe::Step;
    /// assert_eq!(Step::<i32, _>::Returned("end").returned(), Some("end"));
    /// ```
    pub fn returned(self) -> Option<R> {
        match self {
            Step::Yielded(_) => None,
            Step::Returned(value) => Some(value),
        }
    }
}
