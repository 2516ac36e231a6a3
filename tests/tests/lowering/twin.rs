//! The native twin's side: what its markers call, and what becomes of what leaves it.
//!
//! What is raised outside of any attempt unwinds: it must drop the same locals, in the same order, as in the frame.

use std::cell::Cell;
use std::fmt::Debug;
use std::panic::resume_unwind;

use coframe::{Delegate, Exception, Step};

use crate::harness::{Act, first_act, message, next_act, probe, quietly, script, t, text, untraced};
use crate::script::Script;

/// What unwinds the twin: an exception.
struct Raised(Exception);

/// What unwinds the twin, and nothing can catch.
struct Stopped;

/// How the twin is being ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    No,
    Closed,
    Dropped,
}

thread_local! {
    static ENDING: Cell<Ending> = const { Cell::new(Ending::No) };
}

/// Runs the native twin.
pub(crate) fn twin<R: Debug>(body: impl FnOnce() -> R) {
    ENDING.set(Ending::No);
    let outcome = quietly(body).map_err(|payload| payload.downcast::<Raised>().map(|raised| raised.0));
    match (ENDING.get(), outcome) {
        (Ending::No, Ok(value)) => t(format_args!("return {}", untraced(&value))),
        (Ending::No, Err(Ok(exception))) => t(format_args!("raised {}", text(&exception))),
        (Ending::Closed, Ok(value)) => t(format_args!("closed with {}", untraced(&value))),
        (Ending::Closed, Err(Ok(Exception::Exit))) => t("closed"),
        (Ending::Closed, Err(Ok(exception))) => {
            t(format_args!("close raised {}", text(&while_closing(exception))));
        }
        (Ending::Dropped, Ok(value)) => {
            drop(value);
            t("dropped");
        }
        (Ending::Dropped, Err(Ok(exception))) => {
            if !exception.is_exit() {
                t(format_args!("unraisable: {}", text(&while_closing(exception))));
            }
            t("dropped");
        }
        (Ending::Dropped, Err(Err(payload))) => {
            if !payload.is::<Stopped>() {
                t(format_args!("unraisable panic: {}", message(&*payload)));
            }
            t("dropped");
        }
        (_, Err(Err(payload))) => t(format_args!("panicked: {}", message(&*payload))),
    }
}

/// What is raised in place of the exit has it as its source.
fn while_closing(exception: Exception) -> Exception {
    if exception.source().is_some() { exception } else { exception.with_source(Exception::Exit) }
}

/// The body of a function that ends before its body runs.
pub(crate) fn abandon() -> ! {
    leave(received::<()>(0, first_act()).expect_err("nothing is sent to what was not started"))
}

/// `raise!` outside of any attempt.
pub(crate) fn leave(exception: Exception) -> ! {
    resume_unwind(Box::new(Raised(exception)))
}

/// `yield_!` outside of any attempt.
pub(crate) fn pause<Y: Debug, S: Script>(value: Y) -> S {
    try_pause(value).unwrap_or_else(|exception| leave(exception))
}

/// Records a yielded value, and gives what comes next.
pub(crate) fn try_pause<Y: Debug, S: Script>(value: Y) -> Result<S, Exception> {
    match ENDING.replace(Ending::No) {
        Ending::No => {
            t(format_args!("yield {value:?}"));
            drop(value);
        }
        Ending::Closed => {
            drop(value);
            t("ignored the exit");
        }
        Ending::Dropped => {
            drop(value);
            t(format_args!("unraisable: {}", Exception::IgnoredExit));
            ENDING.set(Ending::Dropped);
            resume_unwind(Box::new(Stopped))
        }
    }
    let (index, act) = next_act();
    received(index, act)
}

fn received<S: Script>(index: usize, act: Act) -> Result<S, Exception> {
    match act {
        Act::Send => return Ok(script(index)),
        Act::Throw => return Err(probe(index)),
        Act::ThrowExit => {}
        Act::Close => ENDING.set(Ending::Closed),
        Act::Drop => ENDING.set(Ending::Dropped),
    }
    Err(Exception::Exit)
}

/// `yield_from!` outside of any attempt.
pub(crate) fn delegate<S: Script, D: Delegate<S, Yield: Debug>>(delegate: D) -> D::Return {
    try_delegate(delegate).unwrap_or_else(|exception| leave(exception))
}

/// PEP 380 in plain Rust. The delegate is the frame's own: what it does is another test's affair.
pub(crate) fn try_delegate<S: Script, D: Delegate<S, Yield: Debug>>(mut delegate: D) -> Result<D::Return, Exception> {
    let mut step = delegate.advance(None);
    loop {
        let value = match step? {
            Step::Returned(value) => return Ok(value),
            Step::Yielded(value) => value,
        };
        step = match try_pause(value) {
            Ok(sent) => delegate.advance(Some(sent)),
            Err(Exception::Exit) => {
                delegate.release()?;
                return Err(Exception::Exit);
            }
            Err(exception) => delegate.interrupt(exception),
        };
    }
}
