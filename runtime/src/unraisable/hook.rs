//! The hook and what it is told.

use std::any::Any;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use crate::private::raised_while_closing;
use crate::{Code, Exception};

/// The report on a coroutine that misbehaved while it was closed by being dropped: what a hook is given.
///
/// It prints as the line that the default hook writes.
#[derive(Debug)]
pub struct Unraisable<'a> {
    code: &'static Code,
    what: &'a Misbehaviour,
}

/// What a coroutine did instead of ending when it was dropped.
#[derive(Debug)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It raised this; [`Exception::IgnoredExit`] if it yielded.
    Raised(Exception),
    /// It panicked with this message, which the panic hook was given as well.
    Panicked(String),
}

/// What [`take_unraisable_hook`] gives.
pub type UnraisableHook = Box<dyn Fn(&Unraisable<'_>) + Send + Sync>;

/// `None` stands for the default one.
static HOOK: RwLock<Option<Arc<UnraisableHook>>> = RwLock::new(None);

impl<'a> Unraisable<'a> {
    /// The code of the coroutine.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.code
    }

    /// What it did.
    #[must_use]
    pub fn what(&self) -> &'a Misbehaviour {
        self.what
    }
}

impl fmt::Display for Unraisable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.what {
            Misbehaviour::Raised(_) => "exception",
            Misbehaviour::Panicked(_) => "panic",
        };
        let (name, file, line) = (self.code.name(), self.code.file(), self.code.line());
        write!(f, "{kind} ignored while a dropped coroutine was closed: {name} at {file}:{line}: ")?;
        match self.what {
            Misbehaviour::Raised(exception) if exception.traceback().is_empty() => write!(f, "{exception}"),
            Misbehaviour::Raised(exception) => write!(f, "{exception}\n{}", exception.traceback()),
            Misbehaviour::Panicked(message) => f.write_str(message),
        }
    }
}

/// Sets what is called when a coroutine misbehaves while it is closed by being dropped: it ignores the exit, raises or
/// panics. Python's [`sys.unraisablehook`].
///
/// There is one hook for the whole process, called on the thread of the drop. The default one writes one message to
/// the standard error. The hook may do anything, dropping coroutines and setting hooks included; if it panics, the
/// default one is called in its place and the drop goes on.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// let reports = Arc::new(Mutex::new(Vec::new()));
/// let log = Arc::clone(&reports);
/// coframe::set_unraisable_hook(move |report| log.lock().unwrap().push(report.to_string()));
/// // … drop some coroutines …
/// let _ours = coframe::take_unraisable_hook();
/// assert!(reports.lock().unwrap().is_empty());
/// ```
///
/// [`sys.unraisablehook`]: https://docs.python.org/3/library/sys.html#sys.unraisablehook
pub fn set_unraisable_hook(hook: impl Fn(&Unraisable<'_>) + Send + Sync + 'static) {
    replace(Some(Arc::new(Box::new(hook))));
}

/// Takes the hook and leaves the default one, as [`std::panic::take_hook`] does. If none was set, it gives the default
/// one, which a hook of one's own may call.
///
/// ```
/// let previous = coframe::take_unraisable_hook();
/// coframe::set_unraisable_hook(move |report| {
///     println!("in {}", report.code().name());
///     previous(report);
/// });
/// ```
#[must_use = "the hook that was set is dropped"]
pub fn take_unraisable_hook() -> UnraisableHook {
    match replace(None) {
        // Another thread may be in it.
        Some(hook) => Arc::try_unwrap(hook).unwrap_or_else(|hook| Box::new(move |report| hook(report))),
        None => Box::new(default_hook),
    }
}

/// The previous hook is dropped by the caller, outside of the lock: its drop is foreign code.
fn replace(hook: Option<Arc<UnraisableHook>>) -> Option<Arc<UnraisableHook>> {
    mem::replace(&mut *HOOK.write().unwrap_or_else(PoisonError::into_inner), hook)
}

fn default_hook(report: &Unraisable<'_>) {
    eprintln!("coframe: {report}");
}

pub(super) fn close_in_drop(coroutine: &'static Code, close: impl FnOnce() -> Result<(), Exception>) {
    match contain(close) {
        Ok(Ok(()) | Err(Exception::Exit)) => {}
        Ok(Err(exception)) => report(coroutine, Misbehaviour::Raised(raised_while_closing(exception))),
        Err(message) => report(coroutine, Misbehaviour::Panicked(message)),
    }
}

/// The error's own code, its drop among it, runs in here too: nothing of it may leave the coroutine's drop.
fn report(code: &'static Code, what: Misbehaviour) {
    _ = contain(move || {
        let report = Unraisable { code, what: &what };
        // Called outside of the lock, so that it may set another one.
        let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
        if hook.is_none_or(|hook| contain(|| hook(&report)).is_err()) {
            default_hook(&report);
        }
    });
}

/// Runs `act`, or gives the message of its panic.
pub(crate) fn contain<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(act)).map_err(message)
}

/// What `panic!` said. A payload of another type is leaked, because its drop might panic in turn.
fn message(payload: Box<dyn Any + Send>) -> String {
    let payload = match payload.downcast::<String>() {
        Ok(text) => return *text,
        Err(other) => other,
    };
    match payload.downcast::<&'static str>() {
        Ok(text) => (*text).into(),
        Err(other) => {
            mem::forget(other);
            "Box<dyn Any>".into()
        }
    }
}
