//! The frame object: where a coroutine stands now.

use core::fmt;

use crate::private::{CREATED, Inspect, RUNNING};
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
/// It exists from the call until the body is over.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    machine: &'a dyn Inspect,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(machine: &'a dyn Inspect) -> Option<Self> {
        let frame = Frame { machine };
        (frame.state() != State::Closed).then_some(frame)
    }

    /// Where the coroutine stands in its life.
    #[must_use]
    pub fn state(&self) -> State {
        state(self.machine.position())
    }

    /// The suspension point it is paused at; `None` unless it is suspended.
    #[must_use]
    pub fn point(&self) -> Option<&'static Point> {
        match self.state() {
            State::Suspended => self.machine.code().points().get(self.machine.position() as usize - 1),
            _ => None,
        }
    }

    /// The current line, counted from 1: that of the suspension point, or of the function where there is none.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.point().map_or(self.machine.code().line(), Point::line)
    }

    /// The code this is an activation of.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.machine.code()
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("code", &self.code().name())
            .field("state", &self.state())
            .field("line", &self.line())
            .finish()
    }
}

pub(crate) fn state(position: u32) -> State {
    match position {
        CREATED => State::Created,
        RUNNING => State::Running,
        position if position < RUNNING => State::Suspended,
        _ => State::Closed,
    }
}

/// A coroutine in one line: its name, where it stands in its life, and at which line.
pub(crate) fn fmt(machine: &dyn Inspect, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<coroutine {}, {}", machine.code().name(), state(machine.position()))?;
    if let Some(point) = Frame::new(machine).and_then(|frame| frame.point()) {
        write!(f, " at line {}", point.line())?;
    }
    f.write_str(">")
}
