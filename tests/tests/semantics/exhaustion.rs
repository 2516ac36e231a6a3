//! Section 8: exhaustion.

use coframe::State;
use coframe::prelude::*;
use coframe_tests::Movable;

use crate::tools::{Loud, Mishap, closed, gave, said, say};

#[super::coroutine(yield = u32)]
fn three() -> Loud {
    for n in 1..=3 {
        say(format_args!("turn {n}"));
        yield_!(n);
    }
    Loud("returned")
}

#[test]
fn exh_01_once_over_it_stays_over() {
    #[super::coroutine(yield = u32, send = u32)]
    fn echo(argument: Loud) -> &'static str {
        let _local = Loud("local");
        while yield_!(0) != 99 {}
        drop(argument);
        say("end");
        "done"
    }
    let mut co = echo(Loud("argument")).movable();
    co.start().unwrap();
    assert_eq!(gave(co.send(99)), "returned \"done\"");
    assert_eq!(said(), ["drop argument", "end", "drop local"]);
    for _ in 0..3 {
        assert_eq!([co.start(), co.send(1)].map(gave), ["raised Finished", "raised Finished"]);
        assert_eq!(closed(co.close()), "closed");
        assert_eq!(gave(co.throw(Mishap(1))), "raised mishap 1");
    }
    assert_eq!(co.state(), State::Closed);
    assert!(said().is_empty());

    let mut co = three().movable();
    assert_eq!(co.by_ref().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((co.next(), co.next()), (None, None));
    assert!(co.values().next().is_none());
}

// `conformance/g13_body_error.py`.
#[test]
fn exh_02_an_error_is_seen_once() {
    #[super::coroutine(yield = u32)]
    fn risky(list: &[u32]) -> &'static str {
        let _local = Loud("local");
        for x in list {
            let Some(quotient) = 100_u32.checked_div(*x) else { raise!(Mishap(*x)) };
            yield_!(quotient);
        }
        "ok"
    }
    let mut co = risky(&[5, 0, 4]).movable();
    assert_eq!([co.start(), co.start(), co.start()].map(gave), ["yielded 20", "raised mishap 0", "raised Finished"]);
    assert_eq!(said(), ["drop local"]);
    assert_eq!(co.next(), None);

    let mut co = risky(&[5, 0, 4]).movable();
    let values: Vec<String> =
        co.values().map(|value| value.map_or_else(|raised| raised.to_string(), |n| n.to_string())).collect();
    assert_eq!(values, ["20", "mishap 0"]);
}

#[test]
fn exh_07_a_collection_exhausts_it_as_a_loop_does() {
    let mut co = three().movable();
    let all: Vec<u32> = co.by_ref().collect();
    assert_eq!(all, [1, 2, 3]);
    assert_eq!(co.state(), State::Closed);
    assert_eq!(said(), ["turn 1", "turn 2", "turn 3", "drop returned"]);
    let mut co = three().movable();
    for _ in &mut co {}
    assert_eq!(co.state(), State::Closed);
    // A loop that is left does not close what it borrows, and drops what it owns.
    let mut co = three().movable();
    co.by_ref().take(1).for_each(drop);
    assert_eq!(co.state(), State::Suspended);
}
