//! What is raised, and what a resume gave, as lines of the trace.

use std::error::Error;
use std::fmt::{self, Debug};
use std::iter::successors;
use std::sync::Once;

use coframe::{Exception, Resumed, Step, set_unraisable_hook};

pub(crate) use coframe_tests::{Cell, Loud, Mishap, said, say};

/// An error that a handler of [`Mishap`] does not handle.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault(pub(crate) &'static str);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {}", self.0)
    }
}

impl Error for Fault {}

/// Panics when it is dropped.
pub(crate) struct Wild;

impl Drop for Wild {
    fn drop(&mut self) {
        panic!("in a drop");
    }
}

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
