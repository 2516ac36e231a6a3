//! Context variables, and the tokens that set them back.

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use super::values::{Value, VariableId};
use super::{ContextError, Shared, current};

/// A variable with a value in each [`Context`](super::Context): Python's [`ContextVar`].
///
/// It is made once, as a `static`, like a thread-local. But what is set in one callback of an event loop is not seen by
/// others, unless they are scheduled by it: they begin with a copy of its context.
///
/// ```
/// use coframe::ContextVar;
/// use coframe::event_loop::EventLoop;
///
/// static USER: ContextVar<&str> = ContextVar::with_default("user", || "nobody");
///
/// let event_loop = EventLoop::new()?;
/// USER.set("Ada");
/// event_loop.call_soon(|| assert_eq!(USER.get(), Ok("Ada")))?;
/// USER.set("Grace");
/// event_loop.call_soon(|| {
///     assert_eq!(USER.get(), Ok("Grace"));
///     USER.set("changed in the callback");
/// })?;
/// event_loop.run_once()?;
/// assert_eq!(USER.get()?, "Grace");
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// A variable that is a local works as well. But what it was set to stays in contexts after it, until they are dropped,
/// as in Python.
///
/// [`ContextVar`]: https://docs.python.org/3.13/library/contextvars.html#contextvars.ContextVar
pub struct ContextVar<T> {
    name: &'static str,
    default: Option<DefaultValue<T>>,
    /// Given when it is first set.
    id: OnceLock<VariableId>,
}

struct DefaultValue<T> {
    make: fn() -> T,
    made: OnceLock<T>,
}

/// What a variable was before it was set: Python's [`Token`], from [`ContextVar::set`] for [`ContextVar::reset`].
///
/// To drop it leaves the variable as it is.
///
/// [`Token`]: https://docs.python.org/3.13/library/contextvars.html#contextvars.Token
#[doc(alias = "Token")]
pub struct ContextToken<T> {
    variable: VariableId,
    /// It keeps no context, because it may be in a value of one. It is of none if there was none any more.
    context: Weak<Shared>,
    old_value: Option<Arc<T>>,
}

