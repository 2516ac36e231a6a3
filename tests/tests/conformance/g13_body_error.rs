//! An error from the body reaches the consumer once; then the coroutine is finished. There is no `finally` in it.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{Shown, ZeroDivisionError};

fn divide(a: i32, b: i32) -> Result<i32, ZeroDivisionError> {
    a.checked_div(b).ok_or_else(|| ZeroDivisionError::new("division by zero"))
}

#[super::coroutine(yield = i32)]
fn risky(xs: &[i32]) -> &'static str {
    say!("  start");
    for &x in xs {
        let q = or_raise!(divide(100, x));
        match try_yield!(q) {
            Err(e) if e.is::<ZeroDivisionError>() => say!("  never: the error is not raised at the yield"),
            Err(other) => raise!(other),
            Ok(()) => {}
        }
    }
    "ok"
}

#[super::coroutine(yield = i32)]
fn tolerant(xs: &[i32]) -> &'static str {
    for &x in xs {
        let Ok(r) = divide(100, x) else {
            say!("  skipping zero");
            continue;
        };
        yield_!(r);
    }
    "ok"
}

fn consume(label: &str, mut g: Generator<impl Machine<(), Yield = i32>>) -> Result<(), Exception> {
    say!("{label}");
    for v in g.values() {
        match v {
            Ok(v) => say!("  value {v}"),
            Err(e) if e.is::<ZeroDivisionError>() => say!("  consumer saw ZeroDivisionError"),
            Err(other) => return Err(other),
        }
    }
    say!("  afterwards: {}", g.next().map_or("finished".to_owned(), |v| v.shown()));
    Ok(())
}

#[super::coroutine(yield = String)]
fn outer() -> &'static str {
    let mut g = risky(&[10, 0, 2]).movable();
    loop {
        match g.start() {
            Err(e) if e.is::<ZeroDivisionError>() => {
                yield_!("recovered".to_owned());
                g = risky(&[1]).movable();
            }
            Err(other) => raise!(other),
            Ok(Step::Returned(value)) => return value,
            Ok(Step::Yielded(v)) => yield_!(v.to_string()),
        }
    }
}

pub(crate) fn main() -> Result<(), Exception> {
    consume("risky", risky(&[5, 0, 4]).movable())?;
    consume("tolerant", tolerant(&[5, 0, 4]).movable())?;

    let mut o = outer().movable();
    say!("outer");
    let mut values = o.values();
    for value in values.by_ref() {
        say!("  got {}", value?);
    }
    say!("  result {}", values.into_return().unwrap());
    Ok(())
}
