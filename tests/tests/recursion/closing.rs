//! Exceptions on their way through levels, closing, misuse and panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use coframe::{CoroutineExt, Exception, State, Step, raise, try_yield, try_yield_from, yield_, yield_from};

use super::{Loud, Mishap, name, one_line, report, said, say};

/// A level of many: says what happens to it. What `n` and the levels below do about exceptions is `how`'s to say.
#[coframe::coroutine(recursive, yield = u32, send = u32)]
fn level(n: u32, last: u32, how: &dyn Fn(u32, &Exception) -> Reaction) -> u32 {
    say(format_args!("in-{n}"));
    let _local = Loud(n);
    let outcome = if n == last { try_yield!(n) } else { try_yield_from!(level(n + 1, last, how)) };
    match outcome {
        Ok(value) => {
            say(format_args!("out-{n}"));
            value + 1
        }
        Err(exception) => {
            say(format_args!("{}-at-{n}", name(&exception)));
            match how(n, &exception) {
                Reaction::Pass => raise!(exception),
                Reaction::Return(value) => value,
                Reaction::Raise(mishap) => raise!(Mishap(mishap)),
                Reaction::Yield(value) => {
                    let sent = yield_!(value);
                    say(format_args!("again-{n}-{sent}"));
                    sent
                }
                Reaction::Call(first) => yield_from!(helper(first)),
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Reaction {
    Pass,
    Return(u32),
    Raise(u32),
    Yield(u32),
    Call(u32),
}
use Reaction::{Call, Pass, Raise, Return, Yield};

/// Called by a level that handles an exception: returns at 0, raises at 1, else yields two levels deeper.
#[coframe::coroutine(recursive, yield = u32, send = u32)]
fn helper(n: u32) -> u32 {
    let _local = Loud(n);
    say(format_args!("help-{n}"));
    match n {
        0 => 10,
        1 => raise!(Mishap(11)),
        20 => yield_from!(helper(0)) + 1,
        _ => yield_!(n),
    }
}

/// What a reaction at each of some levels makes; others pass.
fn at(reactions: &'static [(u32, Reaction)]) -> impl Fn(u32, &Exception) -> Reaction {
    move |n, _| reactions.iter().find(|(at, _)| *at == n).map_or(Pass, |(_, reaction)| *reaction)
}

fn outcome<R: std::fmt::Debug>(outcome: Result<R, Exception>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(exception) => name(&exception),
    }
}

// DEL-01, DEL-03, DEL-05, DEL-10
#[test]
fn calls_start_at_once_and_returns_go_on_in_the_same_resume() {
    let how = at(&[]);
    let mut co = level(0, 2, &how);
    assert_eq!((co.depth(), one_line().as_str()), (1, ""));
    assert_eq!(co.start().unwrap(), Step::Yielded(2));
    assert_eq!((co.depth(), one_line().as_str()), (3, "in-0 in-1 in-2"));
    assert_eq!(co.send(5).unwrap(), Step::Returned(8));
    assert_eq!((co.depth(), one_line().as_str()), (0, "out-2 drop-2 out-1 drop-1 out-0 drop-0"));
}

// DEL-09, DEL-18, DEL-19
#[test]
fn a_throw_reaches_the_innermost_and_climbs() {
    for (reactions, thrown, trace) in [
        (at(&[]), "mishap-7", "mishap-7-at-2 drop-2 mishap-7-at-1 drop-1 mishap-7-at-0 drop-0"),
        (at(&[(1, Return(3))]), "Returned(4)", "mishap-7-at-2 drop-2 mishap-7-at-1 drop-1 out-0 drop-0"),
        (at(&[(2, Raise(8))]), "mishap-8", "mishap-7-at-2 drop-2 mishap-8-at-1 drop-1 mishap-8-at-0 drop-0"),
        (at(&[(1, Yield(9))]), "Yielded(9)", "mishap-7-at-2 drop-2 mishap-7-at-1"),
        (at(&[(1, Call(5))]), "Yielded(5)", "mishap-7-at-2 drop-2 mishap-7-at-1 help-5"),
    ] {
        let mut co = level(0, 2, &reactions);
        co.start().unwrap();
        assert_eq!(one_line(), "in-0 in-1 in-2");
        assert_eq!(outcome(co.throw(Mishap(7))), thrown);
        assert_eq!(one_line(), trace);
        if co.state() == State::Suspended {
            assert_eq!(co.send(20).unwrap(), Step::Returned(21));
        }
        said();
        assert!(matches!(co.send(1), Err(Exception::Finished)));
        assert!(matches!(co.throw(Mishap(9)), Err(e) if e.is::<Mishap>()));
    }
}

// DEL-07, DRP-06
#[test]
fn a_close_ends_the_innermost_first() {
    let trace = "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0";
    let how = at(&[]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert!(matches!(co.close(), Ok(None)));
    assert_eq!((co.state(), one_line().as_str()), (State::Closed, trace));
    assert!(matches!(co.close(), Ok(None)));

    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert!(matches!(co.throw(Exception::Exit), Err(Exception::Exit)));
    assert_eq!(one_line(), trace);

    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    drop(co);
    assert_eq!(one_line(), trace);
}

/// What closing three levels gives and does, and what dropping them does, which is the same for the body.
fn closing(reactions: &'static [(u32, Reaction)], closed: &str, trace: &str) {
    report();
    let how = at(reactions);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert_eq!(outcome(co.close()), closed);
    assert_eq!(one_line(), trace);
    drop(co);
    said();

    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    drop(co);
    assert!(one_line().starts_with(trace), "a drop closes");
}

// DEL-20, DEL-29
#[test]
fn an_exit_that_is_returned_from_goes_on_all_the_same() {
    closing(&[(2, Return(3))], "None", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0");
    closing(&[(2, Return(3)), (1, Return(4))], "None", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0");
    // CLO-03: nobody delegates to the outermost.
    closing(&[(0, Return(3))], "Some(3)", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 drop-0");
}

// DEL-08, DEL-22
#[test]
fn an_error_while_closing_climbs_instead_of_the_exit() {
    closing(&[(2, Raise(5))], "mishap-5", "exit-at-2 drop-2 mishap-5-at-1 drop-1 mishap-5-at-0 drop-0");
    // A level that swallows the error of another is closed all the same.
    closing(&[(2, Raise(5)), (1, Return(1))], "None", "exit-at-2 drop-2 mishap-5-at-1 drop-1 exit-at-0 drop-0");

    let how = at(&[(2, Raise(5))]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    assert!(matches!(co.close().unwrap_err().source(), Some(Exception::Exit)));
    said();
}

// DEL-21, DEL-28
#[test]
fn an_exit_that_is_yielded_at_is_ignored() {
    // The level is dropped, which closes it for the last time: at its second yield this passes.
    closing(&[(2, Yield(6))], "ignoredexit", "exit-at-2 drop-2 ignoredexit-at-1 drop-1 ignoredexit-at-0 drop-0");
    closing(
        &[(2, Yield(6)), (1, Yield(7))],
        "ignoredexit",
        "exit-at-2 drop-2 ignoredexit-at-1 drop-1 ignoredexit-at-0 drop-0",
    );
    closing(&[(2, Yield(6)), (1, Return(7))], "None", "exit-at-2 drop-2 ignoredexit-at-1 drop-1 exit-at-0 drop-0");
}

// CLO-05
#[test]
fn the_outermost_stays_suspended_where_it_ignores_an_exit() {
    let how = at(&[(0, Yield(6))]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert_eq!(co.throw(Exception::Exit).unwrap(), Step::Yielded(6));
    assert_eq!((co.depth(), one_line().as_str()), (1, "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0"));
    assert!(matches!(co.close(), Ok(None)));
    assert_eq!(one_line(), "drop-0");

    let mut co = level(0, 0, &how);
    co.start().unwrap();
    assert!(matches!(co.close(), Err(Exception::IgnoredExit)));
    assert_eq!(co.send(8).unwrap(), Step::Returned(8));
    said();
}

#[test]
fn calls_made_while_an_exit_is_handled() {
    // A call that returns, directly and through another: an ordinary return, in a level that is being closed.
    closing(&[(1, Call(0))], "None", "exit-at-2 drop-2 exit-at-1 help-0 drop-0 drop-1 exit-at-0 drop-0");
    closing(
        &[(1, Call(20))],
        "None",
        "exit-at-2 drop-2 exit-at-1 help-20 help-0 drop-0 drop-20 drop-1 exit-at-0 drop-0",
    );
    // One that raises.
    closing(&[(2, Call(1))], "mishap-11", "exit-at-2 help-1 drop-1 drop-2 mishap-11-at-1 drop-1 mishap-11-at-0 drop-0");
    // One that yields: the level that called it has ignored its exit, and both go.
    closing(&[(1, Call(5))], "ignoredexit", "exit-at-2 drop-2 exit-at-1 help-5 drop-5 drop-1 ignoredexit-at-0 drop-0");
    closing(&[(0, Call(0))], "Some(10)", "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 help-0 drop-0 drop-0");
    // In the outermost that is a yield.
    let how = at(&[(0, Call(5))]);
    let mut co = level(0, 2, &how);
    co.start().unwrap();
    said();
    assert_eq!(co.throw(Exception::Exit).unwrap(), Step::Yielded(5));
    assert_eq!((co.depth(), one_line().as_str()), (2, "exit-at-2 drop-2 exit-at-1 drop-1 exit-at-0 help-5"));
    assert_eq!(co.send(8).unwrap(), Step::Returned(8));
    assert_eq!(one_line(), "drop-5 drop-0");
}

// DRP-03
#[test]
fn what_is_dropped_while_closing_is_closed_once_more_and_reported() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn stubborn(turns: u32) {
        for turn in 0..turns {
            if let Err(exception) = try_yield!(turn) {
                say(format_args!("{}-{turn}", name(&exception)));
            }
        }
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn outer() {
        if let Err(exception) = try_yield_from!(stubborn(9)) {
            say(format_args!("outer-{}", name(&exception)));
            raise!(exception);
        }
    }
    report();
    let mut co = outer();
    co.start().unwrap();
    assert!(matches!(co.close(), Err(Exception::IgnoredExit)));
    assert_eq!(one_line(), "exit-0 exit-1 unraisable-stubborn outer-ignoredexit");
    let mut co = outer();
    co.start().unwrap();
    drop(co);
    assert_eq!(one_line(), "exit-0 exit-1 unraisable-stubborn outer-ignoredexit unraisable-outer");
}

// CRE-06, THR-04, CLO-01
#[test]
fn misuse_leaves_it_as_it_was() {
    let how = at(&[]);
    let mut co = level(0, 2, &how);
    assert!(matches!(co.send(1), Err(Exception::NotStarted)));
    assert_eq!((co.state(), co.depth()), (State::Created, 1));
    co.start().unwrap();
    for _ in 0..2 {
        assert!(matches!(co.start(), Err(Exception::AlreadyStarted)));
    }
    assert_eq!((co.state(), co.depth(), one_line().as_str()), (State::Suspended, 3, "in-0 in-1 in-2"));
    assert_eq!(co.send(5).unwrap(), Step::Returned(8));
    said();

    for exception in [Exception::Exit, Mishap(1).into()] {
        let mut co = level(0, 2, &how);
        let thrown = name(&exception);
        assert_eq!(outcome(co.throw(exception)), thrown);
        assert_eq!((co.state(), co.depth()), (State::Closed, 0));
        assert!(matches!(co.start(), Err(Exception::Finished)));
    }
    drop(level(0, 2, &how));
    assert_eq!(one_line(), "");
}

#[test]
fn misuse_that_is_raised_is_an_exception_like_any_other() {
    #[coframe::coroutine(recursive, yield = u32, send = u32)]
    fn inner() {
        yield_!(1);
        raise!(Exception::AlreadyStarted);
    }
    #[coframe::coroutine(recursive, yield = u32, send = u32)]
    fn outer() -> String {
        name(&try_yield_from!(inner()).unwrap_err())
    }
    let mut co = outer();
    co.start().unwrap();
    assert_eq!(co.send(1).unwrap(), Step::Returned("alreadystarted".to_owned()));
}

#[test]
fn a_panic_drops_all_levels_and_runs_none() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn deep(n: u32) {
        let _local = Loud(n);
        yield_!(n);
        if n == 3 {
            panic!("bottom");
        }
        if let Err(exception) = try_yield_from!(deep(n + 1)) {
            say("handled");
            raise!(exception);
        }
    }
    let mut co = deep(0);
    for n in 0..4 {
        assert_eq!(co.next(), Some(n));
    }
    assert!(catch_unwind(AssertUnwindSafe(|| co.next())).is_err());
    assert_eq!(one_line(), "drop-3 drop-2 drop-1 drop-0");
    assert_eq!((co.state(), co.depth(), co.next()), (State::Closed, 0, None));
    assert!(matches!(co.close(), Ok(None)));
    drop(co);
    assert_eq!(one_line(), "");
}

#[test]
fn what_is_returned_at_the_exit_of_a_drop_may_panic_when_it_is_dropped() {
    struct Panicking;
    impl Drop for Panicking {
        fn drop(&mut self) {
            say("gone");
            panic!("on purpose");
        }
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn stays(exits: u32) -> Panicking {
        for left in (0..exits).rev() {
            if matches!(try_yield!(left), Err(Exception::Exit)) {
                say(left);
            }
        }
        Panicking
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn calls() {
        let _local = Loud("local");
        if let Err(exception) = try_yield_from!(stays(2)) {
            say(name(&exception));
        }
    }
    report();
    let mut outermost = stays(1);
    outermost.start().unwrap();
    drop(outermost);
    assert_eq!(one_line(), "0 gone unraisable-stays");
    // The second exit of `stays` is that of a drop, since its first one was ignored.
    let mut co = calls();
    co.start().unwrap();
    assert!(co.close().is_ok());
    assert_eq!(one_line(), "1 0 gone unraisable-stays ignoredexit drop-local");
}

#[test]
fn a_panic_in_the_drop_of_a_level_leaves_none_of_the_others() {
    struct Panicking;
    impl Drop for Panicking {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn down(n: u32) {
        let _panicking = (n == 1).then(|| Panicking);
        let _local = Loud(n);
        if n > 0 {
            yield_from!(down(n - 1));
        }
        yield_!(n);
    }
    #[coframe::coroutine(recursive, yield = u32)]
    fn ignores() {
        if matches!(try_yield!(9), Err(Exception::Exit)) {
            yield_from!(down(3));
        }
    }
    report();
    let mut co = ignores();
    co.start().unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(co))).is_err());
    assert_eq!(one_line(), "unraisable-ignores drop-0 drop-1 drop-2 drop-3");
}
