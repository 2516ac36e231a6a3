//! The bodies that both lowerings compile.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use coframe::{BoxCoroutine, Coroutine, CoroutineExt, Exception, PointKind, Signal, State, Step};
use coframe_tests::{Loud, Movable, one_line, said, say};

#[super::coroutine(yield = u32, send = u32)]
fn echo(argument: Loud) -> &'static str {
    say("begin");
    let _local = Loud("local");
    let mut last = yield_!(0);
    while last != 99 {
        say(format_args!("got {last}"));
        last = yield_!(last * 2);
    }
    drop(argument);
    say("end");
    "done"
}

#[super::coroutine(yield = u32)]
fn three() -> Loud {
    for n in 1..=3 {
        say(format_args!("turn {n}"));
        yield_!(n);
    }
    Loud("returned")
}

fn start_value<S, C: Coroutine<S, Yield: Debug, Return: Debug> + Unpin>(mut coroutine: C) -> String {
    format!("{:?}", coroutine.start())
}

#[test]
fn start_while_waiting_for_a_value_leaves_it_waiting() {
    let mut co = echo(Loud("argument")).movable();
    co.start().unwrap();
    assert!(matches!(co.start(), Err(Exception::AlreadyStarted)));
    assert_eq!(co.state(), State::Suspended);
    assert_eq!(co.send(1).unwrap(), Step::Yielded(2));
    assert_eq!(one_line(), "begin got-1");
}

#[test]
fn moved_between_resumes() {
    let mut co = echo(Loud("argument")).movable();
    co.start().unwrap();
    let mut moved = Box::new(co);
    assert_eq!(moved.send(2).unwrap(), Step::Yielded(4));
    let mut back = *moved;
    assert_eq!(back.send(99).unwrap(), Step::Returned("done"));
    assert_eq!(one_line(), "begin got-2 drop-argument end drop-local");
}

#[test]
fn a_panic_passes_through_and_leaves_it_finished() {
    #[super::coroutine(yield = u32, send = u32)]
    fn divide(_argument: Loud) {
        let _local = Loud("local");
        loop {
            let by = yield_!(1);
            let _turn = Loud("turn");
            assert_ne!(by, 0, "division by zero");
        }
    }
    let mut co = divide(Loud("argument")).movable();
    co.start().unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| co.send(0))).unwrap_err();
    assert!(payload.downcast_ref::<String>().is_some_and(|text| text.contains("division by zero")));
    assert_eq!(one_line(), "drop-turn drop-local drop-argument");
    assert_eq!(co.state(), State::Closed);
    assert!(matches!(co.send(1), Err(Exception::Finished)));
    assert!(matches!(co.close(), Ok(None)));
    assert_eq!(one_line(), "");
}

#[test]
fn iterators_of_a_coroutine_that_was_closed() {
    let mut co = three().movable();
    co.next();
    co.close().unwrap();
    assert_eq!(co.next(), None);
}

