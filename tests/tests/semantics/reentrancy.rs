//! Section 7: re-entrancy, through handles.

use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::Rc;

use coframe::prelude::*;
use coframe::{BoxCoroutine, State};
use coframe_tests::Movable;

use crate::tools::{Cell, Loud, Mishap, chain, closed, gave, said, say};

type Pulled = BoxCoroutine<'static, &'static str, ()>;
type Sent = BoxCoroutine<'static, &'static str, &'static str, Loud>;

fn fails<T: Debug>(what: &str, result: Result<T, Exception>) {
    match result {
        Err(exception) => say(format_args!("{what}: {}", chain(&exception))),
        Ok(value) => panic!("{what} was allowed: {value:?}"),
    }
}

// `conformance/g11_reentrancy.py`, first part.
#[test]
fn ree_01_a_body_that_resumes_itself_is_refused_and_goes_on() {
    #[super::coroutine(yield = &'static str, send = Loud)]
    fn selfish(handle: Cell<Sent>) -> &'static str {
        say("running");
        let mut this = handle.get();
        fails("send", this.send(Loud("value")));
        fails("start", this.start());
        fails("throw", this.throw(Mishap(1)));
        fails("close", this.close());
        let sent = yield_!("still fine");
        say(format_args!("resumed with {}", sent.0));
        fails("start", this.start());
        "normal end"
    }
    let cell = Cell::empty();
    let mut this: Shared<Sent> = Shared::new(Box::new(selfish(cell.clone()).movable()));
    cell.set(&this);
    assert_eq!(gave(this.start()), "yielded \"still fine\"");
    let refused = [
        "running", "drop value", "send: AlreadyRunning", "start: AlreadyRunning", "throw: AlreadyRunning",
        "close: AlreadyRunning",
    ];
    assert_eq!(said(), refused);
    assert_eq!(gave(this.send(Loud("x"))), "returned \"normal end\"");
    assert_eq!(said(), ["resumed with x", "start: AlreadyRunning", "drop x"]);
    assert_eq!(gave(this.start()), "raised Finished");
    cell.clear();
}

// The second part.
#[test]
fn ree_02_a_delegator_runs_while_its_delegate_does() {
    #[super::coroutine(yield = &'static str)]
    fn inner(outer: Cell<Pulled>) {
        say(format_args!("inside: {}", outer.get().is_running()));
        fails("start", outer.get().start());
        let outcome = try_yield!("from inner");
        say(format_args!("closing: {}", outer.get().is_running()));
        fails("start", outer.get().start());
        fails("close", outer.get().close());
        if let Err(raised) = outcome {
            raise!(raised);
        }
    }
    #[super::coroutine(yield = &'static str)]
    fn middle(outer: Cell<Pulled>) {
        yield_from!(inner(outer));
    }
    #[super::coroutine(yield = &'static str)]
    fn outer(this: Cell<Pulled>) {
        yield_from!(middle(this));
    }
    let cell = Cell::empty();
    let mut shared = Shared::new(Box::new(outer(cell.clone()).movable()) as Pulled);
    cell.set(&shared);
    assert_eq!(gave(shared.start()), "yielded \"from inner\"");
    assert_eq!(said(), ["inside: true", "start: AlreadyRunning"]);
    assert!(!shared.is_running());
    assert_eq!(closed(shared.close()), "closed");
    assert_eq!(said(), ["closing: true", "start: AlreadyRunning", "close: AlreadyRunning"]);
    assert!(!shared.is_running());
    cell.clear();
}

// The third part.
#[test]
fn ree_03_a_loop_of_delegations_is_refused_in_the_innermost() {
    #[super::coroutine(yield = &'static str)]
    fn first(this: Cell<Pulled>) {
        yield_!("a");
        let outcome = try_yield_from!(second(this));
        if let Err(raised) = outcome {
            say(format_args!("first sees {}", chain(&raised)));
            raise!(raised);
        }
    }
    #[super::coroutine(yield = &'static str)]
    fn second(first: Cell<Pulled>) {
        yield_!("b");
        if let Err(raised) = try_yield_from!(first.get()) {
            say(format_args!("second sees {}", chain(&raised)));
            raise!(raised);
        }
    }
    let cell = Cell::empty();
    let mut shared = Shared::new(Box::new(first(cell.clone()).movable()) as Pulled);
    cell.set(&shared);
    assert_eq!([shared.start(), shared.start()].map(gave), ["yielded \"a\"", "yielded \"b\""]);
    assert_eq!(gave(shared.start()), "raised AlreadyRunning");
    assert_eq!(said(), ["second sees AlreadyRunning", "first sees AlreadyRunning"]);
    assert_eq!(gave(shared.start()), "raised Finished");
    cell.clear();
}

