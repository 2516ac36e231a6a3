//! A million levels on a thread's default stack, with nothing left of them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use coframe::{CoroutineExt, Exception, Recursive, Step, raise, try_yield, try_yield_from, yield_, yield_from};

use super::Mishap;

const MILLION: u32 = 1_000_000;

/// Counts the living.
struct Counted(Rc<Cell<u32>>);

impl Counted {
    fn new(count: &Rc<Cell<u32>>) -> Self {
        count.set(count.get() + 1);
        Counted(count.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// A list a million long: yields at the bottom, and on the way up where `all` says so.
#[coframe::coroutine(recursive, yield = u32)]
fn list(n: u32, all: bool, count: Rc<Cell<u32>>) -> u32 {
    let _counted = Counted::new(&count);
    let below = if n > 0 { yield_from!(list(n - 1, all, count.clone())) } else { 0 };
    if all || n == 0 {
        yield_!(n);
    }
    below + 1
}

fn million(all: bool) -> (Recursive<'static, u32, u32>, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    let mut co = list(MILLION - 1, all, count.clone());
    assert_eq!(co.next(), Some(0));
    assert_eq!((co.depth(), count.get()), (MILLION as usize, MILLION));
    (co, count)
}

#[test]
fn a_million_levels_return() {
    let (mut co, count) = million(false);
    assert_eq!(co.start().unwrap(), Step::Returned(MILLION));
    assert_eq!(count.get(), 0);
    drop(co);
    assert_eq!(Rc::strong_count(&count), 1);
}

#[test]
fn a_million_levels_yield() {
    let (mut co, count) = million(true);
    assert!(co.by_ref().eq(1..MILLION));
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_let_an_exception_pass() {
    let (mut co, count) = million(false);
    assert!(co.throw(Mishap(1)).unwrap_err().is::<Mishap>());
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_are_closed() {
    let (mut co, count) = million(false);
    assert!(matches!(co.close(), Ok(None)));
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_are_dropped() {
    let (co, count) = million(false);
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_are_joined_and_dropped() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn join(inner: Recursive<'static, u32, u32>) -> u32 {
        yield_!(7);
        yield_from!(inner)
    }
    let (inner, count) = million(true);
    let mut co = join(inner);
    assert_eq!((co.next(), co.next()), (Some(7), Some(1)));
    assert_eq!(co.depth(), MILLION as usize);
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
    // Held by a body, and not called yet.
    let (inner, count) = million(true);
    let mut co = join(inner);
    co.next();
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_panic() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn fall(n: u32, count: Rc<Cell<u32>>) {
        let _counted = Counted::new(&count);
        if n == 0 {
            panic!("bottom");
        }
        yield_from!(fall(n - 1, count.clone()));
    }
    let count = Rc::new(Cell::new(0));
    let mut co = fall(MILLION, count.clone());
    assert!(catch_unwind(AssertUnwindSafe(|| co.next())).is_err());
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}

#[test]
fn a_million_levels_ignore_their_exit() {
    #[coframe::coroutine(recursive, yield = u32)]
    fn stubborn(n: u32, count: Rc<Cell<u32>>) {
        let _counted = Counted::new(&count);
        let outcome = if n == 0 { try_yield!(0) } else { try_yield_from!(stubborn(n - 1, count.clone())) };
        if let Err(exception) = outcome {
            yield_!(n);
            raise!(exception);
        }
    }
    let count = Rc::new(Cell::new(0));
    let mut co = stubborn(MILLION, count.clone());
    assert_eq!(co.next(), Some(0));
    assert!(matches!(co.close(), Err(Exception::IgnoredExit)));
    assert_eq!((co.depth(), count.get()), (1, 1));
    drop(co);
    assert_eq!((count.get(), Rc::strong_count(&count)), (0, 1));
}
