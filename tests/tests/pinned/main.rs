//! `pinned` coroutines attacked from safe code: what a macro hides from the attribute is polled by whatever there is.
//!
//! The one unsafe file under them is `runtime/src/pinned/exchange.rs`. Miri is its judge, and valgrind where that is all
//! there is:
//!
//! ```text
//! cargo +nightly miri test -p coframe-tests --test pinned
//! cargo test -p coframe-tests --test pinned --config \
//!     'target."cfg(unix)".runner = "valgrind -q --error-exitcode=1"'
//! ```

mod ends;
mod foreign;
mod wakers;

use std::cell::RefCell;

/// An `async` block that the attribute does not see.
macro_rules! hidden {
    ($body:expr) => {
        async { $body }
    };
}

/// An `.await` that the attribute does not see.
macro_rules! awaited {
    ($future:expr) => {
        $future.await
    };
}

pub(crate) use {awaited, hidden};

thread_local! {
    static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Adds a line to the trace.
pub(crate) fn t(line: impl ToString) {
    TRACE.with_borrow_mut(|trace| trace.push(line.to_string()));
}

/// The trace so far, which starts again.
pub(crate) fn trace() -> Vec<String> {
    TRACE.take()
}

/// A value whose drop is traced.
#[derive(Debug, PartialEq)]
pub(crate) struct D(pub(crate) &'static str);

impl Drop for D {
    fn drop(&mut self) {
        t(format_args!("drop {}", self.0));
    }
}
