//! The frames from the outermost to the innermost.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::ops::ControlFlow;

use super::{Frame, FrameVisitor, Inspectable};
use crate::Code;

/// A coroutine and all that it delegates to, as Python's `traceback` shows a stack: the outermost first.
///
/// It prints a line for each frame, and under it the line of the source where that can be read; with `{:#}` its locals
/// too. Neighbours that stand at one place are printed once, with their number.
///
/// ```
/// use coframe::CoroutineExt;
///
/// #[coframe::coroutine(yield = u32)]
/// fn leaf(n: u32) -> u32 {
///     coframe::yield_!(n);
///     n
/// }
///
/// #[coframe::coroutine(yield = u32)]
/// fn root() -> u32 {
///     let twice = coframe::yield_from!(leaf(7)) * 2;
///     twice
/// }
///
/// let mut co = root();
/// co.start()?;
/// println!("{:#}", co.frame().unwrap().chain());
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// ```text
///   root at src/main.rs:11
///     let twice = coframe::yield_from!(leaf(7)) * 2;
///   leaf at src/main.rs:5
///     coframe::yield_!(n);
///     n = 7
/// ```
#[derive(Clone, Copy)]
pub struct Chain<'a> {
    outermost: &'a dyn Inspectable,
}

impl<'a> Chain<'a> {
    /// From the outermost frame of anything that has frames.
    #[must_use]
    pub fn new(outermost: &'a dyn Inspectable) -> Self {
        Chain { outermost }
    }

    /// Calls `see` with each frame, the outermost first.
    ///
    /// A chain of more than 500 coroutines that delegate to each other in place is cut there. The levels of a recursive
    /// coroutine are all seen.
    pub fn for_each(&self, mut see: impl FnMut(&Frame<'_>)) {
        let mut see = |frame: &Frame<'_>| {
            see(frame);
            ControlFlow::Continue(())
        };
        _ = self.outermost.visit_frames(&mut FrameVisitor::new(&mut see));
    }

    /// Calls `look` with the innermost frame: where the whole is paused.
    pub fn innermost<R>(&self, mut look: impl FnMut(&Frame<'_>) -> R) -> Option<R> {
        let mut out = None;
        self.for_each(|frame| out = Some(look(frame)));
        out
    }
}

/// Frames that stand at one place.
#[derive(Clone, Copy)]
struct Place {
    code: &'static Code,
    line: u32,
    times: usize,
}

impl Place {
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {} at {}:{}", self.code.name(), self.code.file(), self.line)?;
        if self.times > 1 {
            write!(f, " ({} times)", self.times)?;
        }
        #[cfg(feature = "std")]
        if let Some(line) = super::source::line(self.code.file(), self.line) {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with_locals = f.alternate();
        let (last, started) = (Cell::new(None::<Place>), Cell::new(false));
        let (f, outcome) = (RefCell::new(f), Cell::new(Ok(())));
        let begin = |place: Place| {
            let f = &mut **f.borrow_mut();
            if started.replace(true) {
                f.write_str("\n")?;
            }
            place.write(f)
        };
        self.for_each(|frame| {
            if outcome.get().is_err() {
                return;
            }
            let place = Place { code: frame.code(), line: frame.line(), times: 1 };
            outcome.set(match last.get() {
                _ if with_locals => begin(place).and_then(|()| locals(frame, *f.borrow_mut())),
                Some(Place { code, line, times }) if code == place.code && line == place.line => {
                    last.set(Some(Place { times: times + 1, ..place }));
                    Ok(())
                }
                before => {
                    last.set(Some(place));
                    before.map_or(Ok(()), begin)
                }
            });
        });
        outcome.get()?;
        last.get().map_or(Ok(()), begin)
    }
}

fn locals(frame: &Frame<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    frame.locals().try_for_each(|local| write!(f, "\n    {} = {local:?}", local.name()))
}

impl fmt::Debug for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = RefCell::new(f.debug_list());
        self.for_each(|frame| {
            list.borrow_mut().entry(frame);
        });
        list.into_inner().finish()
    }
}
