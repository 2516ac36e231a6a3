//! Priming, sending values, and the value of `send` itself. There is no `finally` in it.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{Shown, text};

/// Ends when it is sent nothing.
#[super::coroutine(yield = Option<i32>, send = Option<i32>)]
fn averager() -> (i32, i32) {
    let mut total = 0;
    let mut count = 0;
    let mut average = None;
    while let Some(x) = yield_!(average) {
        total += x;
        count += 1;
        average = Some(total / count);
    }
    (count, total)
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut g = averager().movable();
    if let Err(misuse @ Exception::NotStarted) = g.send(Some(10)) {
        say!("unprimed: {}", text(&misuse));
    }
    if let Step::Yielded(average) = g.start()? {
        say!("primed with {}", average.shown());
    }
    for v in [10, 20, 60, 6] {
        if let Step::Yielded(average) = g.send(Some(v))? {
            say!("send {v} -> {}", average.shown());
        }
    }
    if let Step::Returned((count, total)) = g.send(None)? {
        say!("done: count {count} total {total}");
    }
    if let Err(Exception::Finished) = g.send(Some(5)) {
        say!("send after the end: stopped, value None");
    }
    let mut h = averager().movable();
    h.start()?;
    if let Step::Yielded(average) = h.send(Some(4))? {
        say!("next() is send(None): {}", average.shown());
    }
    if let Step::Returned((count, total)) = h.start()? {
        say!("stopped with {count} {total}");
    }
    Ok(())
}
