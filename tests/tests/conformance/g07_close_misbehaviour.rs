//! Coroutines that refuse to close, and coroutines that fail while closing. `finally` is an `attempt!`; it raises an
//! exception of its own, so there is nothing to raise again.

use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{OSError, Shown, kind, text};

#[super::coroutine(yield = u32)]
fn stubborn(times: u32) -> &'static str {
    let mut left = times;
    loop {
        match try_yield!(left) {
            Ok(()) => {}
            Err(Exception::Exit) => {
                say!("  refusing, left {left}");
                if left == 0 {
                    return "gave up";
                }
                left -= 1;
            }
            Err(other) => raise!(other),
        }
    }
}

#[super::coroutine(yield = &'static str)]
fn failing() {
    let _outcome = attempt! { yield_!("ok") };
    say!("  cleanup fails");
    raise!(OSError::new("disk full"));
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut g = stubborn(2).movable();
    say!("first {}", g.start()?.yielded().unwrap());
    for i in 0..2 {
        if let Err(e @ Exception::IgnoredExit) = g.close() {
            say!("close {i} error: {}", text(&e));
        }
    }
    say!("still alive, gives {}", g.start()?.yielded().unwrap());
    say!("close finally works: {}", g.close()?.shown());
    if let Err(Exception::Finished) = g.start() {
        say!("next: stop");
    }

    let mut f = failing().movable();
    say!("{}", f.start()?.yielded().unwrap());
    if let Err(e) = f.close() {
        say!("close raised {} {e} during {}", kind(&e), kind(e.source().unwrap()));
    }
    if let Err(Exception::Finished) = f.start() {
        say!("closed anyway: stop");
    }
    say!("second close: {}", f.close()?.shown());
    Ok(())
}
