//! What is thrown in makes the delegate return, and the delegator goes on with that value. There is no `finally` in it.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{KeyError, OverflowError};

#[super::coroutine(yield = String, send = Option<u32>)]
fn worker(name: &str) -> Vec<u32> {
    let mut done = Vec::new();
    let stopped = attempt! {
        loop {
            let job = yield_!(format!("{name} idle"));
            done.extend(job);
        }
    };
    let Err(e) = stopped;
    match e.downcast::<KeyError>() {
        Ok(e) => {
            say!("   {name} stopped by KeyError {e}");
            done
        }
        Err(other) => raise!(other),
    }
}

#[super::coroutine(yield = String, send = Option<u32>)]
fn manager() -> Vec<u32> {
    let first = yield_from!(worker("w1"));
    yield_!(format!("first did {}", first.len()));
    let second = yield_from!(worker("w2"));
    [first, second].concat()
}

/// Groups what it receives; a `None` closes the group.
#[super::coroutine(send = Option<i32>)]
fn cell(limit: i32) -> i32 {
    let mut total = 0;
    while let Some(v) = yield_!() {
        total += v;
        if total > limit {
            raise!(OverflowError::new(format!("over {limit}")));
        }
    }
    total
}

#[super::coroutine(send = Option<i32>)]
fn grouper(results: &mut Vec<i32>) {
    loop {
        match try_yield_from!(cell(10)) {
            Ok(total) => results.push(total),
            Err(e) if e.is::<OverflowError>() => {
                results.push(-1);
                say!("   {e}");
            }
            Err(other) => raise!(other),
        }
    }
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut g = manager().movable();
    say!("{}", g.start()?.yielded().unwrap());
    say!("{} | {}", g.send(Some(1))?.yielded().unwrap(), g.send(Some(2))?.yielded().unwrap());
    say!("{}", g.throw(KeyError::new("10"))?.yielded().unwrap());
    say!("{}", g.start()?.yielded().unwrap());
    say!("{}", g.send(Some(3))?.yielded().unwrap());
    if let Step::Returned(jobs) = g.throw(KeyError::new("20"))? {
        say!("all jobs {jobs:?}");
    }

    let mut results = Vec::new();
    let mut g = grouper(&mut results).movable();
    g.start()?;
    for v in [Some(1), Some(2), None, Some(5), Some(6), Some(4), Some(4), None, None] {
        g.send(v)?;
    }
    drop(g);
    say!("{results:?}");
    Ok(())
}
