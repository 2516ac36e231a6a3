//! `Recursive`: what calling a `#[coroutine(recursive)] fn` gives.

use alloc::boxed::Box;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::{fmt, mem};

use crate::coroutine::Resumed;
use crate::frame::listed;
use crate::generator::{Values, raised};
use crate::private::{Call, Driver, Sends, finished};
use crate::{Code, Coroutine, CoroutineExt, Exception, Frame, FrameVisitor, Inspectable, Signal, State, Step, frame};

/// A paused function that may call itself: of one type for all its levels, and resumed at one cost however deep it is.
///
/// Calling a `#[coroutine(recursive)] fn` gives one of these. In another such body with the same `yield` and `send`,
/// `yield_from!` of it, by value, is a call: the callee joins the levels of its caller, and a resume goes straight to the
/// innermost. What is sent, returned, raised, thrown in and closed means what it means for any other delegate
/// ([`yield_from!`](crate::yield_from)). A call begins inside the resume of its caller; if it pauses its frame goes on a
/// stack of frames on the heap. Neither the number of levels nor the end of them takes more of the thread's stack than a few
/// do, which may run inside the resume of one another. What a call took of the stack of frames the next one takes; of the
/// memory of those that are over a thread keeps up to a mebibyte.
///
/// ```
/// enum List {
///     Item(u32),
///     Many(Vec<List>),
/// }
///
/// impl List {
///     /// Yields all items, at any depth, and returns the greatest depth.
///     #[coframe::coroutine(recursive, yield = u32)]
///     fn flatten(&self) -> usize {
///         match self {
///             List::Item(n) => {
///                 coframe::yield_!(*n);
///                 0
///             }
///             List::Many(lists) => {
///                 let mut depth = 0;
///                 for list in lists {
///                     depth = depth.max(coframe::yield_from!(list.flatten()));
///                 }
///                 depth + 1
///             }
///         }
///     }
/// }
///
/// let list = List::Many(vec![List::Item(1), List::Many(vec![List::Item(2), List::Many(vec![])]), List::Item(3)]);
/// let mut flat = list.flatten();
/// let mut values = flat.values();
/// assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>()?, [1, 2, 3]);
/// assert_eq!(values.into_return(), Some(3));
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// Its parameters are a lifetime that all it has captured outlives, what it yields, what it returns, what it is sent, and
/// what its function derives: [`Cloneable`] for `derive(Clone)`, and the type that stands beside the function, with its name,
/// for `derive(Serialize, Deserialize)` with or without `Clone`. In a body that is not recursive, and by `&mut`, it is a
/// delegate that is resumed in place. It cannot leave its thread.
#[must_use = "a coroutine does nothing until it is resumed"]
pub struct Recursive<'a, Y: 'a, R: 'a, S: 'a = (), K = ()> {
    pub(crate) stage: Stage<'a, Y, R, S>,
    kind: PhantomData<fn() -> K>,
}

/// How far it has come.
pub(crate) enum Stage<'a, Y: 'a, R: 'a, S: 'a> {
    /// None of its body has run.
    Called(Call<'a, Y, R, S>),
    /// None of its body has run, and it has its first level: it was restored, or was sent what does not begin it.
    Made(Box<Driver<'a, Y, R, S>>),
    /// It has been resumed.
    Started(Box<Driver<'a, Y, R, S>>),
}

/// The last parameter of a [`Recursive`] that is `Clone`, with all its levels: of what a
/// `#[coroutine(recursive, derive(Clone))] fn` gives. No value of it exists.
///
/// Such a function calls only others that derive `Clone`; one that does not may call both kinds. A clone takes the time and
/// the memory of all levels, and none of the thread's stack for their number.
///
/// ```
/// use coframe::{Cloneable, Recursive, yield_, yield_from};
///
/// /// All ways to write `n` as a sum, each as its last part.
/// #[coframe::coroutine(recursive, yield = u32, derive(Clone))]
/// fn partitions(n: u32, most: u32) -> u32 {
///     if n == 0 {
///         return 1;
///     }
///     let mut count = 0;
///     for part in 1..=n.min(most) {
///         if part == n {
///             yield_!(part);
///         }
///         count += yield_from!(partitions(n - part, part));
///     }
///     count
/// }
///
/// let mut ways = partitions(5, 5);
/// assert_eq!(ways.next(), Some(1));
/// let others: Recursive<'static, u32, u32, (), Cloneable> = ways.clone();
/// assert_eq!(others.count(), 6);
/// assert_eq!(ways.count(), 6);
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Cloneable {}

impl<'a, Y, R, S, K> Recursive<'a, Y, R, S, K> {
    #[inline(always)]
    pub(crate) const fn at(stage: Stage<'a, Y, R, S>) -> Self {
        Recursive { stage, kind: PhantomData }
    }

    /// The code object of the outermost level.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        match &self.stage {
            Stage::Called(call) => call.code(),
            Stage::Made(driver) | Stage::Started(driver) => driver.code,
        }
    }

    /// The frame object of the outermost level, or `None` once its body is over. Where it has called, it stands at the call.
    #[must_use]
    pub fn frame(&self) -> Option<Frame<'_>> {
        match &self.stage {
            Stage::Called(call) => Frame::new(call),
            Stage::Made(driver) | Stage::Started(driver) => listed::outermost(&**driver),
        }
    }

