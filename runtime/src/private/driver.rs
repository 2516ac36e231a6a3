//! The driver of a recursive coroutine: the activations of a call and of the calls within it.
//!
//! It resumes the innermost level. What a level gives is for the level below: a value returned is there to be taken, an
//! exception is raised. Nothing here nests, so that a million levels take no more of the thread's stack than one.
//!
//! An exit does not climb, it is passed down ([PEP 380]): each level closes the one above and then exits itself, whatever
//! that made of it. So the levels are closed from the innermost on, each for itself: what runs then is all that the level
//! does about its exit, with whatever it calls meanwhile.
//!
//! Levels are dropped from the innermost on, and no frame has another in it. So the end of a frame never ends another.
//!
//! [PEP 380]: https://peps.python.org/pep-0380/

use alloc::vec::Vec;
use core::marker::PhantomData;
use core::{fmt, mem};

use super::machine::{CREATED, Inspect};
#[cfg(feature = "serde")]
use super::recursion::LookedAt;
use super::recursion::{Level, Outcome};
use super::sends::Sends;
use super::turn::{Levels, Place, Turn};
use crate::coroutine::{Resumed, closed};
use crate::frame::listed::FrameList;
use crate::{Code, Exception, Step, unraisable};

/// The levels of a recursive coroutine.
pub struct Driver<'a, Y: 'a, R: 'a, S: 'a> {
    /// The code of the outermost level.
    pub(crate) code: &'static Code,
    /// What a start is to the outermost level.
    pub(crate) sends: Sends,
    /// Each was called by the one before; none is left once the first is over. Between resumes all are suspended, but one
    /// that has not run is alone. The outermost returns an `R`.
    levels: Levels<'a, Y, S>,
    returns: PhantomData<R>,
}

impl<'a, Y, R, S> Driver<'a, Y, R, S> {
    /// Of no levels yet.
    pub(crate) const fn new(code: &'static Code, sends: Sends) -> Self {
        Driver::with(code, sends, Levels::new())
    }

    /// Of levels of which the outermost returns an `R`.
    pub(crate) const fn with(code: &'static Code, sends: Sends, levels: Levels<'a, Y, S>) -> Self {
        Driver { code, sends, levels, returns: PhantomData }
    }

