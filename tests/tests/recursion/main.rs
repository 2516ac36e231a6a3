//! Recursive coroutines: calls and all that can be delegated to, exceptions and closing, misuse, panics, and depth.
//!
//! The names in the comments are the lines of `SEMANTICS.md`.

mod calls;
mod closing;
mod depth;

use std::cell::RefCell;
use std::sync::Once;

use coframe::Exception;

thread_local!(static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

pub(crate) fn say(line: impl ToString) {
    let line = line.to_string();
    TRACE.with_borrow_mut(|trace| trace.push(line));
}

/// The trace since the last call, as one line.
pub(crate) fn said() -> String {
    TRACE.take().join(" ")
}

/// From now on says what misbehaves in a drop. The hook is called on the thread of the drop.
pub(crate) fn report() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        coframe::set_unraisable_hook(|report| say(format_args!("unraisable-{}", report.code().name())));
    });
}

/// Says when it is dropped.
pub(crate) struct Loud(pub(crate) u32);

impl Drop for Loud {
    fn drop(&mut self) {
        say(format_args!("drop-{}", self.0));
    }
}

#[derive(Debug, PartialEq)]
pub(crate) struct Mishap(pub(crate) u32);

impl std::fmt::Display for Mishap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "mishap {}", self.0)
    }
}

impl std::error::Error for Mishap {}

pub(crate) fn name(exception: &Exception) -> String {
    match exception {
        Exception::Thrown(error) => error.to_string().replace(' ', "-"),
        other => format!("{other:?}").to_lowercase(),
    }
}
