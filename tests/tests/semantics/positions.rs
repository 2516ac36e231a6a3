//! Introspection, of what both lowerings know: the states, the position, the code object.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use coframe::prelude::*;
use coframe::{BoxCoroutine, PointKind, State};
use coframe_tests::Movable;

#[super::coroutine(yield = u32)]
fn leaf(n: u32) -> u32 {
    yield_!(n);
    n
}

#[super::coroutine(yield = u32)]
fn outer(n: u32) -> u32 {
    yield_!(0);
    let sum = yield_from!(leaf(n));
    yield_from!(vec![7]);
    sum + n
}

#[test]
fn int_01_a_frame_is_there_until_the_end() {
    type Handle = Shared<BoxCoroutine<'static, u32, ()>>;

    #[super::coroutine(yield = u32)]
    fn looks(me: Rc<RefCell<Option<Handle>>>) {
        let me = me.take().unwrap();
        assert_eq!((me.state(), me.with_frame(|_| ())), (State::Running, None));
        yield_!(1);
    }
    for end in 0..3 {
        let mut co = leaf(1).movable();
        assert!(co.frame().is_some());
        co.start().unwrap();
        assert!(co.frame().is_some());
        match end {
            0 => drop(co.start().unwrap()),
            1 => drop(co.close().unwrap()),
            _ => drop(co.throw(Exception::Exit).unwrap_err()),
        }
        assert!(co.frame().is_none());
    }
    let cell = Rc::new(RefCell::new(None));
    let co: BoxCoroutine<'static, u32, ()> = Box::new(looks(cell.clone()).movable());
    let mut co = Shared::new(co);
    cell.replace(Some(co.clone()));
    co.start().unwrap();
    assert_eq!(co.state(), State::Suspended);
}

#[test]
fn int_03_the_code_is_the_same_before_and_after() {
    let mut co = outer(1).movable();
    assert_eq!(co.code(), outer::CODE);
    co.by_ref().for_each(drop);
    assert_eq!(co.code(), outer::CODE);
    assert_ne!(co.code(), leaf::CODE);
}

#[test]
fn int_04_running_and_suspended() {
    let mut shared = Shared::new(leaf(1).movable());
    assert!(!shared.is_running());
    shared.start().unwrap();
    assert_eq!(shared.with_frame(|frame| frame.state()), Some(State::Suspended));
}

#[test]
fn int_07_the_four_states() {
    let mut co = leaf(1).movable();
    assert_eq!(co.state(), State::Created);
    co.next();
    assert_eq!(co.state(), State::Suspended);
    co.next();
    assert_eq!(co.state(), State::Closed);
    let mut closed = leaf(1).movable();
    closed.close().unwrap();
    assert_eq!((closed.state(), closed.state().to_string()), (State::Closed, "closed".to_owned()));
}

#[test]
fn int_11_the_line_is_that_of_the_suspension() {
    let mut co = outer(1).movable();
    assert_eq!(co.frame().unwrap().line(), outer::CODE.line());
    for point in outer::CODE.points() {
        co.next();
        let frame = co.frame().unwrap();
        assert_eq!((frame.line(), frame.point()), (point.line(), Some(point)));
    }
}

#[test]
fn int_14_what_a_code_object_tells() {
    #[super::coroutine(yield = u32)]
    fn body(n: u32, (a, _): (u32, u32), _: u8) -> u32 {
        let total = n + a;
        for i in 0..n {
            let half = |x: u32| x / 2;
            if half(i) == 1 {
                let total = half(total);
                yield_!(total);
            }
        }
        for k in 0..2 {
            black_box(k);
        }
        let tried = attempt! {
            let inside = total + 1;
            yield_!(inside);
        };
        or_raise!(tried);
        or_raise!(u8::try_from(total)).into()
    }
    let code = body::CODE;
    assert_eq!((code.name(), code.module()), ("body", module_path!()));
    assert_eq!(code.qualified_name(), concat!(module_path!(), "::body"));
    assert_eq!(code.qualified_name(), body(1, (2, 3), 4).movable().code().qualified_name());
    assert_eq!(code.arguments(), ["n", "(a, _)", "_"]);
    assert_eq!(code.locals(), ["n", "(a, _)", "_", "a", "total", "i", "half", "k", "inside", "tried"]);
    assert_eq!((code.points().len(), code.points()[0].kind()), (2, PointKind::Yield));
    assert!(code.file().ends_with("positions.rs"));
}
