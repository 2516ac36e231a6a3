//! The current context of each thread, and what makes another one current for a while.

use std::cell::{Cell, RefCell};
use std::mem;
use std::sync::atomic::Ordering;

use super::content::Content;
use super::{Context, ContextError};

thread_local! {
    /// Not borrowed while foreign code runs or is dropped.
    static CURRENT: RefCell<Current> = const { RefCell::new(Current::Own(Content::EMPTY)) };
}

/// What is current in a thread.
enum Current {
    /// The thread's first context, or that of a [`Scope`] with one of its own: nobody else sees it.
    Own(Content),
    /// One that has handles: what changes is seen through them at once.
    Shared(Context),
}

/// What the event loop runs a callback in, or all steps of a task.
///
/// It has a context of its own, which costs no allocation, no atomic operation and no lock, and which nobody else gets
/// at; or one that is shared with the user, who has given it. The default is an empty one of its own.
///
/// While it is entered the context is not in here but in [`CURRENT`].
#[derive(Default)]
pub(crate) struct Scope(Cell<Current>);

/// While it lives the context of a [`Scope`] is current. Then the one before is current again, also where a panic drops
/// the guard. Guards are dropped in the reverse order of their making.
pub(crate) struct Entered<'a> {
    scope: &'a Scope,
    before: Current,
}

/// Lets `look` see the content of the current context. `None` in the destructors of a thread's locals, where there is
/// no context any more.
pub(super) fn with_content<R>(look: impl FnOnce(&mut Content) -> R) -> Option<R> {
    let look = |current: &RefCell<Current>| match &mut *current.borrow_mut() {
        Current::Own(content) => look(content),
        Current::Shared(context) => look(&mut context.content()),
    };
    CURRENT.try_with(look).ok()
}

/// A copy of the content of the current context.
pub(super) fn copy() -> Content {
    with_content(|content| content.copy()).unwrap_or_default()
}

/// Makes `next` current, and returns what was. Where there is no current context, that is `next`.
fn switch(mut next: Current) -> Current {
    _ = CURRENT.try_with(|current| mem::swap(&mut *current.borrow_mut(), &mut next));
    next
}

impl Scope {
    /// A copy of the current context, as what is scheduled runs in.
    pub(crate) fn copy_current() -> Self {
        Scope(Cell::new(Current::Own(copy())))
    }

    /// The context behind a handle: Python's `context=`.
    pub(crate) fn of(context: &Context) -> Self {
        Scope(Cell::new(Current::Shared(context.clone())))
    }

    /// Makes its context current. What is set in it stays in it, for the next time.
    ///
    /// It must not be entered while it is: it would be found empty.
    ///
    /// # Errors
    ///
    /// [`ContextError::AlreadyEntered`] if it is a shared one that is entered, through another scope.
    pub(crate) fn enter(&self) -> Result<Entered<'_>, ContextError> {
        let next = self.0.take();
        if let Current::Shared(context) = &next
            && context.0.entered.swap(true, Ordering::Acquire)
        {
            self.0.set(next);
            return Err(ContextError::AlreadyEntered);
        }
        Ok(Entered { scope: self, before: switch(next) })
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let left = switch(mem::take(&mut self.before));
        if let Current::Shared(context) = &left {
            context.0.entered.store(false, Ordering::Release);
        }
        self.scope.0.set(left);
    }
}

impl Default for Current {
    fn default() -> Self {
        Current::Own(Content::EMPTY)
    }
}
