//! Section 5: close.

use coframe::State;
use coframe::prelude::*;
use coframe_tests::Movable;

use crate::tools::{Fault, Loud, Mishap, closed, gave, said, say};

#[super::coroutine(yield = u32, send = u32)]
fn counter(_argument: Loud) {
    say("begin");
    let mut n = 0;
    let _local = Loud("local");
    loop {
        n += yield_!(n);
    }
}

/// Refuses to be closed as often as it is told to: `conformance/g07_close_misbehaviour.py`.
#[super::coroutine(yield = u32)]
fn stubborn(mut left: u32) -> &'static str {
    let _local = Loud("local");
    loop {
        if let Err(raised) = try_yield!(left) {
            if !raised.is_exit() {
                raise!(raised);
            }
            say(format_args!("refusing, left {left}"));
            if left == 0 {
                return "gave up";
            }
            left -= 1;
        }
    }
}

/// Fails while it is closed.
#[super::coroutine(yield = &'static str)]
fn failing() {
    let _outer = Loud("outer");
    let raised = attempt! {
        let _inner = Loud("inner");
        yield_!("ok");
    };
    say("cleanup fails");
    drop(raised);
    raise!(Fault("disk full"));
}

#[test]
fn clo_01_a_close_before_the_start_runs_nothing() {
    let mut co = counter(Loud("argument")).movable();
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), ["drop argument"]);
    assert_eq!(gave(co.start()), "raised Finished");
    let mut co = stubborn(3).movable();
    assert_eq!(closed(co.close()), "closed");
    assert!(said().is_empty());
    assert_eq!(co.state(), State::Closed);
}

#[test]
fn clo_02_a_close_raises_the_exit_at_the_yield() {
    #[super::coroutine]
    fn sees(returns: bool) {
        if let Err(raised) = try_yield!() {
            say(format_args!("sees {raised:?}"));
            if returns {
                return;
            }
            raise!(raised);
        }
    }
    let mut co = sees(false).movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed");
    let mut co = sees(true).movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed with ()");
    assert_eq!(said(), ["sees Exit", "sees Exit"]);
    assert_eq!(co.state(), State::Closed);
}

#[test]
fn clo_03_a_close_gives_what_is_returned() {
    let mut co = stubborn(0).movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed with \"gave up\"");
    assert_eq!(said(), ["refusing, left 0", "drop local"]);
    assert_eq!(closed(co.close()), "closed");
    let mut co = counter(Loud("argument")).movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed");
}

#[test]
fn clo_04_a_close_after_the_end_does_nothing() {
    #[super::coroutine]
    fn one(_argument: Loud) -> u32 {
        yield_!();
        1
    }
    for end in ["returned", "raised", "closed", "never started"] {
        let mut co = one(Loud("argument")).movable();
        if end != "never started" {
            co.start().unwrap();
        }
        match end {
            "returned" => drop(co.start()),
            "raised" => drop(co.throw(Mishap(1))),
            _ => drop(co.close()),
        }
        assert_eq!(said(), ["drop argument"], "{end}");
        for _ in 0..3 {
            assert_eq!(closed(co.close()), "closed", "{end}");
        }
        drop(co);
        assert!(said().is_empty(), "{end}");
    }
}

#[test]
fn clo_05_a_yield_while_closing_is_refused_and_it_stays_suspended() {
    let mut co = stubborn(2).movable();
    assert_eq!(gave(co.start()), "yielded 2");
    assert_eq!(closed(co.close()), "raised IgnoredExit");
    assert_eq!(co.state(), State::Suspended);
    assert_eq!(closed(co.close()), "raised IgnoredExit");
    assert_eq!(gave(co.start()), "yielded 0");
    assert_eq!(said(), ["refusing, left 2", "refusing, left 1"]);
    assert_eq!(closed(co.close()), "closed with \"gave up\"");
    assert_eq!(said(), ["refusing, left 0", "drop local"]);
    assert_eq!(gave(co.start()), "raised Finished");
}

