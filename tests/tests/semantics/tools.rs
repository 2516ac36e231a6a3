//! The trace, and what speaks into it.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::{self, Debug};
use std::iter::successors;
use std::rc::Rc;
use std::sync::Once;

use coframe::{Exception, Resumed, Shared, Step, set_unraisable_hook};

thread_local!(static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

/// Adds a line to the trace of this thread.
pub(crate) fn say(line: impl ToString) {
    let line = line.to_string();
    TRACE.with_borrow_mut(|trace| trace.push(line));
}

/// The trace since the last call.
pub(crate) fn said() -> Vec<String> {
    TRACE.take()
}

/// Says when it is dropped, and when it is cloned.
#[derive(Debug)]
pub(crate) struct Loud(pub(crate) &'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        say(format_args!("drop {}", self.0));
    }
}

impl Clone for Loud {
    fn clone(&self) -> Loud {
        say(format_args!("clone {}", self.0));
        Loud(self.0)
    }
}

impl PartialEq for Loud {
    fn eq(&self, other: &Loud) -> bool {
        self.0 == other.0
    }
}

/// An error of the user's own.
#[derive(Debug, PartialEq)]
pub(crate) struct Mishap(pub(crate) u32);

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mishap {}", self.0)
    }
}

impl Error for Mishap {}

/// Another one, which a handler of the first does not handle.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault(pub(crate) &'static str);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {}", self.0)
    }
}

impl Error for Fault {}

/// An exception and what it was raised from: `mishap 2 <- Exit`.
pub(crate) fn chain(exception: &Exception) -> String {
    let chain = successors(Some(exception), |exception| exception.source());
    let names = chain.map(|exception| match exception {
        Exception::Thrown(thrown) => thrown.to_string(),
        plain => format!("{plain:?}"),
    });
    names.collect::<Vec<_>>().join(" <- ")
}

/// What a resume gave, as a line: `yielded 1`, `returned ()`, `raised mishap 2`.
pub(crate) fn gave<Y: Debug, R: Debug>(resumed: Resumed<Y, R>) -> String {
    match resumed {
        Ok(Step::Yielded(value)) => format!("yielded {value:?}"),
        Ok(Step::Returned(value)) => format!("returned {value:?}"),
        Err(exception) => format!("raised {}", chain(&exception)),
    }
}

/// What a close gave, as a line: `closed`, `closed with 1`, `raised mishap 2 <- Exit`.
pub(crate) fn closed<R: Debug>(result: Result<Option<R>, Exception>) -> String {
    match result {
        Ok(None) => "closed".to_owned(),
        Ok(Some(value)) => format!("closed with {value:?}"),
        Err(exception) => format!("raised {}", chain(&exception)),
    }
}

/// From here on what is unraisable on this thread is said. The hook is one for all threads, so it is set once.
pub(crate) fn hear_the_unraisable() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        set_unraisable_hook(|report| match report.what() {
            coframe::Misbehaviour::Raised(exception) => {
                say(format_args!("unraisable in {}: {}", report.code().name(), chain(exception)));
            }
            coframe::Misbehaviour::Panicked(text) => {
                say(format_args!("unraisable in {}: panic {text}", report.code().name()));
            }
            other => panic!("{other:?}"),
        });
    });
}

/// Where a body finds a handle on a coroutine that was made after it.
pub(crate) struct Cell<C>(Rc<RefCell<Option<Shared<C>>>>);

impl<C> Cell<C> {
    pub(crate) fn new() -> Self {
        Cell(Rc::default())
    }

    pub(crate) fn set(&self, handle: &Shared<C>) {
        *self.0.borrow_mut() = Some(handle.clone());
    }

    pub(crate) fn get(&self) -> Shared<C> {
        self.0.borrow().clone().expect("a handle was set")
    }

    /// Breaks the cycle.
    pub(crate) fn clear(&self) {
        let handle = self.0.take();
        drop(handle);
    }
}

impl<C> Clone for Cell<C> {
    fn clone(&self) -> Self {
        Cell(Rc::clone(&self.0))
    }
}