    /// Where it stands in its life.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.stage {
            Stage::Called(_) | Stage::Made(_) => State::Created,
            Stage::Started(driver) if driver.depth() == 0 => State::Closed,
            Stage::Started(_) => State::Suspended,
        }
    }

    /// How many levels there are: 1 until it calls, 0 once it is over.
    ///
    /// ```
    /// #[coframe::coroutine(recursive, yield = u32)]
    /// fn countdown(n: u32) {
    ///     coframe::yield_!(n);
    ///     if n > 0 {
    ///         coframe::yield_from!(countdown(n - 1));
    ///     }
    /// }
    ///
    /// let mut three = countdown(3);
    /// assert_eq!((three.next(), three.depth()), (Some(3), 1));
    /// assert_eq!((three.next(), three.depth()), (Some(2), 2));
    /// three.by_ref().for_each(drop);
    /// assert_eq!(three.depth(), 0);
    /// ```
    #[must_use]
    pub fn depth(&self) -> usize {
        match &self.stage {
            Stage::Called(_) => 1,
            Stage::Made(driver) | Stage::Started(driver) => driver.depth(),
        }
    }
}

impl<Y, R, S> Stage<'_, Y, R, S> {
    /// Makes the first level, or none, if what is thrown in ends it. Says whether it is a start, as a send may be.
    #[cold]
    fn begin(&mut self, signal: &Signal<S>) -> Result<bool, Exception> {
        let (code, sends) = match self {
            Stage::Called(call) => (call.code(), call.sends()),
            Stage::Made(driver) | Stage::Started(driver) => (driver.code, driver.sends),
        };
        if matches!(signal, Signal::Send(_)) && sends == Sends::Value {
            return Err(Exception::NotStarted);
        }
        match mem::replace(self, Stage::Started(Box::new(Driver::new(code, sends)))) {
            _ if matches!(signal, Signal::Throw(_)) => {}
            Stage::Called(call) => {
                if let Stage::Started(driver) = self {
                    call.enter(driver.turn());
                }
            }
            Stage::Made(driver) | Stage::Started(driver) => *self = Stage::Started(driver),
        }
        let Signal::Send(sent) = signal else { return Ok(matches!(signal, Signal::Start)) };
        if let Stage::Started(driver) = self
            && !driver.starts(sent)
        {
            // Only the level knows what it is sent, so it has been made.
            let driver = mem::replace(driver, Box::new(Driver::new(code, sends)));
            *self = Stage::Made(driver);
            return Err(Exception::NotStarted);
        }
        Ok(true)
    }
}

impl<Y, R, S, K> Coroutine<S> for Recursive<'_, Y, R, S, K> {
    type Yield = Y;
    type Return = R;

    #[inline]
    fn resume(self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<Y, R> {
        let stage = &mut self.get_mut().stage;
        let begins = !matches!(stage, Stage::Started(_));
        // It stays where it is, so that a resume of what has begun keeps it in registers.
        let is_start = begins && stage.begin(&signal)?;
        let Stage::Started(driver) = stage else { unreachable!("coframe: a coroutine has begun") };
        if driver.depth() == 0 {
            return finished(signal);
        }
        if driver.sends == Sends::Value && matches!(signal, Signal::Start) && !begins {
            return Err(Exception::AlreadyStarted);
        }
        let (sent, raised) = if is_start { (None, None) } else { signal.into_parts() };
        match driver.resume(sent, raised)? {
            Step::Yielded(value) => Ok(Step::Yielded(value)),
            Step::Returned(()) => driver.returned(),
        }
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        Some(self)
    }
}

/// All its levels, the outermost first, however many: they do not nest.
impl<Y, R, S, K> Inspectable for Recursive<'_, Y, R, S, K> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        match &self.stage {
            Stage::Called(_) => self.frame().map_or(ControlFlow::Continue(()), |frame| visitor.visit(&frame)),
            Stage::Made(driver) | Stage::Started(driver) => listed::visit(&**driver, 0, visitor),
        }
    }
}

impl<Y, R, K> Recursive<'_, Y, R, (), K> {
    /// Iterates over the yielded values by reference and keeps the returned one, as
    /// [`Generator::values`](crate::Generator::values) does.
    pub fn values(&mut self) -> Values<'_, Self> {
        Values::new(self)
    }
}

/// Python's `for x in g`: the returned value is dropped.
///
/// # Panics
///
/// `next` panics if the body raises an [`Exception`], which an iterator of plain values cannot give;
/// [`Recursive::values`] gives it as an `Err`.
impl<Y, R, K> Iterator for Recursive<'_, Y, R, (), K> {
    type Item = Y;

    #[inline]
    fn next(&mut self) -> Option<Y> {
        match self.start() {
            Ok(Step::Yielded(value)) => Some(value),
            Ok(Step::Returned(_)) | Err(Exception::Finished) => None,
            Err(exception) => raised(exception),
        }
    }
}

impl<Y, R, K> FusedIterator for Recursive<'_, Y, R, (), K> {}

impl<Y, R, S, K> fmt::Debug for Recursive<'_, Y, R, S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<recursive coroutine {}, {}", self.code().name(), self.state())?;
        frame::describe(self.frame().as_ref(), f)?;
        write!(f, ", depth {}>", self.depth())
    }
}
