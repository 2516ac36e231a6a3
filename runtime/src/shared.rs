//! `Shared`: one coroutine in several hands.

use alloc::rc::{Rc, Weak};
use core::cell::RefCell;
use core::fmt;
use core::iter::FusedIterator;
use core::ops::ControlFlow;
use core::pin::Pin;

use crate::coroutine::Resumed;
use crate::frame::outermost;
use crate::{Coroutine, Exception, Frame, FrameVisitor, Inspectable, Signal, State};

/// A handle on a coroutine that several owners drive, as every reference to a generator does in Python.
///
/// A clone is one more handle on the same coroutine. What one of them resumes, the others find resumed; dropping one of
/// several does nothing, and dropping the last drops the coroutine, which closes it.
///
/// ```
/// use coframe::{CoroutineExt, Shared, Step};
///
/// #[coframe::coroutine(yield = u32)]
/// fn tickets() {
///     for n in 1.. {
///         coframe::yield_!(n);
///     }
/// }
///
/// let mut left = Shared::new(tickets());
/// let mut right = left.clone();
/// assert_eq!(left.start()?, Step::Yielded(1));
/// assert_eq!(right.start()?, Step::Yielded(2));
/// drop(left);
/// assert_eq!(right.start()?, Step::Yielded(3));
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// # While it runs
///
/// A body may come by a handle on its own coroutine, and so may one that it resumes. `start`, `send`, `throw` and `close`
/// through such a handle give [`Exception::AlreadyRunning`], and the coroutine goes on as if nothing had happened:
/// Python's `ValueError: generator already executing`. What was to be sent or thrown is dropped. Only
/// [`Iterator::next`] has no place for an exception and panics.
///
/// # Cycles
///
/// A coroutine that keeps a handle on itself is never dropped unless it ends, as with any [`Rc`]. A [`WeakShared`]
/// breaks the cycle.
pub struct Shared<C>(Rc<RefCell<C>>);

/// A handle that does not keep the coroutine: Python's `weakref.ref(g)`. See [`Shared::downgrade`].
pub struct WeakShared<C>(Weak<RefCell<C>>);

impl<C> Shared<C> {
    /// The first handle on `coroutine`.
    pub fn new(coroutine: C) -> Self {
        Shared(Rc::new(RefCell::new(coroutine)))
    }

    /// The first handle on a coroutine that has a weak handle on itself.
    ///
    /// ```
    /// use coframe::{BoxCoroutine, CoroutineExt, Exception, Shared, Step, WeakShared};
    ///
    /// type Own = BoxCoroutine<'static, String, ()>;
    ///
    /// #[coframe::coroutine(yield = String)]
    /// fn curious(me: WeakShared<Own>) {
    ///     let Some(mut me) = me.upgrade() else { return };
    ///     if let Err(refused) = me.start() {
    ///         coframe::yield_!(refused.to_string());
    ///     }
    /// }
    ///
    /// let mut curious: Shared<Own> = Shared::new_cyclic(|me| Box::new(curious(me.clone())));
    /// assert_eq!(curious.start()?, Step::Yielded("cannot resume a coroutine that is running".to_owned()));
    /// # Ok::<(), Exception>(())
    /// ```
    pub fn new_cyclic(make: impl FnOnce(&WeakShared<C>) -> C) -> Self {
        Shared(Rc::new_cyclic(|weak| RefCell::new(make(&WeakShared(weak.clone())))))
    }

    /// A handle that does not keep the coroutine.
    ///
    /// ```
    /// use coframe::{CoroutineExt, Shared, Step};
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn one() {
    ///     coframe::yield_!(1);
    /// }
    ///
    /// let shared = Shared::new(one());
    /// let weak = shared.downgrade();
    /// assert_eq!(weak.upgrade().unwrap().start()?, Step::Yielded(1));
    /// drop(shared);
    /// assert!(weak.upgrade().is_none());
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn downgrade(&self) -> WeakShared<C> {
        WeakShared(Rc::downgrade(&self.0))
    }

    /// Takes the coroutine out of its last handle.
    ///
    /// ```
    /// # use coframe::Shared;
    /// #[coframe::coroutine]
    /// fn empty() {}
    ///
    /// let shared = Shared::new(empty());
    /// let other = shared.clone();
    /// let shared = shared.try_into_inner().unwrap_err();
    /// drop(other);
    /// let coroutine = shared.try_into_inner().unwrap();
    /// assert_eq!(coroutine.code().name(), "empty");
    /// ```
    ///
    /// # Errors
    ///
    /// Gives this handle back if there is another one.
    pub fn try_into_inner(self) -> Result<C, Self> {
        Rc::try_unwrap(self.0).map(RefCell::into_inner).map_err(Shared)
    }

    /// Whether the coroutine is inside a resume, its own or that of one it has resumed: Python's `gi_running`.
    ///
    /// ```
    /// # use coframe::Shared;
    /// #[coframe::coroutine]
    /// fn empty() {}
    ///
    /// assert!(!Shared::new(empty()).is_running());
    /// ```
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.0.try_borrow().is_err()
    }
}

