//! The current context of each thread, and what makes another one current for a while.

use std::cell::{Cell, RefCell};
use std::mem;
use std::sync::atomic::Ordering;

use super::values::{Value, Values, VariableId};
use super::{Context, ContextError};

thread_local! {
    /// Not borrowed while foreign code runs or is dropped.
    static CURRENT: RefCell<Current> = const { RefCell::new(Current::Copied(Values::NONE)) };

    /// Whether [`CURRENT`] is blank: to ask this asks nothing of the thread, and a program without context variables
    /// asks nothing else.
    static IS_BLANK: Cell<bool> = const { Cell::new(true) };
}

/// Whether the current context is blank, for who asks often and runs in the thread all the while.
#[derive(Clone, Copy)]
pub(crate) struct Blank<'a>(&'a Cell<bool>);

impl Blank<'_> {
    pub(crate) fn look<R>(look: impl FnOnce(Blank<'_>) -> R) -> R {
        IS_BLANK.with(|is_blank| look(Blank(is_blank)))
    }

    #[inline]
    pub(crate) fn is_so(self) -> bool {
        self.0.get()
    }
}

/// Whether nothing is set in the current context, and nobody has a handle on it. Not inlined: whoever asks is often in
/// another crate, which has no short way to what is local to a thread.
#[inline(never)]
pub(crate) fn is_blank() -> bool {
    IS_BLANK.get()
}

/// What is current in a thread.
///
/// Most callbacks set nothing. So a context is not made, which takes an allocation, before something is set in it:
/// until then nobody can tell which one it is, and what it holds is all there is of it.
enum Current {
    /// What the context held that this one is a copy of. At the end there is nothing to keep.
    Copied(Values),
    /// A context that something was set in, or that the user has a handle on. It is marked as entered.
    Made(Context),
}

/// What the event loop runs a callback in, or each step of a task: the context, except while it is entered, when it is
/// in [`CURRENT`]. The default is an empty one.
#[derive(Default)]
pub(crate) struct Scope(Cell<Current>);

/// While it lives the context of a [`Scope`] is current. Then the one before is again, also where a panic drops the
/// guard. Guards are dropped in the reverse order of their making.
pub(crate) struct Entered<'a> {
    scope: &'a Scope,
    before: Current,
}

/// What the variable was set to in the current context. In the destructors of a thread's locals there is no context any
/// more; to look finds nothing then.
pub(super) fn get(variable: VariableId) -> Option<Value> {
    let get = |current: &RefCell<Current>| match &*current.borrow() {
        Current::Copied(values) => values.get(variable),
        Current::Made(context) => context.values().get(variable),
    };
    CURRENT.try_with(get).ok().flatten()
}

/// What the current context holds.
#[cold]
pub(super) fn copy() -> Values {
    if is_blank() {
        return Values::NONE;
    }
    let copy = |current: &RefCell<Current>| match &*current.borrow() {
        Current::Copied(values) => values.clone(),
        Current::Made(context) => context.values().clone(),
    };
    CURRENT.try_with(copy).unwrap_or_default()
}

/// The current context, to set something in it.
pub(super) fn make() -> Option<Context> {
    let make = |current: &RefCell<Current>| {
        let current = &mut *current.borrow_mut();
        if let Current::Copied(values) = current {
            *current = Current::Made(Context::holding(mem::take(values), true));
            IS_BLANK.set(false);
        }
        match current {
            Current::Made(context) => Some(context.clone()),
            Current::Copied(_) => None,
        }
    };
    CURRENT.try_with(make).ok().flatten()
}

/// Makes `next` current, and returns what was. Where there is no context any more, that is `next`.
#[cold]
#[inline(never)]
fn switch(mut next: Current) -> Current {
    _ = CURRENT.try_with(|current| {
        let current = &mut *current.borrow_mut();
        mem::swap(current, &mut next);
        IS_BLANK.set(current.is_blank());
    });
    next
}

impl Current {
    /// Whether it is the same as any other of which that is so.
    #[inline]
    fn is_blank(&self) -> bool {
        matches!(self, Current::Copied(values) if values.is_empty())
    }
}

