//! Calling a coroutine runs nothing; its body starts at the first resume. There is no `finally` in it.

use std::ptr;

use coframe::prelude::*;
use coframe_tests::Movable;

#[super::coroutine(yield = usize)]
fn steps(name: &str, n: usize) {
    say!("  body {name} start");
    for i in 0..n {
        say!("  body {name} before yield {i}");
        yield_!(i * 10);
        say!("  body {name} after yield {i}");
    }
    say!("  body {name} end");
}

pub(crate) fn main() -> Result<(), Exception> {
    say!("create");
    let mut a = steps("a", 2).movable();
    let mut b = steps("b", 0).movable();
    say!("created, nothing ran");
    while let Step::Yielded(value) = a.start()? {
        say!("a -> {value}");
    }
    say!("a stopped, value None");
    for k in 0..2 {
        if let Err(Exception::Finished) = a.start() {
            say!("a still stopped {k} None");
        }
    }
    if let Step::Returned(()) = b.start()? {
        say!("b stopped at first next");
    }
    say!("loop: {:?}", steps("c", 3).movable().collect::<Vec<_>>());
    let itself = &raw const b;
    say!("iter is itself: {}", if ptr::eq(b.by_ref(), itself) { "yes" } else { "no" });
    Ok(())
}
