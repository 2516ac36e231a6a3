//! Flattening nested lists to any depth, with paths, limits and a returned value. There is no `finally` in it.

use coframe::prelude::*;

enum Nested {
    Leaf(i32),
    List(Vec<Nested>),
}

use Nested::{Leaf, List};

/// Python's list display.
macro_rules! nested {
    ([$($item:tt),*]) => { List(vec![$(nested!($item)),*]) };
    ($leaf:expr) => { Leaf($leaf) };
}

#[coframe::coroutine(recursive, yield = i32)]
fn flatten(x: &Nested) {
    match x {
        List(items) => {
            for item in items {
                yield_from!(flatten(item));
            }
        }
        Leaf(number) => yield_!(*number),
    }
}

#[coframe::coroutine(recursive, yield = String)]
fn with_paths(x: &Nested, path: Vec<usize>) -> usize {
    match x {
        List(items) => {
            let mut leaves = 0;
            for (i, item) in items.iter().enumerate() {
                let path = [&path[..], &[i]].concat();
                leaves += yield_from!(with_paths(item, path));
            }
            leaves
        }
        Leaf(number) => {
            let path: Vec<String> = path.iter().map(usize::to_string).collect();
            yield_!(format!("{}={number}", path.join(".")));
            1
        }
    }
}

/// Yields one line per opened list, returns the depth of the deepest one.
#[coframe::coroutine(recursive, yield = String)]
fn max_depth(x: &Nested, depth: usize) -> usize {
    let List(items) = x else { return depth };
    let mut best = depth + 1;
    yield_!(format!("open {depth} with {}", items.len()));
    for item in items {
        best = best.max(yield_from!(max_depth(item, depth + 1)));
    }
    best
}

fn list(x: &Nested) -> Vec<i32> {
    flatten(x).collect()
}

pub(crate) fn main() -> Result<(), Exception> {
    let data = nested!([1, [2, [3, [4, [5, [6]]]], 7], [], [[]], [[8], 9]]);
    say!("{:?}", list(&data));
    say!("{:?} {:?} {:?}", list(&nested!(5)), list(&nested!([])), list(&nested!([[], [[]]])));

    let mut g = with_paths(&data, Vec::new());
    let mut values = g.values();
    for line in values.by_ref() {
        say!("{}", line?);
    }
    say!("leaves {}", values.into_return().unwrap());

    let mut g = max_depth(&data, 0);
    let mut values = g.values();
    for line in values.by_ref() {
        say!("{}", line?);
    }
    say!("deepest {}", values.into_return().unwrap());

    let mut nested = List(Vec::new());
    for i in 0..60 {
        nested = List(vec![nested, Leaf(i)]);
    }
    say!("60 deep: {}", flatten(&nested).sum::<i32>());
    Ok(())
}
