//! Bodies that both lowerings compile.

use std::cell::RefCell;
use std::fmt::Display;
use std::rc::Rc;

use coframe::prelude::*;
use coframe_tests::Movable;

/// Every loop.
#[super::coroutine(yield = u32)]
pub fn loops(list: &[u32], mut times: u32) {
    for n in list {
        yield_!(*n);
    }
    for (index, n) in (0..).zip(list) {
        if index == *n {
            continue;
        }
        yield_!(index + n);
    }
    while times > 0 {
        yield_!(times);
        times -= 1;
    }
    let mut rest = list.iter();
    while let Some(n) = rest.next() {
        yield_!(*n + u32::from(rest.len() > 1));
    }
    let found = 'outer: loop {
        for n in list {
            yield_!(*n);
            if *n > 1 {
                break 'outer *n;
            }
        }
        if times == 0 {
            break 0;
        }
    };
    yield_!(found);
}

/// Every branch, with a value sent to each.
#[super::coroutine(yield = usize, send = Option<u32>)]
pub fn branches(start: usize) -> Result<usize, String> {
    let first = if start > 1 { yield_!(start) } else { None };
    let second = match first {
        Some(n @ 0..=9) if n != 7 => yield_!(1),
        Some(n) => {
            let Some(m) = yield_!(2) else {
                return Err(format!("nothing after {n}"));
            };
            Some(m + n)
        }
        None => None,
    };
    if let Some(n) = second
        && let Some(m) = yield_!(3)
        && n < m
    {
        let _ = yield_!(4);
    } else if yield_!(5).is_some() && yield_!(6).is_none() {
        let _ = yield_!(7);
    }
    let parsed: usize = "12".parse().map_err(|error| format!("{error}"))?;
    let label = 'label: {
        if parsed > 11 {
            break 'label yield_!(8);
        }
        None
    };
    Ok(parsed + usize::from(label.is_some()))
}

/// Operands of every kind.
#[super::coroutine(yield = i64, send = i64)]
pub fn operands(mut numbers: Vec<i64>) -> (Vec<i64>, String) {
    let array = [yield_!(1), yield_!(2), 3];
    let tuple = (yield_!(3), array[0]);
    numbers.push(yield_!(tuple.0 + tuple.1));
    numbers[0] = yield_!(array.len().try_into().unwrap_or(0));
    numbers[0] += yield_!(-numbers[0]);
    let sum = yield_!(4) + yield_!(5) * 2 - yield_!(6);
    let text = format!("{sum} {} {numbers:?}", yield_!(7));
    assert!(yield_!(8) > i64::MIN, "it is {text}");
    let more = vec![yield_!(9), sum];
    let range = yield_!(10)..=yield_!(11);
    numbers.extend(range.chain(more));
    let both = yield_!(12) > 1 && yield_!(13) > 2 || yield_!(14) > 3;
    numbers.retain(|n| both || *n > 1);
    (numbers, text)
}

/// Arguments of every kind.
#[super::coroutine(yield = String)]
pub fn arguments<'a, T, const N: usize>(
    (left, _): (u32, u32),
    [first, second]: [T; 2],
    _unused: &'a str,
    _: [u8; N],
    mut text: String,
    shown: impl Display,
) where
    T: Display + 'a,
{
    text.push_str(&first.to_string());
    yield_!(text.clone());
    text += &second.to_string();
    yield_!(text);
    yield_!(format!("{left} {shown} {N}"));
}

/// Lifetimes of every kind.
#[super::coroutine(yield = &str)]
pub fn elided(text: &str) {
    for word in text.split(' ') {
        yield_!(word);
    }
}

/// A named one.
#[super::coroutine(yield = &'a str)]
pub fn named<'a>(text: &'a str, other: &'a str) {
    yield_!(text);
    yield_!(other);
}

/// Nothing is paused.
#[super::coroutine]
pub fn nothing(_: u32) {}

/// It never ends.
#[super::coroutine(yield = u64)]
pub fn naturals() {
    let mut n = 0;
    loop {
        yield_!(n);
        n += 1;
    }
}

