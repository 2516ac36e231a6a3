//! `Pinned`: what calling a `#[coroutine(pinned)] fn` gives.

mod body_frame;
mod exchange;
mod in_place;
mod machine;

use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;

use pin_project_lite::pin_project;

pub use self::{
    body_frame::{BodyFrame, Delegation, Pause, Raise, received},
    in_place::{InPlace, IterableInPlace, Movable, NoneInPlace, PinnedDelegate, PinnedInPlace},
    machine::{Body, BodyMachine, NoBody, PinnedMachine, pinned, pinned_with},
};
#[cfg(feature = "event-loop")]
pub(crate) use self::{exchange::resumer, machine::Activated};

#[cfg(feature = "alloc")]
use alloc::boxed::Box;

use crate::coroutine::Resumed;
use crate::private::{Inspect, Machine, Seen};
use crate::{Code, Coroutine, Frame, FrameVisitor, Generator, Inspectable, Signal, State, frame};

pin_project! {
    /// A paused function whose body rustc compiled: a coroutine that must be pinned, because its locals may point to each
    /// other.
    ///
    /// A function marked `#[coframe::coroutine(pinned)]` gives one. It is what any other coroutine is, by the same protocol
    /// and with the same markers, and a borrow of its own local may cross a suspension point. What it cannot do is to be
    /// cloned, saved or looked into: of its frame the position is known, and no local's value.
    ///
    /// Resume it where it is pinned, with what every coroutine has on `Pin<&mut Self>`, or [box](Pinned::boxed) it and
    /// move it. A resume allocates nothing and moves no local.
    ///
    /// ```
    /// use coframe::{CoroutineExt, Step, yield_};
    /// use std::pin::pin;
    ///
    /// #[coframe::coroutine(pinned, yield = u32)]
    /// fn words(text: String) -> usize {
    ///     let mut count = 0;
    ///     for word in text.split(' ') { // it borrows `text`, which is a local
    ///         count += 1;
    ///         yield_!(word.len() as u32);
    ///     }
    ///     count
    /// }
    ///
    /// let mut lengths = pin!(words("to be or".to_owned()));
    /// assert_eq!(lengths.start()?, Step::Yielded(2));
    /// assert_eq!(lengths.start()?, Step::Yielded(2));
    /// assert_eq!(lengths.start()?, Step::Yielded(2));
    /// assert_eq!(lengths.start()?, Step::Returned(3));
    ///
    /// let mut sum = 0;
    /// for length in pin!(words("or not".to_owned())) {
    ///     sum += length;
    /// }
    /// assert_eq!(sum, 5);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use = "a coroutine does nothing until it is resumed"]
    pub struct Pinned<M> {
        #[pin]
        machine: M,
    }
}

impl<M> Pinned<M> {
    pub(crate) const fn new(machine: M) -> Self {
        Pinned { machine }
    }

    /// On the heap, as a value that can be moved: everything that takes a [`Generator`] takes it.
    ///
    /// ```
    /// # use coframe::yield_;
    /// #[coframe::coroutine(pinned, yield = char)]
    /// fn letters(word: &str) {
    ///     let upper = word.to_uppercase();
    ///     for letter in upper.chars() {
    ///         yield_!(letter);
    ///     }
    /// }
    ///
    /// let mut letters = letters("ab").boxed();
    /// assert_eq!(letters.next(), Some('A'));
    /// let moved = vec![letters];
    /// assert_eq!(moved.into_iter().flatten().collect::<String>(), "B");
    /// ```
    #[cfg(feature = "alloc")]
    pub fn boxed(self) -> Generator<Pin<Box<M>>> {
        Generator::new(Box::pin(self.machine))
    }
}

impl<M: Inspect> Pinned<M> {
    /// The code object: name, file, line and suspension points.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.machine.code()
    }

    /// The frame object, or `None` once the body is over. It knows where the body stands; the locals are rustc's.
    ///
    /// ```
    /// use coframe::{CoroutineExt, State};
    /// use std::pin::pin;
    ///
    /// #[coframe::coroutine(pinned)]
    /// fn once() {
    ///     coframe::yield_!();
    /// }
    ///
    /// let mut co = pin!(once());
    /// assert_eq!(co.frame().unwrap().state(), State::Created);
    /// co.start().unwrap();
    /// assert_eq!(co.frame().unwrap().line(), co.code().points()[0].line());
    /// co.close().unwrap();
    /// assert!(co.frame().is_none());
    /// ```
    #[must_use]
    pub fn frame(&self) -> Option<Frame<'_>> {
        Frame::new(&self.machine)
    }

    /// Where it stands in its life.
    #[must_use]
    pub fn state(&self) -> State {
        frame::state(self.machine.position())
    }
}

impl<S, M: PinnedMachine<S>> Coroutine<S> for Pinned<M> {
    type Yield = M::Yield;
    type Return = M::Return;

    #[inline]
    fn resume(self: Pin<&mut Self>, signal: Signal<S>) -> Resumed<M::Yield, M::Return> {
        self.project().machine.resume(signal)
    }

    fn as_inspectable(&self) -> Option<&dyn Inspectable> {
        Some(self)
    }
}

impl<M: Inspect> Inspectable for Pinned<M> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        self.frame().map_or(ControlFlow::Continue(()), |frame| visitor.visit(&frame))
    }

    fn outermost(&self) -> Option<(&'static Code, u32)> {
        Some((self.machine.code(), self.machine.position()))
    }
}

/// `for x in pin!(co)`: the returned value is dropped. What iterates is a [`Generator`] over the pinned machine, which
/// panics if the body raises.
impl<'a, M: PinnedMachine> IntoIterator for Pin<&'a mut Pinned<M>> {
    type Item = M::Yield;
    type IntoIter = Generator<Pin<&'a mut M>>;

    fn into_iter(self) -> Generator<Pin<&'a mut M>> {
        Generator::new(self.project().machine)
    }
}

impl<P: core::ops::Deref<Target: Inspect>> Inspect for Pin<P> {
    fn code(&self) -> &'static Code {
        (**self).code()
    }

    fn position(&self) -> u32 {
        (**self).position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        (**self).see(what, show);
    }
}

/// So that a [`Generator`] is there for a pinned one.
impl<S, P: core::ops::DerefMut<Target: PinnedMachine<S>>> Machine<S> for Pin<P> {
    type Yield = <P::Target as Coroutine<S>>::Yield;
    type Return = <P::Target as Coroutine<S>>::Return;

    #[inline]
    fn resume(&mut self, signal: Signal<S>) -> Resumed<Self::Yield, Self::Return> {
        self.as_mut().resume(signal)
    }
}

impl<M: Inspect> fmt::Debug for Pinned<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        frame::fmt(&self.machine, f)
    }
}
