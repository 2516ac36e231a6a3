//! A pause inside a `finally` suspends the unwinding, and a `return` there swallows the error. `finally` is an `attempt!`
//! and the code after it, which raises again what it does not swallow or replace.

use std::iter::successors;

use coframe::BoxCoroutine;
use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{KeyError, Shown, ValueError, kind};

#[super::coroutine(yield = &'static str)]
fn slow_cleanup() {
    let outcome = attempt! {
        yield_!("work");
        raise!(ValueError::new("from body"))
    };
    say!("  cleaning");
    yield_!("cleanup 1");
    yield_!("cleanup 2");
    say!("  cleaned");
    let Err(pending) = outcome;
    raise!(pending);
}

#[super::coroutine(yield = u32)]
fn swallow() -> &'static str {
    let _outcome = attempt! { yield_!(1) };
    "swallowed"
}

#[super::coroutine(yield = u32)]
fn replace() -> &'static str {
    match attempt! { yield_!(1) } {
        Ok(()) => raise!(KeyError::new("second")),
        Err(first) => raise!(KeyError::new("second"), from = first),
    }
}

fn name_chain(e: &Exception) -> String {
    successors(Some(e), |e| e.source()).map(kind).collect::<Vec<_>>().join(" <- ")
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut g = slow_cleanup().movable();
    say!("{} | {} | {}", g.next().unwrap(), g.next().unwrap(), g.next().unwrap());
    if let Err(e) = g.start() {
        say!("the pending error continues: {e}");
    }
    let made: [(BoxCoroutine<'_, u32, &str>, _); 2] = [
        (Box::new(swallow().movable()), ValueError::new("a")),
        (Box::new(replace().movable()), ValueError::new("first")),
    ];
    for (mut s, err) in made {
        s.start()?;
        match s.throw(err) {
            Ok(Step::Returned(value)) => say!("stopped with {value}"),
            Err(e) if e.is::<KeyError>() => say!("replaced: {}", name_chain(&e)),
            other => panic!("{other:?}"),
        }
    }
    let mut s = swallow().movable();
    s.start()?;
    say!("close with return in finally: {}", s.close()?.shown());
    Ok(())
}
