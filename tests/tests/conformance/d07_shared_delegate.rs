//! Two delegators share one inner coroutine, also after one of them is closed. `finally` is an `attempt!` that raises again
//! in `source`, which says in it where its count stands, and the drop of a guard in `user`.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::finally;

#[super::coroutine(yield = u32, send = Option<u32>)]
fn source() {
    let mut n = 0;
    let outcome = attempt! {
        loop {
            n += yield_!(n).unwrap_or(1);
        }
    };
    say!("  source closed at {n}");
    let Err(e) = outcome;
    raise!(e);
}

/// To delegate to a coroutine that is over is an error, where Python gives nothing.
#[super::coroutine(yield = u32, send = Option<u32>)]
fn user(name: &'static str, inner: impl Coroutine<Option<u32>, Yield = u32, Return = ()> + Unpin) -> String {
    {
        let _finally = finally(move || say!("  {name} leaves"));
        match try_yield_from!(inner) {
            Ok(()) | Err(Exception::Finished) => say!("  {name} saw the end: None"),
            Err(other) => raise!(other),
        }
    }
    format!("{name} done")
}

/// Takes `n` items without delegating, so that the inner one stays open.
#[super::coroutine(yield = u32)]
fn borrower(mut inner: impl Coroutine<Option<u32>, Yield = u32, Return = ()> + Unpin, n: u32) {
    for _ in 0..n {
        match inner.start() {
            Ok(Step::Yielded(item)) => yield_!(item),
            Ok(Step::Returned(())) => return,
            Err(e) => raise!(e),
        }
    }
}

/// Python's `next(co)` where it yields.
fn next<Y, S>(co: &mut (impl Coroutine<S, Yield = Y> + Unpin)) -> Y {
    co.start().ok().and_then(Step::yielded).expect("a yield")
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut s = Shared::new(source().movable());
    let (mut a, mut b) = (user("a", s.clone()).movable(), user("b", s.clone()).movable());
    say!("a {} | b {} | a {} | direct {}", next(&mut a), next(&mut b), next(&mut a), next(&mut s));
    say!("b sends 10: {} | a {}", b.send(Some(10))?.yielded().unwrap(), next(&mut a));
    say!("close a");
    a.close()?;
    if let Step::Returned(value) = b.start()? {
        say!("b: {value}");
    }

    let mut s = Shared::new(source().movable());
    let (first, second) =
        (borrower(&mut s, 2).movable().collect::<Vec<_>>(), borrower(&mut s, 3).movable().collect::<Vec<_>>());
    say!("{first:?} {second:?}");
    let mut c = user("c", s.clone()).movable();
    say!("c {}", next(&mut c));
    s.close()?;
    if let Step::Returned(value) = c.start()? {
        say!("c: {value}");
    }
    Ok(())
}
