//! The bodies that both lowerings compile.

use std::num::ParseIntError;

use coframe::{CoroutineExt, Exception, Step};
use coframe_tests::{Mishap, Movable};

#[test]
fn an_exception_that_nobody_touches_is_not_decorated() {
    #[super::coroutine(yield = u32)]
    fn one() {
        yield_!(1);
    }
    let mut co = one().movable();
    co.start().unwrap();
    let raised = co.throw(Mishap(1)).unwrap_err();
    assert!(raised.source().is_none());
    assert!(matches!(raised, Exception::Thrown(_)));
    let mut unstarted = one().movable();
    assert!(unstarted.throw(Mishap(1)).unwrap_err().source().is_none());
    assert!(unstarted.throw(Mishap(2)).unwrap_err().source().is_none());
}

/// Native Rust wants a label to leave a labelled block, which an `attempt!` looks like to it; a loop around one does not.
#[super::coroutine(yield = u32)]
fn leaves_attempts_by_plain_jumps() -> Vec<u32> {
    let mut seen = Vec::new();
    for n in 0..9 {
        let outcome = attempt! {
            yield_!(n);
            if n % 2 == 0 {
                continue;
            }
            let mut inner = 0;
            while inner < 9 {
                inner += 1;
                if inner == n {
                    break;
                }
            }
            if n > 4 {
                break;
            }
            inner
        };
        match outcome {
            Ok(n) => seen.push(n),
            Err(e) => raise!(e),
        }
    }
    seen
}

#[test]
fn break_and_continue_leave_an_attempt() {
    let mut co = leaves_attempts_by_plain_jumps().movable();
    let mut values = co.values();
    assert_eq!(values.by_ref().collect::<Result<Vec<_>, _>>().unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(values.into_return(), Some(vec![1, 3]));
}

#[super::coroutine(yield = u32, send = &'static str)]
fn adds_up() -> u32 {
    let mut sum = 0;
    loop {
        let read = attempt! {
            or_raise!(yield_!(sum).parse::<u32>())
        };
        match read {
            Ok(0) => return or_raise!("42".parse::<u32>()),
            Ok(number) => sum += number,
            Err(e) if e.is::<ParseIntError>() => sum = or_raise!(yield_!(99).parse::<u32>()),
            Err(e) => raise!(e),
        }
    }
}

#[test]
fn or_raise_gives_the_value_or_raises() {
    let mut co = adds_up().movable();
    assert_eq!(co.start().unwrap(), Step::Yielded(0));
    assert_eq!(co.send("3").unwrap(), Step::Yielded(3));
    assert_eq!(co.send("x").unwrap(), Step::Yielded(99), "caught by the attempt");
    assert_eq!(co.send("5").unwrap(), Step::Yielded(5));
    assert_eq!(co.send("0").unwrap(), Step::Returned(42));

    let mut co = adds_up().movable();
    co.start().unwrap();
    co.send("x").unwrap();
    let e = co.send("y").unwrap_err();
    assert!(e.is::<ParseIntError>(), "outside of an attempt it leaves the body");
    assert_eq!(e.traceback().iter().count(), 1);
    assert_eq!(co.state(), coframe::State::Closed);
}
