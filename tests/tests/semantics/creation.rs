//! Section 1: creation and priming.

use std::cell::RefCell;
use std::rc::Rc;

use coframe::prelude::*;
use coframe::{BoxCoroutine, State, WeakShared};
use coframe_tests::Movable;

use crate::tools::{Loud, gave, said, say};

#[super::coroutine(yield = u32, send = u32)]
fn echo(_argument: Loud) {
    say("begin");
    let mut last = yield_!(0);
    loop {
        say(format_args!("got {last}"));
        last = yield_!(last * 2);
    }
}

#[super::coroutine(yield = u32)]
fn three() -> &'static str {
    for n in 1..=3 {
        yield_!(n);
    }
    "done"
}

#[test]
fn cre_01_a_call_runs_none_of_the_body() {
    let co = echo(Loud("argument")).movable();
    assert!(said().is_empty());
    assert_eq!(co.state(), State::Created);
    drop(co);
    assert_eq!(said(), ["drop argument"]);
}

#[test]
fn cre_02_a_body_without_a_reached_yield_is_a_coroutine() {
    #[super::coroutine(yield = u32)]
    fn none() -> u32 {
        say("ran");
        7
    }
    #[super::coroutine(yield = u32)]
    #[allow(unreachable_code, reason = "the point of the test")]
    fn after_return() -> u32 {
        return 8;
        yield_!(1);
    }
    #[super::coroutine(yield = u32)]
    fn dead() -> u32 {
        if false {
            yield_!(1);
        }
        9
    }
    let mut co = none().movable();
    assert!(said().is_empty());
    assert_eq!(gave(co.start()), "returned 7");
    assert_eq!(said(), ["ran"]);
    assert_eq!(gave(after_return().movable().start()), "returned 8");
    assert_eq!(gave(dead().movable().start()), "returned 9");
}

// The refusals are `ui/refused/marker_in_item.rs` and `marker_in_closure.rs`.
#[test]
fn cre_03_a_yield_in_a_nested_function_is_not_the_outer_ones() {
    #[super::coroutine(yield = &'static str)]
    fn outer() -> usize {
        #[super::coroutine(yield = u32)]
        fn inner() {
            yield_!(1);
            yield_!(2);
        }
        inner().movable().count()
    }
    let mut co = outer().movable();
    assert!(co.code().points().is_empty());
    assert_eq!(gave(co.start()), "returned 2");
}