impl Scope {
    /// A copy of the current context, as what is scheduled runs in.
    #[inline]
    pub(crate) fn copy_current() -> Self {
        if is_blank() { Scope::default() } else { Scope(Cell::new(Current::Copied(copy()))) }
    }

    /// The same, where there is anything in it.
    #[inline]
    pub(crate) fn copy_current_if_any() -> Option<Self> {
        if is_blank() { None } else { Some(Scope(Cell::new(Current::Copied(copy())))) }
    }

    /// The context behind a handle: Python's `context=`.
    pub(crate) fn of(context: &Context) -> Self {
        Scope(Cell::new(Current::Made(context.clone())))
    }

    /// Whether nothing is set in it, and nobody has a handle on it.
    pub(crate) fn is_blank(&self) -> bool {
        let here = self.0.take();
        let is_blank = here.is_blank();
        self.0.set(here);
        is_blank
    }

    /// [`enter`](Scope::enter) without a guard: until [`swap_out`](Scope::swap_out) the context that was current before
    /// is in here.
    #[cold]
    pub(crate) fn swap_in(&self) -> Result<(), ContextError> {
        let mut inside = self.enter_other(self.0.take())?;
        self.0.set(mem::take(&mut inside.before));
        mem::forget(inside);
        Ok(())
    }

    /// The end of that. A task that had no context and that ran where there was none enters nothing: it comes here at the end,
    /// if it has made one.
    #[cold]
    pub(crate) fn swap_out(&self) {
        Entered { scope: self, before: self.0.take() }.leave_for_good();
    }

    /// Takes the context out, and leaves an empty one.
    #[inline]
    pub(crate) fn take(&self) -> Self {
        Scope(Cell::new(self.0.take()))
    }

    /// The one before comes out.
    #[inline]
    pub(crate) fn replace(&self, next: Scope) -> Self {
        Scope(Cell::new(self.0.replace(next.0.into_inner())))
    }

    /// Makes its context current. What is set in it stays in it, for the next time.
    ///
    /// It must not be entered while it is: it would be found empty.
    ///
    /// # Errors
    ///
    /// [`ContextError::AlreadyEntered`] if it is a context that is entered through another scope.
    #[inline]
    pub(crate) fn enter(&self) -> Result<Entered<'_>, ContextError> {
        let next = self.0.take();
        if next.is_blank() && is_blank() {
            return Ok(Entered { scope: self, before: next });
        }
        self.enter_other(next)
    }

    /// The same where both are blank, and nothing is to be done; `None` if they are not.
    #[inline]
    pub(crate) fn enter_blank<'a>(&'a self, blank: Blank<'a>) -> Option<EnteredBlank<'a>> {
        if blank.is_so() && self.is_blank() { Some(EnteredBlank { scope: self, blank }) } else { None }
    }

    #[cold]
    #[inline(never)]
    fn enter_other(&self, next: Current) -> Result<Entered<'_>, ContextError> {
        if let Current::Made(context) = &next
            && context.0.entered.swap(true, Ordering::Acquire)
        {
            self.0.set(next);
            return Err(ContextError::AlreadyEntered);
        }
        Ok(Entered { scope: self, before: switch(next) })
    }
}

/// [`Entered`] where neither scope nor what was current before were anything but blank.
pub(crate) struct EnteredBlank<'a> {
    scope: &'a Scope,
    blank: Blank<'a>,
}

impl Drop for EnteredBlank<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.blank.is_so() {
            Entered { scope: self.scope, before: Current::default() }.leave_for_good();
        }
    }
}

impl Entered<'_> {
    fn leave_for_good(mut self) {
        self.leave();
        mem::forget(self);
    }

    #[cold]
    #[inline(never)]
    fn leave(&mut self) {
        let left = switch(mem::take(&mut self.before));
        if let Current::Made(context) = &left {
            context.0.entered.store(false, Ordering::Release);
        }
        self.scope.0.set(left);
    }
}

impl Drop for Entered<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if !(self.before.is_blank() && is_blank()) {
            self.leave();
        }
    }
}

impl Default for Current {
    fn default() -> Self {
        Current::Copied(Values::NONE)
    }
}
