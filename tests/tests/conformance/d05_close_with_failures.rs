//! What the delegator sees when the delegate fails, refuses or returns while it is closed. `finally` is an `attempt!` that
//! raises again.

use coframe::BoxCoroutine;
use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{OSError, Shown, kind, text};

type Inner = BoxCoroutine<'static, u32, &'static str>;
type Make = fn() -> Inner;

#[super::coroutine(yield = u32)]
fn raising() -> &'static str {
    let _outcome = attempt! { yield_!(1) };
    raise!(OSError::new("inner cleanup"));
}

#[super::coroutine(yield = u32)]
fn refusing() -> &'static str {
    match try_yield!(1) {
        Err(Exception::Exit) => yield_!(0),
        Err(other) => raise!(other),
        Ok(()) => {}
    }
    "over"
}

#[super::coroutine(yield = u32)]
fn returning() -> &'static str {
    match try_yield!(1) {
        Err(Exception::Exit) => "value",
        Err(other) => raise!(other),
        Ok(()) => "over",
    }
}

#[super::coroutine(yield = u32)]
fn outer(inner: Inner) {
    let outcome = attempt! {
        let r = yield_from!(inner);
        say!("  never: delegation completed with {r}");
    };
    match &outcome {
        Err(e) if e.is::<OSError>() => {
            say!("  outer sees OSError: {e} | during {}", kind(e.source().unwrap()));
        }
        Err(Exception::Exit) => say!("  outer sees exit"),
        Err(e @ Exception::IgnoredExit) => say!("  outer sees RuntimeError: {}", text(e)),
        _ => {}
    }
    say!("  outer finally");
    or_raise!(outcome);
}

fn attempt<T: Shown>(label: &str, outcome: Result<T, Exception>) {
    match outcome {
        Ok(value) => say!("{label} -> {}", value.shown()),
        Err(e) => {
            let text = Some(text(&e)).filter(|text| !text.is_empty());
            say!("{label} -> raised {} {}", kind(&e), text.as_deref().unwrap_or("(no text)"));
        }
    }
}

pub(crate) fn main() -> Result<(), Exception> {
    let makes: [(&str, Make); 3] = [
        ("raising", || Box::new(raising().movable())),
        ("refusing", || Box::new(refusing().movable())),
        ("returning", || Box::new(returning().movable())),
    ];
    for (name, make) in makes {
        say!("{name}");
        for how in ["close", "throw exit"] {
            let mut g = outer(make()).movable();
            g.start()?;
            if how == "close" {
                attempt(" close", g.close());
            } else {
                attempt(" throw exit", g.throw(Exception::Exit).map(Step::yielded));
            }
            say!("  then {}", g.next().map_or("finished".to_owned(), |v| v.to_string()));
        }
    }
    Ok(())
}
