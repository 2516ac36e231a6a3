//! Hook tests take turns: there is one hook for the process.

use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Misbehaviour, close_in_drop, set_unraisable_hook, take_unraisable_hook};
use crate::{Code, Exception};

static CODE: &Code = &Code::new("victim", "src/a.rs", 7, &[]);
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// One test at a time has the hook; the default one is back when it ends.
struct Turn {
    _held: MutexGuard<'static, ()>,
}

impl Turn {
    fn take() -> Turn {
        static TURN: Mutex<()> = Mutex::new(());
        let _held = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        seen();
        Turn { _held }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(take_unraisable_hook());
    }
}

fn see(line: impl ToString) {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_string());
}

fn seen() -> Vec<String> {
    mem::take(&mut SEEN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Closes in a drop of a stack that unwinds.
fn close_while_unwinding(close: impl FnOnce() -> Result<(), Exception>) {
    struct Dropped<F: FnOnce() -> Result<(), Exception>>(Option<F>);
    impl<F: FnOnce() -> Result<(), Exception>> Drop for Dropped<F> {
        fn drop(&mut self) {
            close_in_drop(CODE, self.0.take().unwrap());
        }
    }
    let dropped = Dropped(Some(close));
    let unwinding = AssertUnwindSafe(move || {
        let _dropped = dropped;
        panic!("first")
    });
    let payload = catch_unwind(unwinding).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"first"));
}

#[test]
fn nothing_is_said_of_a_coroutine_that_ends() {
    let _turn = Turn::take();
    set_unraisable_hook(|report| see(report));
    close_in_drop(CODE, || Ok(Some(3)));
    close_in_drop(CODE, || Err::<(), _>(Exception::Exit));
    assert!(seen().is_empty());
}

// DRP-03
#[test]
fn what_is_raised_ignored_and_panicked() {
    let _turn = Turn::take();
    set_unraisable_hook(|report| see(report));
    close_in_drop(CODE, || Err::<(), _>(Exception::IgnoredExit));
    close_in_drop(CODE, || Err::<(), _>(fmt::Error.into()));
    close_in_drop::<()>(CODE, || panic!("number {}", 3));
    close_in_drop::<()>(CODE, || panic!("no number"));
    close_in_drop::<()>(CODE, || panic_any(3));
    let at = "ignored while a dropped coroutine was closed: victim at src/a.rs:7:";
    assert_eq!(
        seen(),
        [
            format!("exception {at} {}", Exception::IgnoredExit),
            format!("exception {at} {}", fmt::Error),
            format!("panic {at} number 3"),
            format!("panic {at} no number"),
            format!("panic {at} Box<dyn Any>"),
        ]
    );
}

#[test]
fn a_report_says_who_what_and_where() {
    let _turn = Turn::take();
    set_unraisable_hook(|report| {
        assert!(std::ptr::eq(report.code(), CODE));
        let Misbehaviour::Raised(exception) = report.what() else { panic!("{report:?}") };
        assert!(exception.is::<fmt::Error>());
        assert!(exception.source().is_some_and(Exception::is_exit));
        see(report.to_string().lines().skip(1).collect::<String>());
    });
    let raised = crate::private::raise(fmt::Error);
    let expected = raised.traceback().to_string();
    close_in_drop(CODE, || Err::<(), _>(raised));
    assert_eq!(seen(), [expected]);
}

#[test]
fn during_another_panic() {
    let _turn = Turn::take();
    set_unraisable_hook(|report| see(matches!(report.what(), Misbehaviour::Panicked(text) if text == "second")));
    close_while_unwinding(|| panic!("second"));
    set_unraisable_hook(|_| panic!("third"));
    close_while_unwinding(|| panic!("second"));
    assert_eq!(seen(), ["true"]);
}

#[test]
fn a_hook_that_panics() {
    let _turn = Turn::take();
    set_unraisable_hook(|report| {
        see(report.code().name());
        panic!("in the hook")
    });
    close_in_drop(CODE, || Err::<(), _>(Exception::IgnoredExit));
    close_in_drop(CODE, || Err::<(), _>(Exception::IgnoredExit));
    assert_eq!(seen(), ["victim", "victim"]);
}

#[test]
fn an_error_whose_own_code_panics() {
    #[derive(Debug)]
    struct Wild;
    impl fmt::Display for Wild {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            see("display");
            panic!("display")
        }
    }
    impl std::error::Error for Wild {}
    impl Drop for Wild {
        fn drop(&mut self) {
            see("drop");
            panic!("drop")
        }
    }
    let _turn = Turn::take();
    set_unraisable_hook(|_| see("hook"));
    close_in_drop(CODE, || Err::<(), _>(Wild.into()));
    assert_eq!(seen(), ["hook", "drop"]);
}

#[test]
fn a_hook_sets_hooks_and_drops_coroutines() {
    let _turn = Turn::take();
    set_unraisable_hook(|_| {
        see("first");
        set_unraisable_hook(|_| see("second"));
        close_in_drop(CODE, || Err::<(), _>(Exception::IgnoredExit));
    });
    close_in_drop(CODE, || Err::<(), _>(Exception::IgnoredExit));
    assert_eq!(seen(), ["first", "second"]);
}

#[test]
fn a_hook_is_taken_and_called_by_another() {
    let _turn = Turn::take();
    set_unraisable_hook(|_| see("inner"));
    let inner = take_unraisable_hook();
    set_unraisable_hook(move |report| {
        see("outer");
        inner(report);
    });
    close_in_drop(CODE, || Err::<(), _>(Exception::IgnoredExit));
    drop(take_unraisable_hook());
    close_in_drop(CODE, || Err::<(), _>(Exception::IgnoredExit));
    assert_eq!(seen(), ["outer", "inner"]);
}
