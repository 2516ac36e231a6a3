//! Section 3: return values. There is no `finally`: an attempt, what follows it, and a `return` or `raise!` are one.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::tools::{Fault, Loud, Mishap, closed, gave, said, say};

#[test]
fn ret_01_the_returned_value_comes_with_the_last_resume() {
    #[super::coroutine(send = u32)]
    fn early() -> u32 {
        let sent = yield_!();
        if sent > 1 {
            return sent;
        }
        yield_!();
        1
    }
    #[super::coroutine]
    fn nothing() {
        yield_!();
    }
    let mut co = early().movable();
    co.start().unwrap();
    assert_eq!(gave(co.send(5)), "returned 5");
    let mut co = nothing().movable();
    co.start().unwrap();
    assert_eq!(gave(co.start()), "returned ()");
}

#[test]
fn ret_03_returned_exceptions_and_tuples_come_back_verbatim() {
    #[super::coroutine]
    fn inner() -> (Exception, Step<u8, ()>) {
        yield_!();
        (Exception::Exit, Step::Yielded(3))
    }
    #[super::coroutine]
    fn outer() -> (Exception, Step<u8, ()>) {
        yield_from!(inner())
    }
    for mut co in [Box::new(inner().movable()) as coframe::BoxCoroutine<'_, _, _>, Box::new(outer().movable())] {
        co.start().unwrap();
        let returned = co.start().unwrap().returned();
        assert!(matches!(returned, Some((Exception::Exit, Step::Yielded(3)))));
    }
}

#[test]
fn ret_04_a_return_skips_the_handlers_and_runs_the_cleanup() {
    #[super::coroutine(yield = u32)]
    fn body() -> &'static str {
        let _outside = Loud("outside");
        let Err(raised) = attempt! {
            let _inside = Loud("inside");
            yield_!(1);
            return "returned"
        };
        say("handler");
        raise!(raised)
    }
    let mut co = body().movable();
    co.start().unwrap();
    assert_eq!(gave(co.start()), "returned \"returned\"");
    assert_eq!(said(), ["drop inside", "drop outside"]);
    let mut co = body().movable();
    co.start().unwrap();
    assert_eq!(gave(co.throw(Mishap(1))), "raised mishap 1");
    assert_eq!(said(), ["drop inside", "handler", "drop outside"]);
}

// The first part of `conformance/g09_yield_in_finally.py`.
#[test]
fn ret_05_a_yield_in_the_cleanup_delays_what_is_pending() {
    #[super::coroutine(yield = &'static str)]
    fn slow_cleanup(fails: bool) -> &'static str {
        let pending: Result<&str, Exception> = attempt! {
            yield_!("work");
            if fails {
                raise!(Mishap(1));
            }
            "result"
        };
        say("cleaning");
        yield_!("cleanup");
        say("cleaned");
        match pending {
            Ok(value) => value,
            Err(exception) => raise!(exception),
        }
    }
    for (fails, end) in [(false, "returned \"result\""), (true, "raised mishap 1")] {
        let mut co = slow_cleanup(fails).movable();
        assert_eq!(gave(co.start()), "yielded \"work\"");
        assert_eq!(gave(co.start()), "yielded \"cleanup\"");
        assert_eq!(said(), ["cleaning"]);
        assert_eq!(gave(co.start()), end);
        assert_eq!(said(), ["cleaned"]);
    }
}

// The second part of `conformance/g09_yield_in_finally.py`.
#[test]
fn ret_06_a_return_in_the_cleanup_discards_what_is_pending() {
    #[super::coroutine(yield = u32)]
    fn swallow() -> &'static str {
        let pending = attempt! { yield_!(1) };
        drop(pending);
        "swallowed"
    }
    let throw = |exception: Exception| {
        let mut co = swallow().movable();
        co.start().unwrap();
        gave(co.throw(exception))
    };
    assert_eq!(throw(Mishap(1).into()), "returned \"swallowed\"");
    assert_eq!(throw(Fault("x").into()), "returned \"swallowed\"");
    assert_eq!(throw(Exception::Exit), "returned \"swallowed\"");
    let mut co = swallow().movable();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed with \"swallowed\"");
}

#[test]
fn ret_07_the_value_is_delivered_once() {
    #[super::coroutine]
    fn body() -> Loud {
        yield_!();
        Loud("value")
    }
    let mut co = body().movable();
    co.start().unwrap();
    let value = co.start().unwrap().returned().unwrap();
    assert_eq!([co.start(), co.send(())].map(gave), ["raised Finished", "raised Finished"]);
    drop(co);
    assert!(said().is_empty());
    drop(value);
    assert_eq!(said(), ["drop value"]);
    assert_eq!(body().movable().values().into_return(), None);
}
