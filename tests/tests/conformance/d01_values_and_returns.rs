//! Values, returns and the order of start and finish through three levels of delegation. There is no `finally` in it.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::Shown;

#[super::coroutine(yield = String)]
fn leaf(tag: &str) -> String {
    say!("    leaf {tag} starts");
    yield_!(format!("{tag}1"));
    yield_!(format!("{tag}2"));
    say!("    leaf {tag} ends");
    tag.to_uppercase()
}

#[super::coroutine(yield = String)]
fn branch() -> String {
    say!("  branch starts");
    let a = yield_from!(leaf("a"));
    say!("  branch has {a}");
    yield_!("between".to_owned());
    let b = yield_from!(leaf("b"));
    say!("  branch has {b}");
    a + &b
}

#[super::coroutine(yield = String)]
fn root() -> String {
    say!("root starts");
    let r = yield_from!(branch());
    say!("root has {r}");
    let () = yield_from!([]);
    say!("empty iterable gives {}", ().shown());
    let n = yield_from!(never());
    say!("no-yield generator gives {n}");
    r.repeat(2)
}

#[super::coroutine(yield = String)]
fn never() -> &'static str {
    "immediate"
}

/// To delegate to a coroutine that is over is an error, where Python gives nothing.
#[super::coroutine(yield = String)]
fn exhausted_twice() -> String {
    let mut inner = leaf("x").movable();
    let first = yield_from!(&mut inner);
    let second = match try_yield_from!(&mut inner) {
        Ok(value) => Some(value),
        Err(Exception::Finished) => None,
        Err(other) => raise!(other),
    };
    format!("{first} then {}", second.shown())
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut g = root().movable();
    say!("created");
    let mut values = g.values();
    for value in values.by_ref() {
        say!("consumer: {}", value?);
    }
    say!("consumer: stop with {}", values.into_return().unwrap());

    let g = exhausted_twice().movable();
    say!("lengths {:?}", g.map(|v| v.len()).collect::<Vec<_>>());
    let mut g = exhausted_twice().movable();
    g.start()?;
    g.start()?;
    if let Step::Returned(value) = g.start()? {
        say!("delegating to a finished one: {value}");
    }
    Ok(())
}
