//! A trace, a loop, an error, and what cannot be raised.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use coframe::event_loop::EventLoop;
use coframe::{Exception, Misbehaviour, TaskOutput, set_unraisable_hook};

pub(crate) use coframe_tests::traced::{Loud, Trace, ValueError, block_on, poll_once};

/// Runs a future in a loop on a virtual clock.
pub(crate) fn in_loop<F>(future: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
where
    F: IntoFuture<Output: TaskOutput<Value: Clone>, IntoFuture: 'static>,
{
    EventLoop::with_virtual_clock().unwrap().run_until_complete(future)
}

/// An error with a text: Python's `KeyError`.
#[derive(Debug, Clone)]
pub(crate) struct KeyError(pub(crate) &'static str);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for KeyError {}

thread_local! {
    static REPORTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From now on this thread hears of what cannot be raised, and of it alone: see [`reported`].
pub(crate) fn hear() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        set_unraisable_hook(|report| {
            let what = match report.what() {
                Misbehaviour::Raised(exception) => format!("{}: {exception}", report.code().name()),
                Misbehaviour::Panicked(text) => format!("{}: panic {text}", report.code().name()),
                other => panic!("{other:?}"),
            };
            REPORTED.with_borrow_mut(|reported| reported.push(what));
        });
    });
}

/// What could not be raised in this thread, since the last call.
pub(crate) fn reported() -> Vec<String> {
    REPORTED.take()
}
