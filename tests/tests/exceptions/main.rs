//! Exceptions: what they were raised from, where they passed, how they print, and what a close adds to them.
//!
//! The names in the comments are the lines of `docs/semantics.md`. `bodies` is compiled both ways, from the same lines: as
//! frames and, in `pinned`, by rustc.

#![allow(clippy::duplicate_mod, reason = "the module is compiled once by each lowering")]

mod bodies;
mod clones;

pub(crate) use coframe::coroutine;

#[path = "."]
mod pinned {
    pub(crate) use coframe_tests_attributes::pinned as coroutine;

    mod bodies;
}

use std::error::Error;
use std::fmt;
use std::iter::successors;
use std::panic::Location;
use std::pin::Pin;

use coframe::private::{raise, raise_from, raised_while_closing};
use coframe::{Coroutine, CoroutineExt, Exception, Resumed, Signal, Step};
use coframe_tests::Mishap;

/// An error with a source of its own.
#[derive(Debug)]
struct Wrapped(Mishap);

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrapped")
    }
}

impl Error for Wrapped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// `mishap 0` from `mishap 1` from …, `length` in all.
fn chain(length: u32) -> Exception {
    (0..length - 1).rev().fold(Mishap(length - 1).into(), |cause, n| Exception::from(Mishap(n)).with_source(cause))
}

fn numbers(exception: &Exception) -> Vec<u32> {
    let chain = successors(Some(exception), |exception| exception.source());
    chain.map(|exception| exception.downcast_ref::<Mishap>().unwrap().0).collect()
}

fn errors<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source()).collect()
}

#[track_caller]
fn here() -> &'static Location<'static> {
    Location::caller()
}

fn misuses() -> Vec<Exception> {
    use Exception::*;
    vec![Exit, Finished, NotStarted, AlreadyStarted, AlreadyRunning, IgnoredExit]
}

/// Yields once; a throw then raises what it was made with.
struct Failing(Option<Exception>);

impl Coroutine for Failing {
    type Yield = ();
    type Return = ();

    fn resume(mut self: Pin<&mut Self>, signal: Signal<()>) -> Resumed<(), ()> {
        match signal {
            Signal::Throw(thrown) => Err(self.0.take().unwrap_or(thrown)),
            _ => Ok(Step::Yielded(())),
        }
    }
}

#[test]
fn only_the_exit_is_an_exit() {
    let exits: Vec<bool> = misuses().iter().map(Exception::is_exit).collect();
    assert_eq!(exits, [true, false, false, false, false, false]);
    assert!(!Exception::from(Mishap(1)).is_exit());
}

#[test]
fn a_source_is_set_and_replaced() {
    let exception = Exception::from(Mishap(1)).with_source(Mishap(2)).with_source(Exception::from(Mishap(3)));
    assert_eq!(numbers(&exception), [1, 3]);
    assert_eq!(numbers(&chain(5)), [0, 1, 2, 3, 4]);
}

#[test]
fn the_plain_variants_have_no_room_for_a_source() {
    for misuse in misuses() {
        let name = format!("{misuse:?}");
        let misuse = misuse.with_source(Mishap(1)).climbed(here());
        assert!(misuse.source().is_none());
        assert!(misuse.traceback().is_empty());
        assert_eq!(format!("{misuse:?}"), name);
    }
}

#[test]
fn the_errors_own_source_is_another_matter() {
    let exception = Exception::from(Wrapped(Mishap(1)));
    assert!(exception.source().is_none());
    let Exception::Thrown(thrown) = exception.with_source(Exception::Exit) else { panic!() };
    assert!(thrown.source().unwrap().is::<Mishap>());
}

#[test]
fn a_failed_downcast_gives_everything_back() {
    let before = raise_from(Mishap(1), Mishap(2));
    let text = format!("{before:?}");
    let after = before.downcast::<fmt::Error>().unwrap_err();
    assert_eq!(format!("{after:?}"), text);
    assert_eq!(numbers(&after), [1, 2]);
    assert_eq!(after.traceback().iter().len(), 1);
    assert_eq!(after.downcast::<Mishap>().unwrap(), Mishap(1));
}

#[test]
fn as_a_boxed_error_without_a_source_it_is_the_bare_error() {
    let error = Box::<dyn Error + Send + Sync>::from(raise(Wrapped(Mishap(1))));
    assert!(error.is::<Wrapped>());
    let error = Box::<dyn Error>::from(Exception::Finished);
    assert_eq!(error.to_string(), Exception::Finished.to_string());
    assert!(error.source().is_none());
}

#[test]
fn as_a_boxed_error_it_leads_to_its_sources() {
    let error = Box::<dyn Error>::from(Exception::from(Mishap(0)).with_source(chain(3)));
    let printed: Vec<String> = errors(&*error).iter().map(|error| format!("{error}, {error:?}")).collect();
    assert_eq!(printed, ["mishap 0, Mishap(0)", "mishap 0, Mishap(0)", "mishap 1, Mishap(1)", "mishap 2, Mishap(2)"]);
    assert_eq!(errors(&*error)[3].downcast_ref(), Some(&Mishap(2)));
    let closing = Box::<dyn Error>::from(raise_from(Mishap(1), Exception::Exit));
    let exit = closing.source().unwrap();
    assert_eq!(format!("{exit}, {exit:?}"), "coroutine is being closed, Exit");
    assert!(exit.source().is_none());
}

