//! Frames of which each delegates to the next, but does not hold it: the levels of a recursive coroutine.

use alloc::vec::Vec;
use core::ops::ControlFlow;

use super::{Frame, FrameVisitor, Inspectable, State, View};
use crate::Code;
use crate::private::{Inspect, Seen};

/// Frames, each of which delegates to the next.
pub(crate) trait FrameList {
    /// How many there are.
    fn len(&self) -> usize;
    /// The outermost.
    fn first(&self) -> Option<&dyn Inspect>;
    /// All of them, the outermost first.
    fn frames(&self) -> Vec<&dyn Inspect>;
}

/// One of a list.
#[derive(Clone, Copy)]
pub(crate) struct Listed<'a> {
    list: &'a dyn FrameList,
    index: usize,
    machine: &'a dyn Inspect,
}

/// The frame of the outermost.
pub(crate) fn outermost<'a>(list: &'a dyn FrameList) -> Option<Frame<'a>> {
    let machine = list.first()?;
    Listed { list, index: 0, machine }.frame()
}

/// Shows the frames from one on, in a loop: there may be more of them than the stack has room for.
pub(crate) fn visit(list: &dyn FrameList, from: usize, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
    for (index, machine) in list.frames().into_iter().enumerate().skip(from) {
        match (Listed { list, index, machine }).frame() {
            Some(frame) if index + 1 < list.len() => visitor.visit_only(&frame)?,
            Some(frame) => visitor.visit(&frame)?,
            None => {}
        }
    }
    ControlFlow::Continue(())
}

impl<'a> Listed<'a> {
    fn frame(self) -> Option<Frame<'a>> {
        let frame = Frame { view: View::Listed(self) };
        (frame.state() != State::Closed).then_some(frame)
    }
}

/// The machine knows what it delegates to by type only.
impl Inspect for Listed<'_> {
    fn code(&self) -> &'static Code {
        self.machine.code()
    }

    fn position(&self) -> u32 {
        self.machine.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.machine.see(what, &mut |seen| match seen {
            Seen::Delegate(type_name, _) if self.index + 1 < self.list.len() => {
                show(Seen::Delegate(type_name, Some(&Next(*self))));
            }
            other => show(other),
        });
    }
}

/// What is behind one of a list.
struct Next<'a>(Listed<'a>);

impl Inspectable for Next<'_> {
    fn visit_frames(&self, visitor: &mut FrameVisitor<'_>) -> ControlFlow<()> {
        visit(self.0.list, self.0.index + 1, visitor)
    }
}
