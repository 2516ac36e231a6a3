//! Clones of recursive coroutines: all levels, each of which is a frame of its own.
//!
//! A frame holds a handle to the level that it has called, and its clone must hold one to the clone of that level. So the
//! levels are cloned from the innermost on. While a level is being cloned, the one above it keeps its own clone, and what
//! clones the handle asks there. Nothing nests, so that a million levels take no more of the thread's stack than one.
//!
//! Only those activations know how to clone themselves whose function derives `Clone`. They call no others: the handle to
//! another one, [`Called`](super::Called), is not `Clone`, so neither is a frame that holds it.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::{fmt, mem};

use super::driver::Driver;
use super::machine::{Inspect, Locals, Sends};
use super::recursion::{Activation, Level, Progress, Returns};
use super::seen::Seen;
use crate::coroutine::Resumed;
use crate::{Cloneable, Code, Exception, Recursive};

/// Says of the last parameter of a [`Recursive`] that all its levels can be cloned.
#[diagnostic::on_unimplemented(
    message = "this recursive coroutine cannot be cloned",
    label = "a recursive coroutine that is not `Clone`",
    note = "write `derive(Clone)` in the attribute of the function that is called: \
            a recursive coroutine that derives it may only call others that do"
)]
pub trait Forks {}

impl Forks for Cloneable {}

/// An activation that can be cloned.
pub struct Forkable<A> {
    activation: A,
    /// The clone of it, while what holds a handle to it is cloned. A clone that is made meanwhile goes before, and keeps
    /// the other one in its own cell.
    clone: Cell<Option<Rc<Self>>>,
}

impl<A: Clone> Forkable<A> {
    pub(super) fn new(activation: A) -> Self {
        Forkable { activation, clone: Cell::new(None) }
    }

    fn kept(&self) -> Option<Rc<Self>> {
        let kept = self.clone.take();
        self.clone.set(kept.clone());
        kept
    }
}

impl<A: Inspect> Inspect for Forkable<A> {
    fn code(&self) -> &'static Code {
        self.activation.code()
    }

    fn position(&self) -> u32 {
        self.activation.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.activation.see(what, show);
    }
}

impl<Y, S, A: Level<Y, S> + Clone> Level<Y, S> for Forkable<A> {
    fn resume<'r>(&self, sent: Option<S>, raised: Option<Exception>) -> Resumed<Progress<'r, Y, S>, ()>
    where
        Self: 'r,
    {
        self.activation.resume(sent, raised)
    }

    fn abandon(&self) {
        self.activation.abandon();
    }

    fn fork<'r>(&self) -> Rc<dyn Level<Y, S> + 'r>
    where
        Self: 'r,
    {
        let clone = Rc::new(Forkable::new(self.activation.clone()));
        clone.clone.set(self.clone.replace(Some(clone.clone())));
        clone
    }

    fn forget_fork(&self) {
        let clone = self.clone.take();
        self.clone.set(clone.and_then(|clone| clone.clone.take()));
    }

    #[cfg(feature = "serde")]
    fn as_any(&self) -> Option<&dyn core::any::Any> {
        self.activation.as_any()
    }
}

impl<Y, R, S, A: Returns<Y, R, S> + Clone> Returns<Y, R, S> for Forkable<A> {
    fn take(&self) -> Option<R> {
        self.activation.take()
    }

    fn sends(&self) -> Sends {
        self.activation.sends()
    }

    fn forked<'r>(&self) -> Option<Rc<dyn Returns<Y, R, S> + 'r>>
    where
        Self: 'r,
    {
        Some(self.kept()?)
    }
}

impl<A: fmt::Debug> fmt::Debug for Forkable<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Forkable").field(&self.activation).finish()
    }
}

/// A level that was cloned, and keeps its clone until this is dropped.
struct Forked<'l, Y, S>(&'l dyn Level<Y, S>);

impl<'l, Y, S> Forked<'l, Y, S> {
    /// Clones a level on which no other stands.
    fn new(level: &'l dyn Level<Y, S>) -> Self {
        level.fork();
        Forked(level)
    }
}

impl<Y, S> Drop for Forked<'_, Y, S> {
    fn drop(&mut self) {
        self.0.forget_fork();
    }
}

impl<'a, Y, S> Driver<'a, Y, S> {
    /// Clones all levels. `handle` is called while the outermost keeps its clone.
    fn fork<T>(&self, handle: impl FnOnce() -> T) -> (Self, T) {
        let mut clones = Clones(Driver { sends: self.sends, levels: Vec::with_capacity(self.levels.len()) });
        let mut forked: Option<Forked<'_, Y, S>> = None;
        for level in self.levels.iter().rev() {
            let clone = level.fork();
            clones.0.levels.push(clone);
            // The level above needs its clone no more.
            forked = Some(Forked(&**level));
        }
        let handle = handle();
        drop(forked);
        let mut levels = mem::take(&mut clones.0.levels);
        levels.reverse();
        (Driver { sends: self.sends, levels }, handle)
    }
}

/// Clones of levels, the innermost first. If the clone of a local panics, they are a call without a caller, which is
/// closed as whatever is dropped.
struct Clones<'a, Y: 'a, S: 'a>(Driver<'a, Y, S>);

impl<Y, S> Drop for Clones<'_, Y, S> {
    fn drop(&mut self) {
        self.0.levels.reverse();
    }
}

impl<'a, Y, R, S, K> Recursive<'a, Y, R, S, K> {
    /// The outermost level for a clone of the handle to it: the clone that it keeps, or itself, once it is over.
    pub(super) fn forked(&self) -> Rc<dyn Returns<Y, R, S> + 'a> {
        self.root.forked().unwrap_or_else(|| self.root.clone())
    }
}

/// All levels, however many: they do not nest.
impl<Y, R, S, K: Forks> Clone for Recursive<'_, Y, R, S, K> {
    fn clone(&self) -> Self {
        match &self.driver {
            Some(driver) => {
                let (driver, root) = driver.fork(|| self.forked());
                let mut clone = Recursive::new(root);
                clone.driver = Some(Box::new(driver));
                clone
            }
            None => {
                let _forked = Forked::new(&*self.root);
                Recursive::new(self.forked())
            }
        }
    }
}

/// [`recursive`](super::recursive) where the locals are `Clone`.
#[inline]
pub fn recursive_cloneable<'a, S, Y, R, L, F, V>(locals: L, body: F, look: V) -> Recursive<'a, Y, R, S, Cloneable>
where
    L: Locals + Clone + 'a,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, Option<Exception>) -> Resumed<Progress<'a, Y, S>, R> + Clone + 'a,
    V: Fn(&L, u32, u32) -> Seen<'_> + Clone + 'a,
{
    Recursive::new(Rc::new(Forkable::new(Activation::new(locals, body, look))))
}
