//! Context variables: values that belong to what runs, and not to the thread that runs it. [PEP 567], Python's
//! `contextvars`.
//!
//! Every thread has a current context, in which variables are set and asked for. The event loop gives each callback a
//! context of its own, a copy of what was current when it was scheduled. A coroutine has none: its body runs in the
//! context of whoever resumes it.
//!
//! [PEP 567]: https://peps.python.org/pep-0567/

mod current;
mod error;
#[cfg(test)]
mod tests;
mod values;
mod variable;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use self::current::{Blank, Scope};
pub use self::error::ContextError;
pub use self::variable::{ContextToken, ContextVar};

use self::values::Values;

/// A handle on a context, which holds values of [`ContextVar`]s. A clone is one more handle on the same context;
/// [`copy`](Context::copy) makes another one.
///
/// What is set while a context [runs](Context::run) something is set in it, and its handles see it, in other threads
/// too. A copy shares all values until one of the two changes, and so costs the same however many there are.
///
/// ```
/// use coframe::{Context, ContextVar};
///
/// static REQUEST: ContextVar<u32> = ContextVar::new("request");
///
/// REQUEST.set(1);
/// let context = Context::current();
/// context.run(|| REQUEST.set(2))?;
/// assert_eq!(context.get(&REQUEST), Some(2));
/// assert_eq!(REQUEST.get()?, 1);
/// # Ok::<(), coframe::ContextError>(())
/// ```
#[derive(Clone)]
pub struct Context(Arc<Shared>);

struct Shared {
    /// No foreign code runs while it is locked.
    values: Mutex<Values>,
    /// Whether it is current somewhere: in one thread at most, and there once.
    entered: AtomicBool,
}

impl Context {
    /// An empty context.
    ///
    /// ```
    /// use coframe::{Context, ContextVar};
    ///
    /// static LANGUAGE: ContextVar<&str> = ContextVar::with_default("language", || "en");
    ///
    /// LANGUAGE.set("fr");
    /// assert_eq!(Context::new().run(|| LANGUAGE.get())?, Ok("en"));
    /// # Ok::<(), coframe::ContextError>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Context::holding(Values::NONE, false)
    }

    /// A copy of the current context: Python's `copy_context()`.
    ///
    /// There is no handle on the current context itself, except for whoever has made it current by
    /// [`run`](Context::run).
    ///
    /// ```
    /// use coframe::{Context, ContextVar};
    /// use std::thread;
    ///
    /// static REQUEST: ContextVar<u32> = ContextVar::new("request");
    ///
    /// REQUEST.set(7);
    /// let context = Context::current();
    /// // A new thread begins with an empty context.
    /// let seen = thread::spawn(move || (REQUEST.get().ok(), context.run(|| REQUEST.get().ok())));
    /// assert_eq!(seen.join().unwrap(), (None, Ok(Some(7))));
    /// ```
    #[must_use]
    pub fn current() -> Self {
        Context::holding(current::copy(), false)
    }

    /// Another context, with the same values: Python's `Context.copy()`.
    ///
    /// ```
    /// use coframe::{Context, ContextVar};
    ///
    /// static STEP: ContextVar<u32> = ContextVar::new("step");
    ///
    /// let (context, copy) = (Context::new(), Context::new().copy());
    /// context.run(|| STEP.set(1))?;
    /// assert_eq!((context.get(&STEP), copy.get(&STEP)), (Some(1), None));
    /// # Ok::<(), coframe::ContextError>(())
    /// ```
    #[must_use]
    pub fn copy(&self) -> Self {
        Context::holding(self.values().clone(), false)
    }

    /// Calls `function` with this context as the current one: Python's `Context.run`. The one before is current again
    /// afterwards, also if it panics.
    ///
    /// What `function` sets stays in this context:
    ///
    /// ```
    /// use coframe::{Context, ContextError, ContextVar};
    ///
    /// static STEP: ContextVar<u32> = ContextVar::with_default("step", || 0);
    ///
    /// let context = Context::new();
    /// for expected in 0..3 {
    ///     context.run(|| {
    ///         assert_eq!(STEP.get(), Ok(expected));
    ///         STEP.set(expected + 1);
    ///     })?;
    /// }
    /// assert_eq!(STEP.get(), Ok(0));
    /// assert_eq!(context.run(|| context.run(|| ()))?, Err(ContextError::AlreadyEntered));
    /// # Ok::<(), coframe::ContextError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ContextError::AlreadyEntered`] if it is the current one somewhere already, or was before another context was
    /// entered inside it; `function` is dropped. A copy can be entered instead.
    ///
    /// # Panics
    ///
    /// If `function` does.
    pub fn run<R>(&self, function: impl FnOnce() -> R) -> Result<R, ContextError> {
        let scope = Scope::of(self);
        let _inside = scope.enter()?;
        Ok(function())
    }

    /// What `variable` was set to in this context; `None` if it was not. Its default does not count: Python's
    /// `Context.get`.
    ///
    /// ```
    /// use coframe::{Context, ContextVar};
    ///
    /// static DEPTH: ContextVar<u32> = ContextVar::with_default("depth", || 0);
    ///
    /// assert_eq!(Context::new().get(&DEPTH), None);
    /// ```
    #[must_use]
    pub fn get<T: Clone + Send + Sync + 'static>(&self, variable: &ContextVar<T>) -> Option<T> {
        // Cloned when nothing is locked any more: a clone is foreign code.
        let value = self.values().get(variable.id()?)?;
        value.downcast_ref().cloned()
    }

    /// How many variables are set in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values().len()
    }

    /// Whether no variable is set in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn holding(values: Values, entered: bool) -> Self {
        Context(Arc::new(Shared { values: Mutex::new(values), entered: AtomicBool::new(entered) }))
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        self.0.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An empty context.
impl Default for Context {
    fn default() -> Self {
        Context::new()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("len", &self.len())
            .field("entered", &self.0.entered.load(Ordering::Relaxed))
            .finish_non_exhaustive()
    }
}
