//! The driver of a recursive coroutine: the activations of a call and of the calls within it.
//!
//! It resumes the innermost level. What a level gives is for the level below: a value returned is there to be taken, an
//! exception is raised. Nothing here nests, so that a million levels take no more of the thread's stack than one.
//!
//! An exit does not climb, it is passed down ([PEP 380]): each level closes the one above and then exits itself, whatever
//! that made of it. So the levels are closed from the innermost on, each for itself: what runs then is all that the level
//! does about its exit, with whatever it calls meanwhile.
//!
//! A level is emptied where it is, the innermost first, before the handle to it goes with the frame of its caller. So
//! the end of a frame never ends another.
//!
//! [PEP 380]: https://peps.python.org/pep-0380/

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::ops::ControlFlow;
use core::{fmt, mem};

use super::machine::Sends;
use super::recursion::{Level, Progress};
use crate::coroutine::{Resumed, closed};
use crate::{Exception, Frame, FrameVisitor, Step, unraisable};

/// The levels of a recursive coroutine that has been started.
pub struct Driver<'a, Y: 'a, S: 'a> {
    /// What a start is to the outermost level.
    pub(crate) sends: Sends,
    /// Each was called by the one before; none is left once the first is over. Between resumes all are suspended.
    pub(super) levels: Vec<Rc<dyn Level<Y, S> + 'a>>,
}

impl<'a, Y, S> Driver<'a, Y, S> {
    /// With the level that is the first to run.
    pub(crate) fn new(sends: Sends, outermost: Rc<dyn Level<Y, S> + 'a>) -> Self {
        Driver { sends, levels: Vec::from([outermost]) }
    }

    /// Of what is over without having run.
    pub(crate) fn over() -> Self {
        Driver { sends: Sends::Unit, levels: Vec::new() }
    }

    /// Of levels that were restored, each suspended and called by the one before.
    #[cfg(feature = "serde")]
    pub(crate) fn of(sends: Sends, levels: Vec<Rc<dyn Level<Y, S> + 'a>>) -> Self {
        Driver { sends, levels }
    }

    #[cfg(feature = "serde")]
    pub(crate) fn levels(&self) -> &[Rc<dyn Level<Y, S> + 'a>] {
        &self.levels
    }

    pub(crate) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Shows all levels, and what the innermost delegates to in place.
    pub(crate) fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        let Some((innermost, others)) = self.levels.split_last() else { return ControlFlow::Continue(()) };
        for level in others {
            Frame::new(&**level).map_or(ControlFlow::Continue(()), |frame| visitor.visit_only(&frame))?;
        }
        Frame::new(&**innermost).map_or(ControlFlow::Continue(()), |frame| visitor.visit(&frame))
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
            raised => unwinding.0.run(0, sent, raised),
        };
        mem::forget(unwinding);
        resumed
    }

    /// Runs until the level that stands on `base` others pauses, or is over and gone.
    #[inline]
    fn run(&mut self, base: usize, mut sent: Option<S>, mut raised: Option<Exception>) -> Resumed<Y, ()> {
        loop {
            let Some(innermost) = self.levels.last() else { unreachable!("coframe: a driver without levels is over") };
            let end = match innermost.resume(sent.take(), raised.take()) {
                Ok(Step::Yielded(Progress::Yielded(value))) => return Ok(Step::Yielded(value)),
                Ok(Step::Yielded(Progress::Called(level))) => {
                    self.levels.push(level);
                    continue;
                }
                Ok(Step::Yielded(Progress::Joined(mut driver))) => {
                    self.levels.append(&mut driver.levels);
                    continue;
                }
                Ok(Step::Returned(())) => None,
                Err(exception) => Some(exception),
            };
            self.levels.pop();
            if self.levels.len() == base {
                return end.map_or(Ok(Step::Returned(())), Err);
            }
            raised = end;
        }
    }

    /// Raises an exit in all levels. What the outermost makes of it is the outcome.
    #[cold]
    fn exit(&mut self) -> Resumed<Y, ()> {
        let mut raised = Exception::Exit;
        while let base @ 1.. = self.levels.len() - 1 {
            raised = closed(self.run(base, None, Some(raised))).err().unwrap_or(Exception::Exit);
            self.discard(base);
        }
        self.run(0, None, Some(raised))
    }

    /// Drops the levels above `base`. Each is closed first, as whatever is dropped while it is suspended.
    fn discard(&mut self, base: usize) {
        while let Some(innermost) = self.levels.get(base..).and_then(<[_]>::last) {
            let (code, base) = (innermost.code(), self.levels.len() - 1);
            unraisable::close_in_drop(code, || closed(self.run(base, None, Some(Exception::Exit))));
            self.abandon(base);
        }
    }

    /// Drops the levels above `base`, and runs none of them.
    fn abandon(&mut self, base: usize) {
        while self.levels.len() > base {
            // Popped one by one: a destructor that panics leaves the others to the next who drops them.
            self.levels.pop().inspect(|level| level.abandon());
        }
    }
}

/// While it lives the levels run. Only a panic ends it: then all of them are dropped, but none is closed, for a delegator
/// runs while its delegate does.
struct Unwinding<'r, 'a, Y: 'a, S: 'a>(&'r mut Driver<'a, Y, S>);

impl<Y, S> Drop for Unwinding<'_, '_, Y, S> {
    fn drop(&mut self) {
        self.0.abandon(0);
    }
}

/// Closes the whole, as [`close`](crate::CoroutineExt::close) does.
impl<Y, S> Drop for Driver<'_, Y, S> {
    fn drop(&mut self) {
        if let Some(outermost) = self.levels.first() {
            unraisable::close_in_drop(outermost.code(), || closed(self.resume(None, Some(Exception::Exit))));
            self.abandon(0);
        }
    }
}

impl<Y, S> fmt::Debug for Driver<'_, Y, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("depth", &self.depth()).finish()
    }
}
