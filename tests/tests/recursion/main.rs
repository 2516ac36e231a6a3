//! Recursive coroutines: calls and all that can be delegated to, exceptions and closing, misuse, panics, depth and clones.
//!
//! The names in the comments are the lines of `docs/semantics.md`.

mod by_hand;
mod calls;
mod closing;
mod depth;
mod forks;
mod places;
mod unstarted;

use std::sync::Once;

use coframe::Exception;
pub(crate) use coframe_tests::{Loud, Mishap, one_line, said, say};

/// From now on says what misbehaves in a drop. The hook is called on the thread of the drop.
pub(crate) fn report() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        coframe::set_unraisable_hook(|report| say(format_args!("unraisable-{}", report.code().name())));
    });
}

pub(crate) fn name(exception: &Exception) -> String {
    match exception {
        Exception::Thrown(error) => error.to_string().replace(' ', "-"),
        other => format!("{other:?}").to_lowercase(),
    }
}
