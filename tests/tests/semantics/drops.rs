//! Section 6: drop.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::tools::{Loud, Mishap, Wild, closed, gave, hear_the_unraisable, said, say};

/// Has no handler: dropping it drops its locals.
#[super::coroutine(yield = u32)]
fn plain(_argument: Loud) {
    let _first = Loud("first");
    yield_!(1);
    let _second = Loud("second");
    yield_!(2);
}

/// Has one: dropping it runs it.
#[super::coroutine(yield = u32)]
fn catching(_argument: Loud) {
    let _first = Loud("first");
    let outcome = attempt! {
        let _inner = Loud("inner");
        yield_!(1);
    };
    let Err(raised) = outcome else { return };
    say(format_args!("sees {raised:?}"));
    raise!(raised);
}

/// Misbehaves when it is closed, in the way it is told to.
#[super::coroutine(yield = u32)]
fn bad(how: &'static str) {
    let _local = Loud("local");
    let raised = try_yield!(1);
    match how {
        "ignores" => {
            let _late = Loud("late");
            yield_!(2);
        }
        "raises" => raise!(Mishap(1)),
        "panics" => panic!("in the handler"),
        "panics in a drop" => {
            let _wild = Wild;
        }
        _ => drop(raised),
    }
}

#[test]
fn drp_01_a_drop_closes() {
    let mut co = plain(Loud("argument")).movable();
    co.start().unwrap();
    co.start().unwrap();
    drop(co);
    let dropped = said();
    assert_eq!(dropped, ["drop second", "drop first", "drop argument"]);
    let mut co = plain(Loud("argument")).movable();
    co.start().unwrap();
    co.start().unwrap();
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), dropped);

    let mut co = catching(Loud("argument")).movable();
    co.start().unwrap();
    drop(co);
    assert_eq!(said(), ["drop inner", "sees Exit", "drop first", "drop argument"]);
    // The end of a loop that owns it drops it.
    for n in catching(Loud("argument")).movable() {
        if n == 1 {
            break;
        }
    }
    assert_eq!(said(), ["drop inner", "sees Exit", "drop first", "drop argument"]);
}

#[test]
fn drp_02_what_never_ran_or_is_over_runs_nothing() {
    drop(catching(Loud("argument")).movable());
    assert_eq!(said(), ["drop argument"]);
    let mut co = catching(Loud("argument")).movable();
    co.start().unwrap();
    co.throw(Mishap(1)).unwrap_err();
    said();
    drop(co);
    assert!(said().is_empty());
    let mut co = catching(Loud("argument")).movable();
    co.start().unwrap();
    assert_eq!(gave(co.start()), "returned ()");
    said();
    drop(co);
    assert!(said().is_empty());
}

#[test]
fn drp_03_what_goes_wrong_goes_to_the_hook() {
    hear_the_unraisable();
    let dropped = |how| {
        let mut co = bad(how).movable();
        co.start().unwrap();
        drop(co);
        said()
    };
    assert_eq!(dropped("returns"), ["drop local"]);
    assert_eq!(dropped("raises"), ["drop local", "unraisable in bad: mishap 1 <- Exit"]);
    // What is left of one that yields is dropped.
    assert_eq!(dropped("ignores"), ["unraisable in bad: IgnoredExit", "drop late", "drop local"]);
    assert_eq!(dropped("panics"), ["drop local", "unraisable in bad: panic in the handler"]);
    assert_eq!(dropped("panics in a drop"), ["drop local", "unraisable in bad: panic in a drop"]);
}

#[test]
#[ignore = "a body without a handler has no destructor of its own, so a panic of a local's passes through its drop"]
fn drp_03_a_local_that_panics_in_a_plain_frame() {
    #[super::coroutine]
    fn holds() {
        let _wild = Wild;
        yield_!();
    }
    hear_the_unraisable();
    let mut co = holds().movable();
    co.start().unwrap();
    drop(co);
    assert_eq!(said(), ["unraisable in holds: panic in a drop"]);
}

#[test]
fn drp_06_delegator_and_delegate_close_once_in_any_order() {
    #[super::coroutine(yield = u32)]
    fn inner() {
        let _local = Loud("inner");
        let outcome = attempt! {
            yield_!(1);
            yield_!(2);
        };
        say(format_args!("inner ends: {}", outcome.is_ok()));
        if let Err(raised) = outcome {
            raise!(raised);
        }
    }
    #[super::coroutine(yield = u32)]
    fn by_value() {
        let _local = Loud("outer");
        yield_from!(inner());
    }
    #[super::coroutine(yield = u32)]
    fn of_a_handle(delegate: Shared<coframe::BoxCoroutine<'static, u32, ()>>) {
        let _local = Loud("outer");
        yield_from!(delegate);
    }
    let mut co = by_value().movable();
    co.start().unwrap();
    drop(co);
    assert_eq!(said(), ["inner ends: false", "drop inner", "drop outer"]);

    let make = || {
        let delegate = Shared::new(Box::new(inner().movable()) as coframe::BoxCoroutine<'_, _, _>);
        let mut delegator = of_a_handle(delegate.clone()).movable();
        delegator.start().unwrap();
        (delegator, delegate)
    };
    // The delegator first: it closes the delegate, whose other handle finds it over.
    let (delegator, mut delegate) = make();
    drop(delegator);
    assert_eq!(said(), ["inner ends: false", "drop inner", "drop outer"]);
    assert_eq!(gave(delegate.start()), "raised Finished");
    drop(delegate);
    assert!(said().is_empty());
    // The other handle first: the delegator keeps the delegate.
    let (mut delegator, delegate) = make();
    drop(delegate);
    assert!(said().is_empty());
    assert_eq!(gave(delegator.start()), "yielded 2");
    drop(delegator);
    assert_eq!(said(), ["inner ends: false", "drop inner", "drop outer"]);
    // The delegate is closed behind the delegator's back.
    let (mut delegator, mut delegate) = make();
    assert_eq!(closed(delegate.close()), "closed");
    assert_eq!(said(), ["inner ends: false", "drop inner"]);
    drop(delegate);
    assert_eq!(closed(delegator.close()), "closed");
    assert_eq!(said(), ["drop outer"]);
}

// `conformance/r07_recursive_close.py`, closed and dropped.
#[test]
fn drp_06_a_chain_is_closed_innermost_first() {
    #[super::coroutine(yield = u32)]
    fn walk(depth: u32) {
        say(format_args!("enter {depth}"));
        let outcome = if depth == 4 {
            try_yield!(depth)
        } else {
            let deeper: coframe::BoxCoroutine<'_, u32, ()> = Box::new(walk(depth + 1).movable());
            try_yield_from!(deeper)
        };
        say(format_args!("leave {depth}"));
        if let Err(raised) = outcome {
            raise!(raised);
        }
        yield_!(depth);
    }
    let enter = ["enter 0", "enter 1", "enter 2", "enter 3", "enter 4"];
    let leave = ["leave 4", "leave 3", "leave 2", "leave 1", "leave 0"];
    let mut co = walk(0).movable();
    assert_eq!(co.next(), Some(4));
    assert_eq!(said(), enter);
    drop(co);
    assert_eq!(said(), leave);
    let mut co = walk(0).movable();
    co.start().unwrap();
    said();
    assert_eq!(closed(co.close()), "closed");
    assert_eq!(said(), leave);
    assert_eq!(walk(0).movable().collect::<Vec<_>>(), [4, 4, 3, 2, 1, 0]);
}
