//! What is thrown in enters at the innermost level and climbs until somebody handles it. `finally` is the drop of a guard.

use coframe::prelude::*;

use crate::support::{KeyError, Level1, Level3, finally, kind};

/// Which layers handle what: Python's `isinstance(e, handles[n])`.
type Handles = [(u32, fn(&Exception) -> bool)];

/// A `Level3` is a `Level1` in the original.
const HANDLES: &Handles = &[(2, |e| e.is::<Level3>()), (4, |e| e.is::<Level1>() || e.is::<Level3>())];

#[coframe::coroutine(recursive, yield = String, send = u32)]
fn layer(n: u32, handles: &'static Handles) -> String {
    let me = format!("layer {n}");
    let _finally = finally({
        let me = me.clone();
        move || say!("  {me} finally")
    });
    let outcome = attempt! {
        if n == 0 {
            loop {
                match try_yield!("core".to_owned()) {
                    Err(e) if e.is::<KeyError>() => say!("  core absorbs KeyError"),
                    Err(other) => raise!(other),
                    Ok(_) => {}
                }
            }
        } else {
            let r = yield_from!(layer(n - 1, handles));
            say!("  {me} got result {r}");
            r
        }
    };
    match outcome {
        Ok(r) => r,
        Err(exit) if exit.is_exit() => raise!(exit),
        Err(e) if handles.iter().any(|(layer, is_mine)| *layer == n && is_mine(&e)) => {
            say!("  {me} handles {}", kind(&e));
            match try_yield!(format!("{me} recovered")) {
                Ok(x) => format!("{me} sent {x}"),
                Err(next) => raise!(next, from = e),
            }
        }
        Err(e) => {
            say!("  {me} passes {}", kind(&e));
            raise!(e)
        }
    }
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut g = layer(5, HANDLES);
    say!("{}", g.start()?.yielded().unwrap());
    say!("{}", g.throw(KeyError::new("k"))?.yielded().unwrap());
    say!("{}", g.throw(Level3::new("x"))?.yielded().unwrap());
    if let Step::Returned(value) = g.send(42)? {
        say!("result {value}");
    }

    let mut g = layer(5, HANDLES);
    say!("{}", g.start()?.yielded().unwrap());
    say!("{}", g.throw(Level1::new("y"))?.yielded().unwrap());
    say!("thrown again while 4 is recovering");
    if let Err(e) = g.throw(Level1::new("z")) {
        say!("escaped {} {e} | during {}", kind(&e), kind(e.source().unwrap()));
    }
    if let Err(Exception::Finished) = g.start() {
        say!("finished");
    }
    Ok(())
}
