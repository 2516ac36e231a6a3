//! Bodies that end in the middle: leaked, dropped, left by a panic, with a value on its way.

use std::future::{Future, poll_fn};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;

use coframe::{Coroutine, CoroutineExt, Exception, State, Step};

use crate::{D, awaited, hidden, t, trace};

#[coframe::coroutine(pinned, yield = &'static str, send = Option<D>)]
fn holds(argument: D) -> D {
    let local = D("local");
    let borrowed = &local;
    let sent = yield_!(borrowed.0);
    t(format_args!("{sent:?}"));
    yield_!(borrowed.0);
    argument
}

#[test]
fn dropped_wherever_it_stands() {
    drop(holds(D("argument")));
    assert_eq!(trace(), ["drop argument"]);

    let mut co = holds(D("argument")).boxed();
    co.start().unwrap();
    drop(co);
    assert_eq!(trace(), ["drop local", "drop argument"]);

    let mut co = holds(D("argument")).boxed();
    co.start().unwrap();
    co.send(Some(D("sent"))).unwrap();
    drop(co);
    assert_eq!(trace(), ["Some(D(\"sent\"))", "drop sent", "drop local", "drop argument"]);
}

#[test]
fn leaked_while_suspended() {
    let mut co = holds(D("argument")).boxed();
    co.start().unwrap();
    mem::forget(co);
    assert_eq!(trace(), [""; 0]);
    // The next one is none the worse for it.
    let mut co = pin!(holds(D("argument")));
    assert_eq!(co.start().unwrap(), Step::Yielded("local"));
}

#[coframe::coroutine(pinned, yield = u8, send = Option<D>)]
fn does_not_look_at_what_is_sent() {
    let mut pause = pin!(hidden!(try_yield!(1)));
    let mut first = true;
    awaited!(poll_fn(|context| {
        if mem::take(&mut first) { pause.as_mut().poll(context).map(drop) } else { Poll::Ready(()) }
    }));
    t("over");
}

#[test]
fn a_value_that_nobody_takes() {
    let mut co = pin!(does_not_look_at_what_is_sent());
    assert_eq!(co.start().unwrap(), Step::Yielded(1));
    assert_eq!(co.send(Some(D("sent"))).unwrap(), Step::Returned(()));
    assert_eq!(trace(), ["over", "drop sent"]);
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        t("panics");
        panic!("in drop");
    }
}

#[coframe::coroutine(pinned, yield = u8)]
fn panics(in_drop: bool) {
    let _first = D("first");
    let _second = in_drop.then(|| PanicsInDrop);
    let _third = D("third");
    yield_!(1);
    if !in_drop {
        panic!("in the body");
    }
}

#[test]
fn a_panic_in_the_body() {
    for in_drop in [false, true] {
        let mut co = pin!(panics(in_drop));
        co.start().unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| co.start())).is_err());
        assert_eq!(co.state(), State::Closed);
        assert!(matches!(co.start(), Err(Exception::Finished)));
        let middle: &[_] = if in_drop { &["panics"] } else { &[] };
        assert_eq!(trace(), [&["drop third"], middle, &["drop first"]].concat());
    }
}

#[test]
fn a_panic_in_a_drop_while_it_is_closed() {
    let mut co = pin!(panics(true));
    co.start().unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| co.close())).is_err());
    assert_eq!(co.state(), State::Closed);
    assert_eq!(trace(), ["drop third", "panics", "drop first"]);
}

#[coframe::coroutine(pinned, yield = u8)]
fn level(depth: u8) -> u8 {
    let held = D("held");
    let borrowed = &held;
    yield_!(depth);
    let below = if depth > 0 { yield_from!(boxed(depth - 1)) } else { 0 };
    t(borrowed.0);
    below + 1
}

/// A body cannot contain itself.
fn boxed(depth: u8) -> Pin<Box<dyn Coroutine<Yield = u8, Return = u8>>> {
    Box::pin(level(depth))
}

#[test]
fn thrown_into_the_innermost_of_many() {
    let mut co = pin!(level(3));
    for depth in [3, 2, 1, 0] {
        assert_eq!(co.start().unwrap(), Step::Yielded(depth));
    }
    let raised = co.throw("x".parse::<u8>().unwrap_err()).unwrap_err();
    assert!(raised.is::<std::num::ParseIntError>());
    assert_eq!(trace(), ["drop held"; 4]);
}
