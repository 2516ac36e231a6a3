//! Every kind of function that can be a coroutine, as a user would write it. No warning may come of any of them.
#![deny(warnings, clippy::all)]

use coframe::prelude::*;
use std::collections::HashMap;
use std::fmt::Display;
use std::pin::Pin;

struct Tree {
    left: Option<Box<Tree>>,
    value: i32,
    right: Option<Box<Tree>>,
}
impl Tree {
    #[coframe::coroutine(yield = &i32)]
    fn walk(&self) {
        let mut stack = Vec::new();
        let mut node = Some(self);
        loop {
            while let Some(n) = node {
                stack.push(n);
                node = n.left.as_deref();
            }
            let Some(n) = stack.pop() else { break };
            yield_!(&n.value);
            node = n.right.as_deref();
        }
    }
    #[coframe::coroutine(yield = i32, send = i32)]
    fn bump(&mut self, by: i32) -> i32 {
        self.value += by;
        let got = yield_!(self.value);
        self.value += got;
        self.value
    }
    #[coframe::coroutine(yield = i32)]
    fn pinned(self: Pin<&mut Self>) {
        let this = self.get_mut();
        this.value += 1;
        yield_!(this.value);
        this.value += 1;
        yield_!(this.value);
    }
}
trait Source {
    #[coframe::coroutine(yield = String)]
    fn items(&self, n: usize) -> usize;
    #[coframe::coroutine(yield = usize)]
    fn twice(&self, n: usize) {
        yield_!(n);
        yield_!(n * 2);
    }
}
impl Source for str {
    #[coframe::coroutine(yield = String)]
    fn items(&self, n: usize) -> usize {
        for (i, w) in self.split(' ').enumerate().take(n) {
            yield_!(format!("{i}:{w}"));
        }
        n
    }
}
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
#[coframe::coroutine(yield = (&'a str, usize))]
fn counts<'a>(text: &'a str, skip: impl Fn(&str) -> bool) {
    let mut map = HashMap::new();
    for w in text.split_whitespace() {
        if skip(w) {
            continue;
        }
        *map.entry(w).or_insert(0) += 1;
    }
    let mut all: Vec<_> = map.into_iter().collect();
    all.sort();
    for (w, n) in all {
        yield_!((w, n));
    }
}
#[coframe::coroutine(yield = u32)]
fn question(text: &str) -> Result<u32, std::num::ParseIntError> {
    let mut sum = 0;
    for part in text.split(',') {
        let n: u32 = part.trim().parse()?;
        yield_!(n);
        sum += n;
    }
    Ok(sum)
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
fn methods_with_every_receiver() {
    let mut tree = Tree { left: Some(Box::new(Tree { left: None, value: 1, right: None })), value: 2, right: None };
    assert_eq!(tree.walk().collect::<Vec<_>>(), [&1, &2]);
    {
        let mut bump = tree.bump(10);
        assert_eq!(bump.start().unwrap(), Step::Yielded(12));
        assert_eq!(bump.send(5).unwrap(), Step::Returned(17));
    }
    assert_eq!(Pin::new(&mut tree).pinned().collect::<Vec<_>>(), [18, 19]);
}

#[test]
fn methods_of_traits() {
    assert_eq!("a b c".items(2).collect::<Vec<_>>(), ["0:a", "1:b"]);
    assert_eq!("x".twice(4).collect::<Vec<_>>(), [4, 8]);
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
fn impl_trait_arguments_and_lifetimes() {
    assert_eq!(counts("a b a c", |word| word == "c").collect::<Vec<_>>(), [("a", 2), ("b", 1)]);
}

#[test]
fn question_marks_return() {
    let mut numbers = question("1, 2, x");
    let mut values = numbers.values();
    assert_eq!(values.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [1, 2]);
    assert!(values.into_return().unwrap().is_err());
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

#[test]
fn expressions_capture_as_closures_do() {
    let base = 10;
    let make = coroutine!(move |count: u32| {
        for i in 0..count {
            yield i + base;
        }
    });
    assert_eq!(make(3).collect::<Vec<_>>(), [10, 11, 12]);
    assert_eq!(make(2).collect::<Vec<_>>(), [10, 11]);
    let names = ["p".to_owned(), "qq".to_owned()];
    let lengths = coroutine!(|| {
        for name in &names {
            yield name.len();
        }
        names.len()
    });
    let mut lengths = lengths();
    let mut values = lengths.values();
    assert_eq!(values.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(values.into_return(), Some(2));
}

#[test]
fn expressions_are_sent_values() {
    let make = coroutine!(send = i32, |start: i32| -> i32 {
        let mut x = start;
        loop {
            let sent = yield x * 2;
            if sent == 0 {
                return x;
            }
            x = sent;
        }
    });
    let mut echo = make(4);
    assert_eq!(echo.start().unwrap(), Step::Yielded(8));
    assert_eq!(echo.send(3).unwrap(), Step::Yielded(6));
    assert_eq!(echo.send(0).unwrap(), Step::Returned(3));
    assert_eq!(format!("{echo:?}"), "<coroutine <coroutine>, closed>");
}
