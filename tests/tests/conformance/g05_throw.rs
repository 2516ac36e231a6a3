//! An exception thrown in: caught and resumed, not caught, before the start, after the end. There is no `finally` in it.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{KeyError, RuntimeError, ValueError};

#[super::coroutine(yield = u32, send = &'static str)]
fn worker() -> &'static str {
    let mut n = 0;
    loop {
        match try_yield!(n) {
            Ok(x) => {
                say!("  got {x}");
                n += 1;
            }
            Err(e) if e.is::<ValueError>() => {
                say!("  caught ValueError: {e}");
                n += 100;
            }
            Err(e) if e.is::<KeyError>() => {
                say!("  caught KeyError, leaving");
                return "left";
            }
            Err(other) => raise!(other),
        }
    }
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut g = worker().movable();
    say!("first {}", g.start()?.yielded().unwrap());
    say!("send {}", g.send("hello")?.yielded().unwrap());
    say!("throw {}", g.throw(ValueError::new("one"))?.yielded().unwrap());
    say!("throw {}", g.throw(ValueError::new("two"))?.yielded().unwrap());
    say!("send {}", g.send("again")?.yielded().unwrap());
    if let Step::Returned(value) = g.throw(KeyError::new("k"))? {
        say!("throw ended the generator with {value}");
    }
    if let Err(e) = g.throw(ValueError::new("late")) {
        say!("throw into a finished one comes straight back: {e}");
    }
    let mut h = worker().movable();
    if let Err(e) = h.throw(ValueError::new("early")) {
        say!("throw before the start comes straight back: {e}");
    }
    if let Err(Exception::Finished) = h.start() {
        say!("and it is finished now");
    }
    let mut k = worker().movable();
    k.start()?;
    if let Err(e) = k.throw(RuntimeError::new("uncaught")) {
        say!("uncaught: {e}");
    }
    if let Err(Exception::Finished) = k.start() {
        say!("finished: nothing more");
    }
    Ok(())
}
