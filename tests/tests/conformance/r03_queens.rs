//! N queens by recursive delegation: lazy, can be closed half way, counts its work. `finally` is an `attempt!` that raises
//! again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use coframe::prelude::*;

#[derive(Default)]
struct Stats {
    tried: Cell<u32>,
}

/// The board, which all levels and the caller look at.
type Rows = Rc<RefCell<Vec<usize>>>;

fn safe(rows: &[usize], col: usize) -> bool {
    let r = rows.len();
    rows.iter().enumerate().all(|(rr, &cc)| cc != col && cc.abs_diff(col) != r - rr)
}

#[coframe::coroutine(recursive, yield = Vec<usize>)]
fn queens(n: usize, rows: Rows, stats: Rc<Stats>) -> usize {
    if rows.borrow().len() == n {
        yield_!(rows.borrow().clone());
        return 1;
    }
    let mut found = 0;
    for col in 0..n {
        stats.tried.update(|tried| tried + 1);
        if safe(&rows.borrow(), col) {
            rows.borrow_mut().push(col);
            let below = attempt! { yield_from!(queens(n, Rc::clone(&rows), Rc::clone(&stats))) };
            rows.borrow_mut().pop();
            found += or_raise!(below);
        }
    }
    found
}

#[coframe::coroutine(yield = Vec<usize>)]
fn count(n: usize) -> (usize, u32) {
    let stats = Rc::new(Stats::default());
    let total = yield_from!(queens(n, Rows::default(), Rc::clone(&stats)));
    (total, stats.tried.get())
}

pub(crate) fn main() -> Result<(), Exception> {
    for n in 1..=6 {
        let mut g = count(n);
        let mut values = g.values();
        let sols = values.by_ref().collect::<Result<Vec<_>, _>>()?;
        let (total, tried) = values.into_return().unwrap();
        let first = sols.first().map_or("-".to_owned(), |first| format!("{first:?}"));
        say!("{n} solutions {total} tried {tried} first {first}");
    }
    let rows = Rows::default();
    let s = Rc::new(Stats::default());
    let mut g = queens(8, Rc::clone(&rows), Rc::clone(&s));
    say!("first for 8: {:?} after {}", g.next().unwrap(), s.tried.get());
    say!("second for 8: {:?} after {}", g.next().unwrap(), s.tried.get());
    say!("board held: {}", rows.borrow().len());
    g.close()?;
    say!("after close: {}", rows.borrow().len());
    Ok(())
}