#[test]
fn values_keeps_what_is_returned() {
    let mut co = three().movable();
    let mut values = co.values();
    assert_eq!(values.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(values.next().is_none());
    let returned = values.into_return();
    assert_eq!(one_line(), "turn-1 turn-2 turn-3");
    assert_eq!(returned.map(|loud| loud.0), Some("returned"));
    assert!(co.values().into_return().is_none());
}

#[test]
fn values_that_are_not_run_to_the_end_return_nothing() {
    let mut co = three().movable();
    let mut values = co.values();
    assert_eq!(values.next().unwrap().unwrap(), 1);
    assert!(values.into_return().is_none());
    assert_eq!(co.next(), Some(2));
}

#[test]
fn code_and_frame_give_positions() {
    #[rustfmt::skip]
    #[super::coroutine(yield = u32, send = u32)]
    fn located() -> u32 {
        let a = yield_!(1);
        let b = a
            + yield_!(2) + yield_!(3);
        b
    }
    let here = line!() - 6;
    let mut co = located().movable();
    let code = co.code();
    assert_eq!((code.name(), code.file(), code.line()), ("located", file!(), here));
    let points: Vec<_> = code.points().iter().map(|p| (p.kind(), p.line() - here, p.column())).collect();
    assert_eq!(points, [(PointKind::Yield, 1, 17), (PointKind::Yield, 3, 15), (PointKind::Yield, 3, 28)]);
    let frame = co.frame().unwrap();
    assert_eq!((frame.state(), frame.line(), frame.point()), (State::Created, here, None));
    co.start().unwrap();
    for (i, sent) in [(0, 5), (1, 6), (2, 7)] {
        let frame = co.frame().unwrap();
        assert_eq!((frame.state(), frame.point()), (State::Suspended, Some(&code.points()[i])));
        assert_eq!(frame.line(), code.points()[i].line());
        assert_eq!(frame.code(), code);
        co.send(sent).unwrap();
    }
    assert!(co.frame().is_none());
    let text = format!("generator located() at {}:{here}\n  locals: a, b\n", file!());
    assert!(code.to_string().contains(&text), "{code}");
}

#[test]
fn a_body_that_looks_at_nothing_runs_by_the_raw_trait() {
    let mut co = echo(Loud("argument")).movable();
    let mut pinned = Pin::new(&mut co);
    assert!(matches!(pinned.as_mut().resume(Signal::Send(1)), Err(Exception::NotStarted)));
    assert!(matches!(pinned.as_mut().resume(Signal::Start), Ok(Step::Yielded(0))));
    assert!(matches!(pinned.as_mut().resume(Signal::Send(3)), Ok(Step::Yielded(6))));
    assert!(matches!(pinned.as_mut().resume(Signal::Throw(Exception::Exit)), Err(Exception::Exit)));
    assert!(matches!(pinned.resume(Signal::Start), Err(Exception::Finished)));
    assert_eq!(one_line(), "begin got-3 drop-local drop-argument");
}

#[test]
fn references_boxes_pins_and_trait_objects_resume() {
    let mut co = three().movable();
    assert_eq!(start_value::<(), _>(&mut co), "Ok(Yielded(1))");
    assert_eq!(start_value::<(), _>(Pin::new(&mut co)), "Ok(Yielded(2))");
    let mut boxed = Box::new(co);
    assert_eq!(start_value::<(), _>(&mut boxed), "Ok(Yielded(3))");
    assert_eq!(start_value::<(), _>(boxed), "Ok(Returned(Loud(\"returned\")))");
    assert_eq!(start_value::<(), _>(Box::pin(three().movable())), "Ok(Yielded(1))");
    let mut co = three().movable();
    let object: &mut (dyn Coroutine<(), Yield = u32, Return = Loud> + Unpin) = &mut co;
    assert_eq!(start_value::<(), _>(object), "Ok(Yielded(1))");
}

#[test]
fn boxed_coroutines_of_different_bodies_in_one_list() {
    #[super::coroutine(yield = u32)]
    fn same(n: u32) -> Loud {
        yield_!(n);
        yield_!(n);
        Loud("same")
    }
    let mut all: Vec<BoxCoroutine<'_, u32, Loud>> = vec![Box::new(three().movable()), Box::new(same(9).movable())];
    let mut seen = vec![];
    while !all.is_empty() {
        all.retain_mut(|co| match co.start() {
            Ok(Step::Yielded(n)) => {
                seen.push(n);
                true
            }
            _ => false,
        });
    }
    assert_eq!(seen, [1, 9, 2, 9, 3]);
}

#[test]
fn recursion_by_boxes() {
    #[super::coroutine(yield = u32)]
    fn countdown(n: u32) {
        yield_!(n);
        if n > 0 {
            let rest: Box<dyn Iterator<Item = u32>> = Box::new(countdown(n - 1).movable());
            for m in rest {
                yield_!(m);
            }
        }
    }
    assert_eq!(countdown(60).movable().collect::<Vec<_>>(), (0..=60).rev().collect::<Vec<_>>());
}

// CRE-21
#[test]
fn independent_activations_do_not_share() {
    let (mut a, mut b) = (echo(Loud("a")).movable(), echo(Loud("b")).movable());
    a.start().unwrap();
    b.start().unwrap();
    assert_eq!((a.send(1).unwrap(), b.send(2).unwrap()), (Step::Yielded(2), Step::Yielded(4)));
    said();
    drop(a);
    drop(b);
    assert_eq!(one_line(), "drop-local drop-a drop-local drop-b");
}

/// What is configured out moves nothing, so that what it names drops where it would without it.
#[test]
fn a_move_that_is_configured_out_is_none() {
    struct Says(&'static str, std::rc::Rc<std::cell::RefCell<Vec<&'static str>>>);
    impl Drop for Says {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0);
        }
    }
    #[super::coroutine(yield = u32)]
    #[allow(unused_variables)]
    fn keeps(argument: Says, said: std::rc::Rc<std::cell::RefCell<Vec<&'static str>>>) {
        #[allow(unused_variables)]
        let local = Says("local", std::rc::Rc::clone(&said));
        #[cfg(any())]
        drop(argument);
        {
            #[cfg(any())]
            drop(local);
        }
        coframe::yield_!(1);
        said.borrow_mut().push("end");
    }
    let said = std::rc::Rc::default();
    let mut co = keeps(Says("argument", std::rc::Rc::clone(&said)), std::rc::Rc::clone(&said)).movable();
    assert_eq!(co.next(), Some(1));
    assert!(said.borrow().is_empty());
    assert_eq!(co.next(), None);
    assert_eq!(*said.borrow(), ["end", "local", "argument"]);
}