/// Guards, references that are not used again, locals that only drop.
#[super::coroutine(yield = u32)]
pub fn held(cell: &RefCell<u32>, shared: Rc<u32>) {
    let _kept = Rc::clone(&shared);
    let guard = cell.borrow_mut();
    yield_!(*guard);
    drop(guard);
    let late;
    if *shared > 1 {
        late = String::from("late");
        yield_!(1);
    } else {
        late = String::new();
    }
    yield_!(u32::from(late.is_empty()));
}

/// Closures, items and macros in a body.
#[super::coroutine(yield = u32)]
pub fn items(by: u32) {
    const STEP: u32 = 2;
    struct Pair {
        a: u32,
        b: u32,
    }
    const fn double(n: u32) -> u32 {
        n * STEP
    }
    let add = move |n: u32| n + by;
    let pair = Pair { a: add(1), b: double(2) };
    yield_!(pair.a);
    let Pair { a, b } = pair;
    yield_!(add(a) + b);
    println!("{a} {b:?} {}", STEP);
}

/// A counter.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    n: u32,
}

impl Counter {
    /// By value.
    #[super::coroutine(yield = u32)]
    pub fn down(self) {
        for n in (0..self.n).rev() {
            yield_!(n);
        }
    }

    /// By reference.
    #[super::coroutine(yield = u32)]
    pub fn up(&self, to: u32) {
        for n in self.n..to {
            yield_!(n);
        }
    }

    /// By mutable reference.
    #[super::coroutine(yield = u32, send = u32)]
    pub fn count(&mut self) -> u32 {
        while self.n < 10 {
            self.n += yield_!(self.n);
        }
        self.n
    }

    /// Without.
    #[super::coroutine(yield = Self)]
    pub fn made(n: u32) {
        yield_!(Self { n });
    }
}

/// A trait with coroutines.
pub trait Numbers {
    /// All of them.
    #[super::coroutine(yield = u32)]
    fn all(&self);

    /// Twice all of them.
    #[super::coroutine(yield = u32)]
    fn twice(&self) {
        for n in self.all().movable() {
            yield_!(n);
            yield_!(n);
        }
    }
}

impl Numbers for Counter {
    #[super::coroutine(yield = u32)]
    fn all(&self) {
        yield_!(self.n);
    }
}

/// A type for others.
#[must_use]
pub fn boxed(n: u32) -> Box<dyn Iterator<Item = u32>> {
    let times = 2;
    let repeated = super::expression!(yield = u32, move |n: u32| {
        for _ in 0..times {
            yield n;
        }
    });
    Box::new(repeated(n).movable())
}

/// A guard that is held, in an expression.
#[must_use]
pub fn held_in_an_expression(cell: &RefCell<u32>) -> u32 {
    let of = super::expression!(yield = u32, || {
        let guard = cell.borrow_mut();
        yield *guard;
        drop(guard);
    });
    of().movable().sum()
}

#[test]
fn it_runs() {
    assert_eq!(held_in_an_expression(&RefCell::new(2)), 2, "the sum");
    assert_eq!(loops(&[1, 2], 1).movable().count(), 10, "items of all loops");
    assert_eq!(
        arguments((1, 2), ["a", "b"], "", [0; 3], String::new(), 4).movable().last().as_deref(),
        Some("1 4 3"),
        "last"
    );
    assert_eq!(elided("a b").movable().chain(named("c", "d").movable()).collect::<String>(), "abcd", "in order");
    assert_eq!(nothing(1).movable().count(), 0, "nothing");
    assert_eq!(naturals().movable().nth(3), Some(3), "it goes on");
    assert_eq!(held(&RefCell::new(3), Rc::new(1)).movable().sum::<u32>(), 4, "the sum");
    assert_eq!(items(1).movable().sum::<u32>(), 9, "the sum");
    let mut counter = Counter { n: 7 };
    assert_eq!(
        counter.down().movable().chain(counter.up(9).movable()).chain(counter.twice().movable()).count(),
        11,
        "all methods"
    );
    assert_eq!(Counter::made(1).movable().map(|made| made.n).sum::<u32>(), 1, "one");
    assert!(matches!(counter.count().movable().start(), Ok(Step::Yielded(7))), "it starts");
    assert_eq!(boxed(2).sum::<u32>(), 4, "twice two");
    assert!(matches!(branches(2).movable().start(), Ok(Step::Yielded(2))), "it starts");
    assert!(matches!(operands(vec![1]).movable().start(), Ok(Step::Yielded(1))), "it starts");
}