#[test]
fn clo_06_an_error_while_closing_leaves_through_close() {
    let mut co = failing().movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "raised fault disk full <- Exit");
    assert_eq!(said(), ["drop inner", "cleanup fails", "drop outer"]);
    assert_eq!(gave(co.start()), "raised Finished");
    assert_eq!(closed(co.close()), "closed");
    // A source that was given stands, and an explicit one may be the exit itself.
    #[super::coroutine]
    fn sourced(ours: bool) {
        let Err(exit) = attempt! {
            loop {
                yield_!();
            }
        };
        if ours {
            raise!(Fault("close"), from = Mishap(1));
        }
        raise!(Fault("close"), from = exit);
    }
    for (ours, end) in [(true, "raised fault close <- mishap 1"), (false, "raised fault close <- Exit")] {
        let mut co = sourced(ours).movable();
        co.start().unwrap();
        assert_eq!(closed(co.close()), end);
    }
}

#[test]
fn clo_07_a_close_drops_the_locals_at_once() {
    let mut co = counter(Loud("argument")).movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), ["begin", "drop local", "drop argument"]);
    drop(co);
    assert!(said().is_empty());
}

#[test]
fn clo_08_an_ordinary_handler_does_not_see_the_exit() {
    #[super::coroutine(yield = &'static str)]
    fn handles_mishaps() -> Result<u32, std::num::ParseIntError> {
        let _finally = Loud("finally");
        loop {
            let outcome = attempt! {
                let _inner = Loud("inner");
                yield_!("work");
                "x".parse::<u32>()?
            };
            match outcome.map_err(Exception::downcast::<Mishap>) {
                Ok(value) => return Ok(value),
                Err(Ok(mishap)) => say(mishap),
                Err(Err(other)) => raise!(other),
            }
        }
    }
    let mut co = handles_mishaps().movable();
    co.start().unwrap();
    assert_eq!(gave(co.throw(Mishap(1))), "yielded \"work\"");
    assert_eq!(said(), ["drop inner", "mishap 1"]);
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), ["drop inner", "drop finally"]);
    // `?` leaves the function and is no exception.
    let mut co = handles_mishaps().movable();
    co.start().unwrap();
    assert!(matches!(co.start(), Ok(Step::Returned(Err(_)))));
    assert_eq!(said(), ["drop inner", "drop finally"]);
}

#[test]
fn clo_09_a_handler_of_everything_may_swallow_the_exit() {
    #[super::coroutine(yield = u32)]
    fn swallows(returns: bool) -> &'static str {
        let caught = try_yield!(1);
        say(format_args!("caught {}", caught.is_err()));
        if returns {
            return "swallowed";
        }
        yield_!(2);
        "later"
    }
    let mut co = swallows(true).movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed with \"swallowed\"");
    let mut co = swallows(false).movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "raised IgnoredExit");
    assert_eq!(gave(co.start()), "returned \"later\"");
    assert_eq!(said(), ["caught true", "caught true"]);
}

#[test]
fn clo_10_it_is_finished_after_any_close_but_a_refused_one() {
    #[super::coroutine(yield = u32)]
    fn ending(how: &'static str) -> u32 {
        let caught = try_yield!(1);
        match (how, caught) {
            ("returns", _) => 1,
            ("raises", _) => raise!(Mishap(1)),
            ("passes", Err(exit)) => raise!(exit),
            _ => {
                yield_!(2);
                2
            }
        }
    }
    let ends = [
        ("returns", "closed with 1", State::Closed),
        ("raises", "raised mishap 1 <- Exit", State::Closed),
        ("passes", "closed", State::Closed),
        ("yields", "raised IgnoredExit", State::Suspended),
    ];
    for (how, end, state) in ends {
        let mut co = ending(how).movable();
        co.start().unwrap();
        assert_eq!((closed(co.close()).as_str(), co.state()), (end, state), "{how}");
        assert_eq!(co.frame().is_none(), state == State::Closed, "{how}");
    }
}
