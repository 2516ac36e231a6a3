//! Every kind of function that can be a coroutine, as a user would write it. No warning may come of any of them.
//!
//! `functions` is compiled both ways, from the same lines: as frames and, in `pinned`, by rustc. Only frames are cloned, and
//! only they are sent what is borrowed for one resume.
#![deny(warnings, clippy::all)]
#![allow(clippy::duplicate_mod, reason = "the module is compiled once by each lowering")]

mod functions;

pub(crate) use coframe::{coroutine, prelude::coroutine as expression};

#[path = "."]
mod pinned {
    mod functions;

    /// `coroutine!(pinned, …)`.
    macro_rules! expression {
        ($($arguments:tt)*) => {
            coframe::prelude::coroutine!(pinned, $($arguments)*)
        };
    }

    pub(crate) use coframe_tests_attributes::pinned as coroutine;
    pub(crate) use expression;
}

use std::fmt::Display;

use coframe::prelude::{CoroutineExt, Step};

#[coframe::coroutine(yield = T, derive(Clone))]
fn repeat<T: Clone + Display, const N: usize>(items: [T; N]) -> usize {
    let mut n = 0;
    for _ in 0..2 {
        for x in items.iter().cloned().collect::<Vec<_>>() {
            n += 1;
            yield_!(x);
        }
    }
    n
}
#[coframe::coroutine(yield = &'r str, send = &'r str)]
fn words() -> usize {
    let mut n = 0;
    let mut s = yield_!("");
    loop {
        if s.is_empty() {
            return n;
        }
        let first = s.split(' ').next().unwrap_or("");
        n += 1;
        s = yield_!(first);
    }
}
#[coframe::coroutine(yield = usize, send = &mut Vec<i32>)]
fn filler() {
    let mut v = yield_!(0);
    loop {
        v.push(1);
        let n = v.len();
        v = yield_!(n);
    }
}
#[test]
fn generic_functions_fork() {
    let mut one = repeat(["x", "y"]);
    assert_eq!(one.next(), Some("x"));
    let other = one.clone();
    assert_eq!(one.collect::<Vec<_>>(), ["y", "x", "y"]);
    assert_eq!(other.collect::<Vec<_>>(), ["y", "x", "y"]);
}

#[test]
fn what_is_sent_may_be_borrowed_for_one_resume() {
    let mut words = words();
    words.start().unwrap();
    {
        let text = String::from("hello world");
        assert_eq!(words.send(&text).unwrap(), Step::Yielded("hello"));
    }
    assert_eq!(words.send("x y").unwrap(), Step::Yielded("x"));
    assert_eq!(words.send("").unwrap(), Step::Returned(2));
    let mut filler = filler();
    filler.start().unwrap();
    let mut list = vec![];
    assert_eq!(filler.send(&mut list).unwrap(), Step::Yielded(1));
    assert_eq!(filler.send(&mut list).unwrap(), Step::Yielded(2));
    assert_eq!(list, [1, 1]);
}