    /// To put levels on the others.
    pub(crate) fn turn(&mut self) -> &Turn<'a, Y, S> {
        self.levels.turn()
    }

    pub(crate) fn depth(&self) -> usize {
        self.levels.depth()
    }

    /// Whether the level that has not run may begin with what is sent, which is so if a start sends the same.
    pub(crate) fn starts(&self, sent: &S) -> bool {
        self.levels.iter().next().is_some_and(|level| level.starts(sent))
    }

    /// All levels, the outermost first.
    pub(super) fn levels(&self) -> Vec<&(dyn Level<Y, S> + 'a)> {
        let mut levels: Vec<_> = self.levels.iter().collect();
        levels.reverse();
        levels
    }

    /// What can be looked at in all levels, the outermost first.
    #[cfg(feature = "serde")]
    pub(crate) fn look(&self) -> impl Iterator<Item = &dyn LookedAt> {
        self.levels().into_iter().map(|level| level as &dyn LookedAt)
    }

    /// A driver of clones of all levels. If the clone of a local panics, those that are there by then are a call without a
    /// callee, which is closed as whatever is dropped.
    pub(super) fn fork(&self) -> Self {
        let mut fork = Driver::new(self.code, self.sends);
        self.levels().into_iter().for_each(|level| level.fork(fork.turn()));
        fork
    }

    /// Moves all levels onto those of a turn.
    pub(super) fn join(&mut self, turn: &Turn<'a, Y, S>) {
        self.levels.join(turn);
    }

    /// Runs to the next yield or to the end of the outermost level.
    ///
    /// # Errors
    ///
    /// What the outermost level raises or lets pass.
    #[inline]
    pub(crate) fn resume(&mut self, sent: Option<S>, raised: Option<Exception>) -> Resumed<Y, ()> {
        let unwinding = Unwinding(self);
        let resumed = match raised {
            Some(Exception::Exit) => unwinding.0.exit(),
            raised => unwinding.0.run(None, sent, raised),
        };
        mem::forget(unwinding);
        resumed
    }

    /// Runs until the level that is on `base` pauses, or is over and gone.
    #[inline]
    fn run(&mut self, base: Option<Place<Y, S>>, mut sent: Option<S>, raised: Option<Exception>) -> Resumed<Y, ()> {
        if let Some(exception) = raised {
            self.turn().raise(exception);
        }
        loop {
            match self.levels.resume(sent.take()) {
                Outcome::Paused => {
                    if let Some(value) = self.turn().take_yielded() {
                        return Ok(Step::Yielded(value));
                    }
                }
                Outcome::Returned | Outcome::Raised => {
                    if self.levels.top() == base {
                        return self.turn().raised().map_or(Ok(Step::Returned(())), Err);
                    }
                }
            }
        }
    }

    /// What the outermost level returned, once.
    #[allow(unsafe_code)]
    #[inline(always)]
    pub(crate) fn returned<P>(&mut self) -> Resumed<P, R> {
        // SAFETY: the outermost level is the last that is over, and returns an `R`.
        match unsafe { self.turn().take_returned() } {
            Some(value) => Ok(Step::Returned(value)),
            None => Err(Exception::Finished),
        }
    }

    /// Raises an exit in all levels. What the outermost makes of it is the outcome.
    #[cold]
    fn exit(&mut self) -> Resumed<Y, ()> {
        let mut raised = Exception::Exit;
        while let base @ Some(_) = self.levels.below() {
            raised = closed(self.run(base, None, Some(raised))).err().unwrap_or(Exception::Exit);
            self.levels.forget_returned();
            self.discard(base);
        }
        self.run(None, None, Some(raised))
    }

    /// Drops the levels that are on `base`. Each is closed first, as whatever is dropped while it is suspended.
    fn discard(&mut self, base: Option<Place<Y, S>>) {
        while self.levels.top() != base {
            let code = self.levels.iter().next().map_or(self.code, Inspect::code);
            let below = self.levels.below();
            unraisable::close_in_drop(code, || {
                closed(self.run(below, None, Some(Exception::Exit))).map(|_| self.levels.forget_returned())
            });
            while self.levels.top() != below {
                self.levels.abandon();
            }
        }
    }
}

/// While it lives the levels run. Only a panic ends it: then all of them are dropped, but none is closed, for a delegator
/// runs while its delegate does.
struct Unwinding<'r, 'a, Y: 'a, R: 'a, S: 'a>(&'r mut Driver<'a, Y, R, S>);

impl<Y, R, S> Drop for Unwinding<'_, '_, Y, R, S> {
    fn drop(&mut self) {
        while self.0.depth() > 0 {
            self.0.levels.abandon();
        }
    }
}

/// Closes the whole, as [`close`](crate::CoroutineExt::close) does.
impl<Y, R, S> Drop for Driver<'_, Y, R, S> {
    fn drop(&mut self) {
        if self.levels.iter().next().is_some_and(|innermost| innermost.position() != CREATED) {
            unraisable::close_in_drop(self.code, || {
                // To drop what it returned is foreign code, of which nothing may leave the coroutine's drop.
                closed(self.resume(None, Some(Exception::Exit))).map(|_| self.levels.forget_returned())
            });
        }
    }
}

impl<Y, R, S> FrameList for Driver<'_, Y, R, S> {
    fn len(&self) -> usize {
        self.depth()
    }

    fn first(&self) -> Option<&dyn Inspect> {
        Some(self.levels.iter().last()?)
    }

    fn frames(&self) -> Vec<&dyn Inspect> {
        self.levels().into_iter().map(|level| level as &dyn Inspect).collect()
    }
}

impl<Y, R, S> fmt::Debug for Driver<'_, Y, R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("depth", &self.depth()).finish()
    }
}
