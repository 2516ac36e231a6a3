//! Section 4: throw.

use coframe::State;
use coframe::prelude::*;
use coframe_tests::Movable;

use crate::tools::{Fault, Loud, Mishap, chain, closed, gave, said, say};

/// Handles mishaps, leaves at a fault, passes on the rest: `conformance/g05_throw.py`.
#[super::coroutine(yield = u32, send = &'static str)]
fn worker() -> &'static str {
    let mut n = 0;
    loop {
        match try_yield!(n) {
            Ok(sent) => {
                say(format_args!("got {sent}"));
                n += 1;
            }
            Err(raised) => match raised.downcast::<Mishap>() {
                Ok(mishap) => {
                    say(format_args!("caught {mishap}"));
                    n += 100;
                }
                Err(raised) if raised.is::<Fault>() => {
                    say("leaving");
                    return "left";
                }
                Err(raised) => raise!(raised),
            },
        }
    }
}

#[super::coroutine(yield = u32, send = u32)]
fn bare(_argument: Loud) {
    say("begin");
    let _local = Loud("local");
    loop {
        yield_!(1);
    }
}

#[test]
fn thr_01_a_handled_throw_gives_the_next_yield() {
    let mut co = worker().movable();
    assert_eq!(gave(co.start()), "yielded 0");
    assert_eq!(gave(co.send("hello")), "yielded 1");
    assert_eq!(gave(co.throw(Mishap(1))), "yielded 101");
    assert_eq!(gave(co.throw(Mishap(2))), "yielded 201");
    assert_eq!(gave(co.send("again")), "yielded 202");
    assert_eq!(gave(co.throw(Fault("k"))), "returned \"left\"");
    assert_eq!(said(), ["got hello", "caught mishap 1", "caught mishap 2", "got again", "leaving"]);
    assert_eq!(co.state(), State::Closed);

    // With an attempt over two yields, whatever stands between them.
    #[super::coroutine(yield = u32)]
    fn spanned() -> u32 {
        let outcome: Result<(), Exception> = attempt! {
            let _local = Loud("local");
            yield_!(1);
            say("between");
            yield_!(2);
        };
        say(format_args!("outcome {}", outcome.is_ok()));
        yield_!(3);
        4
    }
    let mut co = spanned().movable();
    co.start().unwrap();
    assert_eq!(gave(co.start()), "yielded 2");
    assert_eq!(gave(co.throw(Mishap(1))), "yielded 3");
    assert_eq!(gave(co.start()), "returned 4");
    assert_eq!(said(), ["between", "drop local", "outcome false"]);
}

#[test]
fn thr_02_an_unhandled_throw_passes_and_finishes() {
    let mut co = bare(Loud("argument")).movable();
    co.start().unwrap();
    let raised = co.throw(Mishap(4)).unwrap_err();
    assert_eq!(said(), ["begin", "drop local", "drop argument"]);
    assert_eq!(raised.downcast::<Mishap>().unwrap(), Mishap(4));
    assert_eq!(co.state(), State::Closed);
    assert!(co.frame().is_none());

    // Of a handler that passes it on, too, and any of the library's own exceptions.
    let own = || [Exception::Exit, Exception::Finished, Exception::NotStarted, Exception::IgnoredExit];
    for (one, two) in own().into_iter().zip(own()) {
        let name = format!("raised {one:?}");
        let mut co = worker().movable();
        co.start().unwrap();
        assert_eq!(gave(co.throw(one)), name);
        assert_eq!(co.state(), State::Closed);
        let mut co = bare(Loud("argument")).movable();
        co.start().unwrap();
        assert_eq!(gave(co.throw(two)), name);
        assert_eq!(gave(co.start()), "raised Finished");
    }
}

#[test]
fn thr_03_a_throw_after_the_end_comes_straight_back() {
    let mut co = worker().movable();
    co.start().unwrap();
    co.throw(Fault("k")).unwrap();
    said();
    for n in 0..2 {
        assert_eq!(gave(co.throw(Mishap(n))), format!("raised mishap {n}"));
    }
    assert!(said().is_empty());
    assert_eq!(gave(co.throw(Exception::Exit)), "raised Exit");
    assert_eq!(gave(co.send("x")), "raised Finished");
}

#[test]
fn thr_04_a_throw_before_the_start_runs_nothing_and_finishes() {
    let mut co = bare(Loud("argument")).movable();
    assert_eq!(gave(co.throw(Mishap(3))), "raised mishap 3");
    assert_eq!(said(), ["drop argument"]);
    assert_eq!(co.state(), State::Closed);
    assert_eq!(gave(co.start()), "raised Finished");
    // A body with handlers does not get to see it either.
    let mut co = worker().movable();
    assert_eq!(gave(co.throw(Mishap(4))), "raised mishap 4");
    assert_eq!(gave(co.start()), "raised Finished");
    assert_eq!(closed(co.close()), "closed");
    assert!(said().is_empty());
}

#[test]
fn thr_08_a_reraise_extends_the_trail() {
    #[super::coroutine]
    fn reraising() {
        let Err(raised) = attempt! {
            raise!(Mishap(1));
        };
        yield_!();
        let Err(raised) = attempt! {
            raise!(raised);
        };
        raise!(raised);
    }
    let first = line!() - 8;
    let mut co = reraising().movable();
    co.start().unwrap();
    let raised = co.start().unwrap_err();
    let lines: Vec<u32> = raised.traceback().iter().map(|(at, _)| at.line() - first).collect();
    assert_eq!(lines, [0, 4, 6]);
    assert_eq!(chain(&raised), "mishap 1");
}

#[test]
fn thr_11_a_handled_exception_is_kept_across_yields() {
    #[super::coroutine(yield = &'static str)]
    fn late() {
        let Err(raised) = attempt! {
            loop {
                yield_!("work");
            }
        };
        yield_!("handling");
        // Another one comes and goes.
        let other = attempt! {
            yield_!("handling still");
        };
        say(other.unwrap_err());
        raise!(raised);
    }
    let mut co = late().movable();
    co.start().unwrap();
    assert_eq!(gave(co.throw(Mishap(1))), "yielded \"handling\"");
    assert_eq!(gave(co.start()), "yielded \"handling still\"");
    assert_eq!(gave(co.throw(Mishap(2))), "raised mishap 1");
    assert_eq!(said(), ["mishap 2"]);
}
