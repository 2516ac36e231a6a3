//! A running coroutine cannot be resumed, thrown into or closed from its own body, where it comes by a handle on itself.
//! There is no `finally` in it.

use std::cell::RefCell;
use std::rc::Rc;

use coframe::BoxCoroutine;
use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{KeyError, text};

type Handle<R, S> = Shared<BoxCoroutine<'static, &'static str, R, S>>;

/// Where a coroutine finds a handle on itself.
struct Cell<R = (), S = ()> {
    coroutine: RefCell<Option<Handle<R, S>>>,
}

impl<R, S> Cell<R, S> {
    fn new() -> Rc<Self> {
        Rc::new(Cell { coroutine: RefCell::new(None) })
    }

    fn fill(&self, coroutine: impl Coroutine<S, Yield = &'static str, Return = R> + Unpin + 'static) -> Handle<R, S> {
        let handle: Handle<R, S> = Shared::new(Box::new(coroutine));
        self.coroutine.replace(Some(handle.clone()));
        handle
    }

    fn handle(&self) -> Handle<R, S> {
        self.coroutine.borrow().clone().unwrap()
    }
}

fn attempt<T>(label: &str, outcome: Result<T, Exception>) {
    match outcome {
        Err(e @ Exception::AlreadyRunning) => say!("   {label} refused: {}", text(&e)),
        _ => say!("   {label} allowed?!"),
    }
}

#[super::coroutine(yield = &'static str, send = &'static str)]
fn selfish(cell: Rc<Cell<&'static str, &'static str>>) -> &'static str {
    say!("  running");
    attempt("send", cell.handle().send(""));
    attempt("next", cell.handle().start());
    attempt("throw", cell.handle().throw(KeyError::new("k")));
    attempt("close", cell.handle().close());
    let x = yield_!("still fine");
    say!("  resumed with {x}");
    "normal end"
}

#[super::coroutine(yield = &'static str)]
fn inner(cell: Rc<Cell>) {
    attempt("inner resumes its delegator", cell.handle().start());
    yield_!("from inner");
}

#[super::coroutine(yield = &'static str)]
fn outer(cell: Rc<Cell>) {
    yield_from!(inner(cell));
}

#[super::coroutine(yield = &'static str)]
fn loop_a(cell: Rc<Cell>) {
    yield_!("a");
    yield_from!(loop_b(cell));
}

#[super::coroutine(yield = &'static str)]
fn loop_b(cell: Rc<Cell>) {
    yield_!("b");
    yield_from!(cell.handle());
}

/// A `for` loop over any coroutine.
fn each<Y>(mut co: impl Coroutine<Yield = Y> + Unpin, mut act: impl FnMut(Y)) -> Result<(), Exception> {
    while let Step::Yielded(value) = co.start()? {
        act(value);
    }
    Ok(())
}

pub(crate) fn main() -> Result<(), Exception> {
    let cell = Cell::new();
    let mut selfish = cell.fill(selfish(Rc::clone(&cell)).movable());
    say!("{}", selfish.start()?.yielded().unwrap());
    say!("{}", selfish.send("x")?.returned().unwrap());

    let cell = Cell::new();
    let mut outer = cell.fill(outer(Rc::clone(&cell)).movable());
    say!("{}", outer.start()?.yielded().unwrap());

    let looped = cell.fill(loop_a(Rc::clone(&cell)).movable());
    if let Err(e @ Exception::AlreadyRunning) = each(looped, |v| say!("loop {v}")) {
        say!("delegation loop refused: {}", text(&e));
    }
    Ok(())
}
