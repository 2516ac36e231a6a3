//! What the tests in `tests/` share: a trace, what speaks into it, an error, and a handle for a body.

pub mod traced;

use std::cell::RefCell;
use std::error::Error;
use std::fmt::{self, Display};
use std::pin::Pin;
use std::rc::Rc;

use coframe::{Generator, Pinned, Shared};

thread_local!(static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

/// Adds a line to the trace of this thread.
pub fn say(line: impl ToString) {
    let line = line.to_string();
    TRACE.with_borrow_mut(|trace| trace.push(line));
}

/// The trace since the last call.
pub fn said() -> Vec<String> {
    TRACE.take()
}

/// The same on one line, each line of the trace as one word: `got-1 drop-argument`.
pub fn one_line() -> String {
    let words: Vec<String> = said().iter().map(|line| line.replace(' ', "-")).collect();
    words.join(" ")
}

/// Says when it is dropped, and when it is cloned.
#[derive(Debug, PartialEq)]
pub struct Loud<T: Display = &'static str>(pub T);

impl<T: Display> Drop for Loud<T> {
    fn drop(&mut self) {
        say(format_args!("drop {}", self.0));
    }
}

impl<T: Display + Clone> Clone for Loud<T> {
    fn clone(&self) -> Self {
        say(format_args!("clone {}", self.0));
        Loud(self.0.clone())
    }
}

/// An error of the user's own.
#[derive(Debug, PartialEq)]
pub struct Mishap(pub u32);

impl Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mishap {}", self.0)
    }
}

impl Error for Mishap {}

/// Where a body finds a handle on a coroutine that was made after it.
#[derive(Debug)]
pub struct Cell<C>(Rc<RefCell<Option<Shared<C>>>>);

impl<C> Cell<C> {
    /// Without a handle yet.
    pub fn empty() -> Self {
        Cell(Rc::default())
    }

    /// Puts the handle in.
    pub fn set(&self, handle: &Shared<C>) {
        *self.0.borrow_mut() = Some(handle.clone());
    }

    /// Another handle on the same coroutine.
    pub fn get(&self) -> Shared<C> {
        self.0.borrow().clone().expect("a handle was set")
    }

    /// Breaks the cycle.
    pub fn clear(&self) {
        let handle = self.0.take();
        drop(handle);
    }
}

impl<C> Clone for Cell<C> {
    fn clone(&self) -> Self {
        Cell(Rc::clone(&self.0))
    }
}

/// A coroutine of either lowering as one that can be moved, for a test that is compiled both ways.
pub trait Movable {
    /// A generator.
    type Movable;

    /// As a generator.
    fn movable(self) -> Self::Movable;
}

/// A frame is one.
impl<M> Movable for Generator<M> {
    type Movable = Self;

    fn movable(self) -> Self {
        self
    }
}

/// What rustc compiled is boxed.
impl<M> Movable for Pinned<M> {
    type Movable = Generator<Pin<Box<M>>>;

    fn movable(self) -> Self::Movable {
        self.boxed()
    }
}