#[test]
fn cre_04_an_anonymous_coroutine_is_as_any_other() {
    let ask = super::expression!(yield = &'static str, send = u32, || -> u32 { yield "how many" });
    let mut asked = ask().movable();
    assert_eq!(gave(asked.start()), "yielded \"how many\"");
    assert_eq!(gave(asked.send(5)), "returned 5");

    let both = super::expression!(yield = u32, |first: u32| -> &'static str {
        yield first;
        yield_from!(three())
    });
    let mut co = both(0).movable();
    let mut values = co.values();
    assert_eq!(values.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(values.into_return(), Some("done"));
}

#[test]
fn cre_05_a_yield_may_stand_wherever_an_expression_may() {
    #[super::coroutine(yield = &'static str, send = usize)]
    fn everywhere() -> usize {
        fn add(a: usize, b: usize) -> usize {
            a + b
        }
        let mut list = [0; 4];
        let first = yield_!("initialiser");
        let mut sum = first + yield_!("operand");
        sum += yield_!("compound assignment");
        sum = add(sum, yield_!("argument"));
        list[0] = yield_!("assignment");
        sum += list[0];
        list[yield_!("subscript target")] = yield_!("value");
        sum += list[yield_!("index")];
        if yield_!("condition") == 1 {
            sum += 1;
        }
        sum += match yield_!("scrutinee") {
            0 => 0,
            n if n == yield_!("guard") => n,
            _ => 100,
        };
        while yield_!("loop condition") > 0 {
            sum += 1;
        }
        for _ in 0..yield_!("loop head") {
            sum += 1;
        }
        sum += [1, yield_!("element")].iter().sum::<usize>();
        sum += (yield_!("field"), 1).0;
        sum += {
            sum += 0;
            yield_!("block")
        };
        sum += format!("{}", yield_!("macro")).len();
        sum += loop {
            if sum > 0 {
                break yield_!("break value");
            }
        };
        return sum + yield_!("return value");
    }
    let sent = [
        ("initialiser", 1),
        ("operand", 1),
        ("compound assignment", 1),
        ("argument", 1),
        ("assignment", 1),
        // The right side of an assignment is evaluated first, in Rust and in Python.
        ("value", 5),
        ("subscript target", 3),
        ("index", 3),
        ("condition", 1),
        ("scrutinee", 7),
        ("guard", 7),
        ("loop condition", 2),
        ("loop condition", 0),
        ("loop head", 2),
        ("element", 2),
        ("field", 1),
        ("block", 1),
        ("macro", 10),
        ("break value", 1),
        ("return value", 1),
    ];
    let mut co = everywhere().movable();
    let mut step = co.start().unwrap();
    for (point, value) in sent {
        assert_eq!(step, Step::Yielded(point));
        step = co.send(value).unwrap();
    }
    assert_eq!(step, Step::Returned(5 + 5 + 1 + 7 + 1 + 2 + 3 + 1 + 1 + 2 + 1 + 1));
}

#[test]
fn cre_06_a_first_send_of_a_value_leaves_it_startable() {
    let mut co = echo(Loud("argument")).movable();
    for value in [5, 6] {
        assert_eq!(gave(co.send(value)), "raised NotStarted");
        assert_eq!(co.state(), State::Created);
    }
    assert!(said().is_empty());
    assert_eq!(gave(co.start()), "yielded 0");
    assert_eq!(gave(co.send(5)), "yielded 10");
    assert_eq!(said(), ["begin", "got 5"]);

    // What was to be sent is dropped; an `Option` is refused as well, as `send(v)` is in Python.
    #[super::coroutine(send = Option<Loud>)]
    fn sink() {
        let sent = yield_!();
        say(format_args!("got {sent:?}"));
    }
    let mut co = sink().movable();
    assert_eq!(gave(co.send(Some(Loud("early")))), "raised NotStarted");
    assert_eq!(said(), ["drop early"]);
    assert_eq!(gave(co.start()), "yielded ()");
    assert_eq!(gave(co.start()), "returned ()");
    assert_eq!(said(), ["got None"]);
}

#[test]
fn cre_07_a_yield_without_an_operand_yields_unit() {
    #[super::coroutine(send = u32)]
    fn sum() -> u32 {
        yield_!() + yield_!()
    }
    let mut co = sum().movable();
    assert_eq!(gave(co.start()), "yielded ()");
    assert_eq!(gave(co.send(3)), "yielded ()");
    assert_eq!(gave(co.send(4)), "returned 7");
}

#[test]
fn cre_08_a_yielded_none_is_no_end() {
    #[super::coroutine(yield = Option<u32>)]
    fn nothing() -> Option<u32> {
        yield_!(None);
        yield_!(None);
        None
    }
    assert_eq!(nothing().movable().count(), 2);
    let mut co = nothing().movable();
    let given = [co.start(), co.start(), co.start()].map(gave);
    assert_eq!(given, ["yielded None", "yielded None", "returned None"]);
}

#[test]
fn cre_10_a_shared_coroutine_is_weakly_referenced() {
    type Pulled = BoxCoroutine<'static, &'static str, ()>;
    #[super::coroutine(yield = &'static str)]
    fn selfish(_guard: Loud, this: Rc<RefCell<Option<WeakShared<Pulled>>>>) {
        loop {
            let mut handle = this.borrow().as_ref().and_then(WeakShared::upgrade).unwrap();
            say(gave(handle.start()));
            drop(handle);
            yield_!("turn");
        }
    }
    let this = Rc::new(RefCell::new(None));
    let mut shared = Shared::new(Box::new(selfish(Loud("guard"), Rc::clone(&this)).movable()) as Pulled);
    let weak = shared.downgrade();
    *this.borrow_mut() = Some(weak.clone());
    shared.start().unwrap();
    assert_eq!(said(), ["raised AlreadyRunning"]);
    drop(shared);
    assert_eq!(said(), ["drop guard"]);
    assert!(weak.upgrade().is_none());
}

#[test]
fn cre_12_a_coroutine_is_its_own_iterator_with_all_capabilities() {
    let mut co = three().movable();
    for n in &mut co {
        if n == 1 {
            break;
        }
    }
    // `iter(g) is g`: the loop moved it on.
    assert_eq!(co.by_ref().next(), Some(2));
    assert_eq!((co.code().name(), co.state()), ("three", State::Suspended));
    assert_eq!(co.frame().map(|frame| frame.state()), Some(State::Suspended));
    assert_eq!(gave(co.send(())), "yielded 3");
    assert_eq!(gave(co.throw(std::fmt::Error)), format!("raised {}", std::fmt::Error));
    assert!(co.close().unwrap().is_none());
    assert!(!Shared::new(co).is_running());
}

#[test]
fn cre_13_the_name_is_the_functions() {
    let (one, two) = (three().movable(), three().movable());
    assert_eq!(one.code().name(), "three");
    assert!(std::ptr::eq(one.code(), two.code()));
    assert_eq!(super::expression!(|| yield 1)().code().name(), "<coroutine>");
}

#[test]
fn cre_14_debug_says_name_state_and_line() {
    let mut co = three().movable();
    assert_eq!(format!("{co:?}"), "<coroutine three, created>");
    co.start().unwrap();
    let line = co.code().points()[0].line();
    assert_eq!(format!("{co:?}"), format!("<coroutine three, suspended at line {line}>"));
    let frame = format!("{:?}", co.frame().unwrap());
    assert_eq!(frame, format!("Frame {{ code: \"three\", state: Suspended, line: {line}, locals: {{}} }}"));
    co.close().unwrap();
    assert_eq!(format!("{co:?}"), "<coroutine three, closed>");
}