// `conformance/g15_states.py`.
#[test]
fn ree_04_it_is_running_inside_and_only_there() {
    type Look = Rc<dyn Fn() -> String>;
    #[super::coroutine(yield = u32)]
    fn watched(look: Rc<RefCell<Option<Look>>>) {
        say(look.borrow().as_ref().unwrap()());
        let outcome = try_yield!(1);
        say(look.borrow().as_ref().unwrap()());
        if let Err(raised) = outcome {
            raise!(raised);
        }
    }
    for end in ["exhaust", "close", "throw", "unstarted close"] {
        let look = Rc::new(RefCell::new(None));
        let mut shared = Shared::new(watched(Rc::clone(&look)).movable());
        let other = shared.clone();
        let view: Look = Rc::new(move || format!("{} {}", other.state(), other.is_running()));
        *look.borrow_mut() = Some(Rc::clone(&view));
        assert_eq!(view(), "created false");
        if end == "unstarted close" {
            shared.close().unwrap();
            assert!(said().is_empty());
        } else {
            shared.start().unwrap();
            assert_eq!(said(), ["running true"]);
            assert_eq!(view(), "suspended false");
            match end {
                "exhaust" => drop(shared.start()),
                "throw" => drop(shared.throw(Mishap(1))),
                _ => drop(shared.close()),
            }
            assert_eq!(said(), ["running true"]);
        }
        assert_eq!(view(), "closed false");
        assert_eq!(shared.state(), State::Closed);
        look.take();
    }
}

#[super::coroutine(yield = u32)]
fn source(_guard: Loud) {
    for n in 0.. {
        yield_!(n);
    }
}

#[test]
fn ree_06_several_pull_from_one_source_in_turn() {
    #[super::coroutine(yield = (&'static str, u32))]
    fn user(name: &'static str, source: impl Iterator<Item = u32>) {
        for n in source {
            yield_!((name, n));
        }
    }
    let mut source = Shared::new(source(Loud("guard")).movable());
    let (mut a, mut b) = (user("a", source.clone()).movable(), user("b", source.clone()).movable());
    assert_eq!((a.next(), b.next(), a.next()), (Some(("a", 0)), Some(("b", 1)), Some(("a", 2))));
    assert_eq!(source.next(), Some(3));
    drop(a);
    assert!(said().is_empty());
    assert_eq!(b.next(), Some(("b", 4)));
    assert_eq!(closed(source.close()), "closed");
    assert_eq!(said(), ["drop guard"]);
    assert_eq!((b.next(), source.next()), (None, None));
}

// `conformance/d07_shared_delegate.py`: closing one delegator closes the source, and the other finds it over.
#[test]
fn ree_06_several_delegate_to_one_source() {
    #[super::coroutine(yield = u32)]
    fn user(name: &'static str, source: Shared<BoxCoroutine<'static, u32, ()>>) {
        let outcome = try_yield_from!(source);
        say(format_args!("{name} leaves"));
        if let Err(raised) = outcome {
            raise!(raised);
        }
    }
    let mut source = Shared::new(Box::new(source(Loud("guard")).movable()) as BoxCoroutine<'_, _, _>);
    let (mut a, mut b) = (user("a", source.clone()).movable(), user("b", source.clone()).movable());
    assert_eq!(
        [a.start(), b.start(), a.start(), source.start()].map(|step| step.unwrap().yielded().unwrap()),
        [0, 1, 2, 3]
    );
    assert_eq!(closed(a.close()), "closed");
    assert_eq!(said(), ["drop guard", "a leaves"]);
    // Python gives `None` here; see DEL-32.
    assert_eq!(gave(b.start()), "raised Finished");
    assert_eq!(said(), ["b leaves"]);
}