impl<C: Inspectable> Shared<C> {
    /// Where the coroutine stands in its life.
    ///
    /// ```
    /// use coframe::{CoroutineExt, Shared, State};
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn one() {
    ///     coframe::yield_!(1);
    /// }
    ///
    /// let mut shared = Shared::new(one());
    /// assert_eq!(shared.state(), State::Created);
    /// shared.start()?;
    /// assert_eq!(shared.state(), State::Suspended);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn state(&self) -> State {
        if self.is_running() { State::Running } else { self.with_frame(|frame| frame.state()).unwrap_or(State::Closed) }
    }

    /// Calls `look` with the frame of the coroutine. `None` once it is over, and while it runs.
    ///
    /// The coroutine cannot be resumed meanwhile.
    ///
    /// ```
    /// use coframe::Shared;
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn one(n: u32) {
    ///     coframe::yield_!(n);
    /// }
    ///
    /// let shared = Shared::new(one(7));
    /// let locals = shared.with_frame(|frame| format!("{:?}", frame.locals()));
    /// assert_eq!(locals.unwrap(), "{n: 7}");
    /// ```
    pub fn with_frame<R>(&self, look: impl FnOnce(&Frame<'_>) -> R) -> Option<R> {
        outermost(self, look)
    }
}

/// Nothing is shown while it runs.
impl<C: Inspectable> Inspectable for Shared<C> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        self.0.try_borrow().map_or(ControlFlow::Continue(()), |coroutine| coroutine.visit_frames(visitor))
    }
}

impl<S, C: Coroutine<S> + Unpin> Coroutine<S> for Shared<C> {
    type Yield = C::Yield;
    type Return = C::Return;

    fn resume(self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<C::Yield, C::Return> {
        match self.0.try_borrow_mut() {
            Ok(mut coroutine) => Pin::new(&mut *coroutine).resume(signal),
            Err(_) => Err(Exception::AlreadyRunning),
        }
    }
}

/// The next value for whichever handle asks first.
///
/// # Panics
///
/// `next` panics if the coroutine is running, and where `C`'s does; [`start`](crate::CoroutineExt::start) gives an
/// [`Exception`] instead.
impl<C: Iterator> Iterator for Shared<C> {
    type Item = C::Item;

    fn next(&mut self) -> Option<C::Item> {
        match self.0.try_borrow_mut() {
            Ok(mut coroutine) => coroutine.next(),
            Err(_) => panic!("a coroutine was iterated over while it runs; `start` gives this as an `Err`"),
        }
    }
}

impl<C: FusedIterator> FusedIterator for Shared<C> {}

impl<C> Clone for Shared<C> {
    fn clone(&self) -> Self {
        Shared(Rc::clone(&self.0))
    }
}

impl<C: fmt::Debug> fmt::Debug for Shared<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.try_borrow() {
            Ok(coroutine) => f.debug_tuple("Shared").field(&coroutine).finish(),
            Err(_) => f.write_str("Shared(<running>)"),
        }
    }
}

impl<C> WeakShared<C> {
    /// A handle on the coroutine, or `None` if it was dropped.
    #[must_use]
    pub fn upgrade(&self) -> Option<Shared<C>> {
        self.0.upgrade().map(Shared)
    }
}

impl<C> Clone for WeakShared<C> {
    fn clone(&self) -> Self {
        WeakShared(Weak::clone(&self.0))
    }
}

impl<C> fmt::Debug for WeakShared<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakShared")
    }
}
