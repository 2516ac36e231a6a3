//! A coroutine with one yield as the scope of a resource: enter, body, exit, translation of errors. `finally` is the drop
//! of a guard.

use std::error::Error;

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{KeyError, LookupError, OSError, RuntimeError, ValueError, finally, kind};

struct Scope<C>(C);

impl<C: Coroutine<Yield = String, Return = ()> + Unpin> Scope<C> {
    fn run(mut self, body: impl FnOnce(String) -> Result<String, Exception>) -> Result<String, Exception> {
        let Step::Yielded(resource) = self.0.start()? else { return Err(Exception::Finished) };
        match body(resource) {
            Err(e) => {
                let name = kind(&e);
                match self.0.throw(e)? {
                    Step::Returned(()) => Ok(format!("suppressed {name}")),
                    Step::Yielded(_) => Err(RuntimeError::new("scope did not stop").into()),
                }
            }
            Ok(r) => {
                if let Step::Returned(()) = self.0.start()? {
                    return Ok(r);
                }
                self.0.close()?;
                Err(RuntimeError::new("scope yielded twice").into())
            }
        }
    }
}

#[super::coroutine(yield = String)]
fn opened(name: &'static str) {
    say!("  open {name}");
    let _finally = finally(move || say!("  close {name}"));
    yield_!(name.to_uppercase());
}

#[super::coroutine(yield = String)]
fn ignoring<E: Error + 'static>() {
    match try_yield!("guard".to_owned()) {
        Err(e) if e.is::<E>() => say!("  ignored"),
        Err(other) => raise!(other),
        Ok(()) => {}
    }
}

#[super::coroutine(yield = String)]
fn translating() {
    match try_yield!("t".to_owned()) {
        Err(e) if e.is::<KeyError>() => raise!(LookupError::new("translated"), from = e),
        Err(other) => raise!(other),
        Ok(()) => {}
    }
}

#[super::coroutine(yield = String)]
fn twice() {
    yield_!("one".to_owned());
    yield_!("two".to_owned());
}

fn fail<E: Into<Exception>>(kind: fn(&'static str) -> E) -> impl FnOnce(String) -> Result<String, Exception> {
    move |resource| {
        say!("  body with {resource}");
        Err(kind("body failed").into())
    }
}

fn attempt(
    label: &str,
    co: impl Coroutine<Yield = String, Return = ()> + Unpin,
    body: impl FnOnce(String) -> Result<String, Exception>,
) {
    match Scope(co).run(body) {
        Ok(r) => say!("{label} -> {r}"),
        Err(e) => say!("{label} -> raised {} | cause {}", kind(&e), e.source().map_or("none", kind)),
    }
}

pub(crate) fn main() -> Result<(), Exception> {
    attempt("normal", opened("file").movable(), |r| Ok(r + "!"));
    attempt("error", opened("file").movable(), fail(ValueError::new));
    attempt("ignored", ignoring::<ValueError>().movable(), fail(ValueError::new));
    attempt("not ignored", ignoring::<ValueError>().movable(), fail(OSError::new));
    attempt("translated", translating().movable(), fail(KeyError::new));
    attempt("twice", twice().movable(), Ok);
    attempt("nested", opened("outer").movable(), |_| Scope(opened("inner").movable()).run(fail(OSError::new)));
    Ok(())
}
