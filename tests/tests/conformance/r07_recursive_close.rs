//! Closing or throwing into a deep recursive walk unwinds every level, innermost first. `finally` is the drop of a guard.

use coframe::prelude::*;

use crate::support::{KeyError, finally};

#[coframe::coroutine(recursive, yield = String)]
fn walk(depth: usize, limit: usize) {
    let indent = "  ".repeat(depth);
    say!("{indent}enter {depth}");
    {
        let _finally = finally({
            let indent = indent.clone();
            move || say!("{indent}leave {depth}")
        });
        let outcome = attempt! {
            if depth == limit {
                yield_!("bottom".to_owned());
                yield_!("bottom again".to_owned());
            } else {
                yield_from!(walk(depth + 1, limit));
            }
        };
        match outcome {
            Err(e) if e.is::<KeyError>() => {
                say!("{indent}KeyError at {depth}");
                if depth != 3 {
                    raise!(e);
                }
                say!("{indent}handled at 3");
                yield_!("resumed by 3".to_owned());
            }
            Err(other) => raise!(other),
            Ok(()) => {}
        }
    }
    yield_!(format!("after {depth}"));
}

pub(crate) fn main() -> Result<(), Exception> {
    say!("close");
    let mut g = walk(0, 5);
    say!("{}", g.next().unwrap());
    g.close()?;

    say!("throw, handled half way");
    let mut g = walk(0, 5);
    say!("{}", g.next().unwrap());
    say!("{}", g.throw(KeyError::new("k"))?.yielded().unwrap());
    say!("{}", g.next().unwrap());
    say!("{}", g.next().unwrap());
    g.close()?;

    say!("throw, handled nowhere");
    let mut g = walk(0, 2);
    say!("{}", g.next().unwrap());
    match g.throw(KeyError::new("k")) {
        Err(e) if e.is::<KeyError>() => say!("reached the caller"),
        other => panic!("{other:?}"),
    }

    say!("run out");
    say!("{}", walk(0, 2).collect::<Vec<_>>().join(" "));
    Ok(())
}