// In a thread with a small stack, so that a recursive drop would not get through.
#[test]
fn a_chain_of_sources_as_long_as_you_like() {
    let body = || {
        const LENGTH: u32 = if cfg!(miri) { 100 } else { 100_000 };
        drop(chain(LENGTH));
        drop(chain(LENGTH).downcast::<Mishap>());
        drop(Exception::from(Mishap(0)).with_source(chain(LENGTH)).with_source(Exception::Exit));
        let printed = format!("{:?}", chain(LENGTH));
        assert_eq!(printed.lines().count(), LENGTH as usize);
        assert!(printed.ends_with(&format!("\ncaused by: Thrown(Mishap({}))", LENGTH - 1)));
        let error = Box::<dyn Error>::from(chain(LENGTH));
        assert_eq!(errors(&*error).len(), LENGTH as usize);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(body).unwrap().join().unwrap();
}

#[test]
fn a_raise_records_its_place() {
    let (raised, line) = (raise(Mishap(1)), line!());
    let places: Vec<_> = raised.traceback().iter().map(|(at, times)| (at.file(), at.line(), times)).collect();
    assert_eq!(places, [(file!(), line, 1)]);
    let (again, next) = (raise(raised), line!());
    assert_eq!(again.traceback().to_string(), format!("  at {0}:{line}\n  at {0}:{next}", file!()));
    let (from, line) = (raise_from(again, Mishap(2)), line!());
    assert_eq!(from.traceback().iter().next_back().unwrap().0.line(), line);
    assert!(from.source().unwrap().traceback().is_empty());
}

// CPython's "[Previous line repeated 999999 more times]".
#[test]
fn equal_neighbours_take_one_entry() {
    let (leaf, level, main) = (here(), here(), here());
    let mut exception = Exception::from(Mishap(1)).climbed(leaf);
    for _ in 0..1_000_000 {
        exception = exception.climbed(level);
    }
    exception = exception.climbed(main).climbed(level);
    let times: Vec<usize> = exception.traceback().iter().map(|(_, times)| times).collect();
    assert_eq!(times, [1, 1_000_000, 1, 1]);
    let printed = exception.traceback().to_string();
    let lines: Vec<_> = printed.lines().map(|line| line.ends_with(" (1000000 times)")).collect();
    assert_eq!(lines, [false, true, false, false]);
}

#[test]
fn debug_is_the_variant_or_a_report() {
    assert_eq!(format!("{:?}", misuses()), "[Exit, Finished, NotStarted, AlreadyStarted, AlreadyRunning, IgnoredExit]");
    assert_eq!(format!("{:?}", Exception::from(Mishap(1))), "Thrown(Mishap(1))");
    assert_eq!(format!("{:#?}", Exception::from(Mishap(1))), "Thrown(\n    Mishap(\n        1,\n    ),\n)");
    let (raised, line) = (raise(Mishap(1)), line!());
    assert_eq!(format!("{raised:?}"), format!("Mishap(1)\n  at {}:{line}", file!()));
    let plain = Exception::from(Mishap(1)).with_source(Mishap(2));
    assert_eq!(format!("{plain:?}"), "Mishap(1)\ncaused by: Thrown(Mishap(2))");
    let all = raised_while_closing(raise_from(Mishap(2), raised_while_closing(raised)));
    let second = all.traceback().to_string();
    let expected = format!("Mishap(2)\n{second}\ncaused by: Mishap(1)\n  at {}:{line}\ncaused by: Exit", file!());
    assert_eq!(format!("{all:?}"), expected);
}

#[test]
fn display_is_the_errors() {
    assert_eq!(raise_from(Mishap(1), Mishap(2)).to_string(), "mishap 1");
    assert_eq!(Exception::AlreadyRunning.to_string(), "cannot resume a coroutine that is running");
}

// CLO-06
#[test]
fn an_error_raised_while_closing_comes_from_the_exit() {
    let mut co = Failing(Some(raise(Mishap(1))));
    co.start().unwrap();
    let raised = co.close().unwrap_err();
    assert!(raised.source().is_some_and(Exception::is_exit));
    assert_eq!(raised.traceback().iter().len(), 1);
    assert_eq!(raised.downcast::<Mishap>().unwrap(), Mishap(1));
    assert!(matches!(co.close(), Ok(None)));
}

#[test]
fn an_error_raised_while_closing_keeps_the_source_it_has() {
    let raised = Failing(Some(chain(2))).close().unwrap_err();
    assert_eq!(numbers(&raised), [0, 1]);
}

#[test]
fn misuse_while_closing_is_left_alone() {
    for misuse in misuses().into_iter().skip(1) {
        let name = format!("{misuse:?}");
        assert_eq!(format!("{:?}", Failing(Some(misuse)).close().unwrap_err()), name);
    }
    assert!(matches!(Failing(None).close(), Ok(None)));
}

#[test]
fn a_throw_decorates_nothing() {
    let raised = Failing(Some(Mishap(1).into())).throw(Exception::Exit).unwrap_err();
    assert!(raised.source().is_none());
    let raised = Failing(Some(Mishap(1).into())).throw(Mishap(2)).unwrap_err();
    assert!(raised.source().is_none());
}

#[test]
fn exceptions_cross_threads() {
    let raised = std::thread::spawn(|| raise_from(Mishap(1), Mishap(2))).join().unwrap();
    assert_eq!(numbers(&raised), [1, 2]);
}
