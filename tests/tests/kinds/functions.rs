//! The functions that both lowerings compile.

use std::collections::HashMap;
use std::pin::Pin;

use coframe::prelude::*;
use coframe_tests::Movable;

struct Tree {
    left: Option<Box<Tree>>,
    value: i32,
    right: Option<Box<Tree>>,
}
impl Tree {
    #[super::coroutine(yield = &i32)]
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
    #[super::coroutine(yield = i32, send = i32)]
    fn bump(&mut self, by: i32) -> i32 {
        self.value += by;
        let got = yield_!(self.value);
        self.value += got;
        self.value
    }
    #[super::coroutine(yield = i32)]
    fn pinned(self: Pin<&mut Self>) {
        let this = self.get_mut();
        this.value += 1;
        yield_!(this.value);
        this.value += 1;
        yield_!(this.value);
    }
}
trait Source {
    #[super::coroutine(yield = String)]
    fn items(&self, n: usize) -> usize;
    #[super::coroutine(yield = usize)]
    fn twice(&self, n: usize) {
        yield_!(n);
        yield_!(n * 2);
    }
}
impl Source for str {
    #[super::coroutine(yield = String)]
    fn items(&self, n: usize) -> usize {
        for (i, w) in self.split(' ').enumerate().take(n) {
            yield_!(format!("{i}:{w}"));
        }
        n
    }
}
#[super::coroutine(yield = (&'a str, usize))]
fn counts<'a>(text: &'a str, skipped: &str, skip: impl Fn(&str, &str) -> bool) {
    let mut map = HashMap::new();
    for w in text.split_whitespace() {
        if skip(w, skipped) {
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
#[super::coroutine(yield = u32)]
fn question(text: &str) -> Result<u32, std::num::ParseIntError> {
    let mut sum = 0;
    for part in text.split(',') {
        let n: u32 = part.trim().parse()?;
        yield_!(n);
        sum += n;
    }
    Ok(sum)
}
#[test]
fn methods_with_every_receiver() {
    let mut tree = Tree { left: Some(Box::new(Tree { left: None, value: 1, right: None })), value: 2, right: None };
    assert_eq!(tree.walk().movable().collect::<Vec<_>>(), [&1, &2]);
    {
        let mut bump = tree.bump(10).movable();
        assert_eq!(bump.start().unwrap(), Step::Yielded(12));
        assert_eq!(bump.send(5).unwrap(), Step::Returned(17));
    }
    assert_eq!(Pin::new(&mut tree).pinned().movable().collect::<Vec<_>>(), [18, 19]);
}

#[test]
fn methods_of_traits() {
    assert_eq!("a b c".items(2).movable().collect::<Vec<_>>(), ["0:a", "1:b"]);
    assert_eq!("x".twice(4).movable().collect::<Vec<_>>(), [4, 8]);
}

#[test]
fn impl_trait_arguments_and_lifetimes() {
    assert_eq!(
        counts("a b a c", "c", |word, skipped| word == skipped).movable().collect::<Vec<_>>(),
        [("a", 2), ("b", 1)]
    );
}

#[test]
fn question_marks_return() {
    let mut numbers = question("1, 2, x").movable();
    let mut values = numbers.values();
    assert_eq!(values.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [1, 2]);
    assert!(values.into_return().unwrap().is_err());
}

#[test]
fn expressions_capture_as_closures_do() {
    let base = 10;
    let make = super::expression!(move |count: u32| {
        for i in 0..count {
            yield i + base;
        }
    });
    assert_eq!(make(3).movable().collect::<Vec<_>>(), [10, 11, 12]);
    assert_eq!(make(2).movable().collect::<Vec<_>>(), [10, 11]);
    let names = ["p".to_owned(), "qq".to_owned()];
    let lengths = super::expression!(|| {
        for name in &names {
            yield name.len();
        }
        names.len()
    });
    let mut lengths = lengths().movable();
    let mut values = lengths.values();
    assert_eq!(values.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(values.into_return(), Some(2));
}

#[test]
fn expressions_are_sent_values() {
    let make = super::expression!(send = i32, |start: i32| -> i32 {
        let mut x = start;
        loop {
            let sent = yield x * 2;
            if sent == 0 {
                return x;
            }
            x = sent;
        }
    });
    let mut echo = make(4).movable();
    assert_eq!(echo.start().unwrap(), Step::Yielded(8));
    assert_eq!(echo.send(3).unwrap(), Step::Yielded(6));
    assert_eq!(echo.send(0).unwrap(), Step::Returned(3));
    assert_eq!(format!("{echo:?}"), "<coroutine <coroutine>, closed>");
}
