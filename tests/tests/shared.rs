//! Handles: one coroutine driven by several owners. Re-entrancy is in `semantics/reentrancy.rs`.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use coframe::{BoxCoroutine, CoroutineExt, Exception, Shared, State, Step};
use coframe_tests::{Cell, Loud, Mishap, one_line, said, say};

type Pulled = BoxCoroutine<'static, &'static str, ()>;

#[coframe::coroutine(yield = u32)]
fn counter(_guard: Loud) {
    for n in 0.. {
        yield_!(n);
    }
}

#[test]
fn the_last_handle_closes_it() {
    let mut one = Shared::new(counter(Loud("guard")));
    let two = one.clone();
    one.start().unwrap();
    drop(one);
    assert_eq!(one_line(), "");
    assert_eq!(two.state(), State::Suspended);
    drop(two);
    assert_eq!(one_line(), "drop-guard");
}

#[test]
fn misuse_is_passed_on() {
    #[coframe::coroutine(send = u32)]
    fn pair() -> u32 {
        yield_!() + yield_!()
    }
    let mut shared = Shared::new(pair());
    assert!(matches!(shared.send(1), Err(Exception::NotStarted)));
    shared.start().unwrap();
    assert!(matches!(shared.clone().start(), Err(Exception::AlreadyStarted)));
    shared.send(1).unwrap();
    assert_eq!(shared.clone().send(2).unwrap(), Step::Returned(3));
    assert!(matches!(shared.throw(Mishap(1)), Err(exception) if exception.is::<Mishap>()));
    assert!(matches!(shared.close(), Ok(None)));
}

#[test]
fn states_from_outside_and_from_inside() {
    type Look = Rc<dyn Fn() -> String>;
    #[coframe::coroutine(yield = u32)]
    fn watched(look: Rc<RefCell<Option<Look>>>) {
        let now = look.borrow().as_ref().unwrap()();
        say(now);
        yield_!(1);
    }
    let look = Rc::new(RefCell::new(None));
    let mut shared = Shared::new(watched(Rc::clone(&look)));
    let other = shared.clone();
    let view: Look = Rc::new(move || format!("{} {:?} {}", other.state(), other, other.is_running()));
    *look.borrow_mut() = Some(Rc::clone(&view));
    assert!(view().starts_with("created Shared(<coroutine watched, created, {look: "));
    shared.start().unwrap();
    assert_eq!(said(), ["running Shared(<running>) true"]);
    assert!(view().starts_with("suspended Shared(<coroutine watched, suspended at line "));
    shared.close().unwrap();
    assert_eq!(view(), "closed Shared(<coroutine watched, closed>) false");
    look.take();
}

#[test]
fn the_coroutine_is_taken_out_of_its_last_handle() {
    let mut one = Shared::new(counter(Loud("guard")));
    one.start().unwrap();
    let two = one.clone();
    let one = one.try_into_inner().unwrap_err();
    let weak = one.downgrade();
    drop(two);
    let mut counter = one.try_into_inner().unwrap();
    assert!(weak.upgrade().is_none());
    assert_eq!(counter.start().unwrap(), Step::Yielded(1));
    assert_eq!(one_line(), "");
}

#[test]
fn a_panic_passes_through_every_handle() {
    #[coframe::coroutine(yield = u32)]
    fn bomb(_guard: Loud) {
        yield_!(1);
        panic!("boom");
    }
    let mut shared = Shared::new(bomb(Loud("guard")));
    let mut other = shared.clone();
    shared.start().unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| shared.start())).is_err());
    assert_eq!(one_line(), "drop-guard");
    assert!(!other.is_running());
    assert!(matches!(other.start(), Err(Exception::Finished)));
}

#[test]
fn next_has_no_place_for_the_refusal_and_panics() {
    #[coframe::coroutine(yield = u32)]
    fn greedy(this: Cell<Box<dyn Iterator<Item = u32>>>) {
        let mut handle = this.get();
        let payload = catch_unwind(AssertUnwindSafe(|| handle.next())).unwrap_err();
        say(payload.downcast_ref::<&str>().unwrap());
        yield_!(1);
    }
    let cell = Cell::empty();
    let mut shared = Shared::new(Box::new(greedy(cell.clone())) as Box<dyn Iterator<Item = u32>>);
    cell.set(&shared);
    assert_eq!(shared.next(), Some(1));
    assert_eq!(said(), ["a coroutine was iterated over while it runs; `start` gives this as an `Err`"]);
    cell.clear();
}

#[test]
fn a_handle_is_dropped_by_the_body_that_it_is_on() {
    #[coframe::coroutine(yield = &'static str)]
    fn forgetful(_guard: Loud, this: Cell<Pulled>) {
        this.clear();
        yield_!("alone");
    }
    let cell = Cell::empty();
    let mut shared = Shared::new(Box::new(forgetful(Loud("guard"), cell.clone())) as Pulled);
    cell.set(&shared);
    assert_eq!(shared.start().unwrap(), Step::Yielded("alone"));
    assert_eq!(one_line(), "");
    drop(shared);
    assert_eq!(one_line(), "drop-guard");
}