impl<T: Clone + Send + Sync + 'static> ContextVar<T> {
    /// A variable without a default. The name is for debugging: two variables of one name are two variables.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        ContextVar { name, default: None, id: OnceLock::new() }
    }

    /// A variable with a default, for contexts in which it is not set.
    ///
    /// `default` is called when the default is first asked for. From then on it is the same one, of which each `get`
    /// gives a clone. (If several threads ask first, one of their calls counts.)
    ///
    /// ```
    /// use coframe::ContextVar;
    ///
    /// static GREETING: ContextVar<String> = ContextVar::with_default("greeting", || "hello".to_owned());
    ///
    /// assert_eq!(GREETING.get()?, "hello");
    /// # Ok::<(), coframe::ContextError>(())
    /// ```
    #[must_use]
    pub const fn with_default(name: &'static str, default: fn() -> T) -> Self {
        let default = DefaultValue { make: default, made: OnceLock::new() };
        ContextVar { name, default: Some(default), id: OnceLock::new() }
    }

    /// The name that it was made with.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A clone of its value in the current context, or else of its default.
    ///
    /// # Errors
    ///
    /// [`ContextError::NoValue`] if it has neither: Python's `LookupError`. [`get_or`](ContextVar::get_or) gives
    /// something else then, and `get().ok()` an `Option`.
    pub fn get(&self) -> Result<T, ContextError> {
        match (self.current(), &self.default) {
            (Some(value), _) => Ok(T::clone(&value)),
            (None, Some(default)) => Ok(default.get().clone()),
            (None, None) => Err(ContextError::NoValue(self.name)),
        }
    }

    /// A clone of its value in the current context, or else `default`. Its own default does not count: Python's
    /// `var.get(default)`.
    ///
    /// ```
    /// use coframe::ContextVar;
    ///
    /// static DEPTH: ContextVar<u32> = ContextVar::with_default("depth", || 0);
    ///
    /// assert_eq!(DEPTH.get_or(5), 5);
    /// DEPTH.set(1);
    /// assert_eq!(DEPTH.get_or(5), 1);
    /// ```
    pub fn get_or(&self, default: T) -> T {
        self.current().map_or(default, |value| T::clone(&value))
    }

    /// Sets it in the current context. The token takes that back.
    ///
    /// In the destructors of a thread's locals there is no context any more, and `value` is dropped.
    pub fn set(&self, value: T) -> ContextToken<T> {
        let variable = *self.id.get_or_init(VariableId::new);
        let value: Value = Arc::new(value);
        let Some(context) = current::make() else {
            return ContextToken { variable, context: Weak::new(), old_value: None };
        };
        let old_value = context.values().put(variable, Some(value));
        ContextToken { variable, context: Arc::downgrade(&context.0), old_value: old_value.and_then(typed) }
    }

    /// Gives it the value, or the lack of one, that it had before the [`set`](ContextVar::set) that the token is from.
    /// There is one token of each, so that it cannot be used twice.
    ///
    /// ```
    /// use coframe::{ContextError, ContextVar};
    ///
    /// static USER: ContextVar<&str> = ContextVar::new("user");
    ///
    /// let first = USER.set("Ada");
    /// let second = USER.set("Grace");
    /// USER.reset(second)?;
    /// assert_eq!(USER.get(), Ok("Ada"));
    /// USER.reset(first)?;
    /// assert_eq!(USER.get(), Err(ContextError::NoValue("user")));
    /// # Ok::<(), ContextError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ContextError::OtherVariable`] and [`ContextError::OtherContext`] if the token is not from this variable or not
    /// from the current context; nothing has changed, and the token is dropped. A copy of a context is another one.
    pub fn reset(&self, token: ContextToken<T>) -> Result<(), ContextError> {
        if self.id() != Some(token.variable) {
            return Err(ContextError::OtherVariable);
        }
        let context = current::make().ok_or(ContextError::OtherContext)?;
        if token.context.as_ptr() != Arc::as_ptr(&context.0) {
            return Err(ContextError::OtherContext);
        }
        let old_value = token.old_value.map(|value| value as Value);
        // What it was set to is dropped when nothing is locked any more.
        let _now = context.values().put(token.variable, old_value);
        Ok(())
    }

    fn current(&self) -> Option<Arc<T>> {
        current::get(self.id()?).and_then(typed)
    }

    /// `None` if it was never set.
    pub(super) fn id(&self) -> Option<VariableId> {
        self.id.get().copied()
    }
}

/// What is stored under a variable's id is of its type.
fn typed<T: Send + Sync + 'static>(value: Value) -> Option<Arc<T>> {
    value.downcast().ok()
}

impl<T> DefaultValue<T> {
    fn get(&self) -> &T {
        if let Some(made) = self.made.get() {
            return made;
        }
        // Called before the lock is taken: it may ask for this very variable, if it has set it.
        let value = (self.make)();
        self.made.get_or_init(|| value)
    }
}

impl<T> ContextToken<T> {
    /// What the variable was set to before; `None` if it was not: Python's `Token.old_value`, with `None` for its
    /// `Token.MISSING`.
    ///
    /// ```
    /// use coframe::ContextVar;
    ///
    /// static DEPTH: ContextVar<u32> = ContextVar::with_default("depth", || 0);
    ///
    /// assert_eq!(DEPTH.set(1).old_value(), None);
    /// assert_eq!(DEPTH.set(2).old_value(), Some(&1));
    /// ```
    #[must_use]
    pub fn old_value(&self) -> Option<&T> {
        self.old_value.as_deref()
    }
}

impl<T> fmt::Debug for ContextVar<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ContextVar").field(&self.name).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for ContextToken<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextToken").field("old_value", &self.old_value).finish_non_exhaustive()
    }
}
