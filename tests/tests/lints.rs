//! Expansions under strict lints: nothing of one may be reported, by rustc or by clippy.
//!
//! What is denied here is what strict projects deny. `ui/lints` shows the other half: that a lint on users' code speaks.

#![deny(warnings)]
#![deny(unused, rust_2018_idioms, rust_2021_compatibility, nonstandard_style, future_incompatible)]
#![deny(
    explicit_outlives_requirements, keyword_idents, let_underscore_drop, macro_use_extern_crate, meta_variable_misuse,
    missing_copy_implementations, missing_debug_implementations, missing_docs, non_ascii_idents, redundant_lifetimes,
    single_use_lifetimes, trivial_casts, trivial_numeric_casts, unit_bindings, unnameable_types, unreachable_code,
    unreachable_pub, unused_import_braces, unused_lifetimes, unused_macro_rules, unused_qualifications, unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    clippy::as_underscore, clippy::clone_on_ref_ptr, clippy::dbg_macro, clippy::empty_drop, clippy::exit,
    clippy::let_underscore_must_use, clippy::mem_forget, clippy::missing_assert_message, clippy::panic,
    clippy::panic_in_result_fn, clippy::rest_pat_in_fully_bound_structs, clippy::same_name_method,
    clippy::str_to_string, clippy::todo, clippy::try_err, clippy::undocumented_unsafe_blocks, clippy::unimplemented,
    clippy::unneeded_field_pattern, clippy::unreachable, clippy::unseparated_literal_suffix, clippy::unwrap_used,
    clippy::verbose_file_reads
)]
// An argument that is not used, `_unused`, is one of these for as long as the native form binds it again.
#![allow(clippy::used_underscore_binding, clippy::no_effect_underscore_binding)]
#![forbid(unsafe_code)]

use coframe::prelude::*;
use std::cell::RefCell;
use std::fmt::Display;
use std::future::{pending, ready};
use std::num::ParseIntError;
use std::rc::Rc;

/// Every loop.
#[coframe::coroutine(yield = u32)]
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
#[coframe::coroutine(yield = usize, send = Option<u32>)]
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
#[coframe::coroutine(yield = i64, send = i64)]
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

/// A copy can be made of it.
#[coframe::coroutine(yield = u8, derive(Clone))]
pub fn cloned(mut bytes: Vec<u8>) {
    bytes.sort_unstable();
    while let Some(byte) = bytes.pop() {
        yield_!(byte);
    }
}

/// Slices are sent to it.
#[coframe::coroutine(yield = Option<u8>, send = &[u8])]
pub fn sent_slices(step: usize) -> usize {
    let mut chunk = yield_!(None);
    let mut count = 0;
    loop {
        for byte in chunk.iter().step_by(step) {
            count += usize::from(*byte);
        }
        if chunk.is_empty() {
            return count;
        }
        chunk = yield_!(chunk.first().copied());
    }
}

/// Arguments of every kind.
#[coframe::coroutine(yield = String)]
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
#[coframe::coroutine(yield = &str)]
pub fn elided(text: &str) {
    for word in text.split(' ') {
        yield_!(word);
    }
}

/// A named one.
#[coframe::coroutine(yield = &'a str)]
pub fn named<'a>(text: &'a str, other: &'a str) {
    yield_!(text);
    yield_!(other);
}

/// Nothing is paused.
#[coframe::coroutine]
pub fn nothing(_: u32) {}

/// It never ends.
#[coframe::coroutine(yield = u64)]
pub fn naturals() {
    let mut n = 0;
    loop {
        yield_!(n);
        n += 1;
    }
}

/// Guards, references that are not used again, locals that only drop.
#[coframe::coroutine(yield = u32)]
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
#[coframe::coroutine(yield = u32)]
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
    #[coframe::coroutine(yield = u32)]
    pub fn down(self) {
        for n in (0..self.n).rev() {
            yield_!(n);
        }
    }

    /// By reference.
    #[coframe::coroutine(yield = u32)]
    pub fn up(&self, to: u32) {
        for n in self.n..to {
            yield_!(n);
        }
    }

    /// By mutable reference.
    #[coframe::coroutine(yield = u32, send = u32)]
    pub fn count(&mut self) -> u32 {
        while self.n < 10 {
            self.n += yield_!(self.n);
        }
        self.n
    }

    /// Without.
    #[coframe::coroutine(yield = Self)]
    pub fn made(n: u32) {
        yield_!(Self { n });
    }
}

/// A trait with coroutines.
pub trait Numbers {
    /// All of them.
    #[coframe::coroutine(yield = u32)]
    fn all(&self);

    /// Twice all of them.
    #[coframe::coroutine(yield = u32)]
    fn twice(&self) {
        for n in self.all() {
            yield_!(n);
            yield_!(n);
        }
    }
}

impl Numbers for Counter {
    #[coframe::coroutine(yield = u32)]
    fn all(&self) {
        yield_!(self.n);
    }
}

/// A type for others.
#[must_use]
pub fn boxed(n: u32) -> Box<dyn Iterator<Item = u32>> {
    let times = 2;
    let repeated = coroutine!(yield = u32, move |n: u32| {
        for _ in 0..times {
            yield n;
        }
    });
    Box::new(repeated(n))
}

/// Awaits of every kind.
///
/// # Errors
///
/// None, as it happens.
///
/// # Panics
///
/// Never.
#[coframe::coroutine]
pub async fn awaits<T>(
    (left, _): (u32, u32),
    _unused: &str,
    mut text: String,
    _: T,
    list: &[u32],
) -> Result<u32, String>
where
    T: Send,
{
    let mut sum = ready(left).await;
    for n in list {
        sum += ready(*n).await + ready(sum).await;
        if sum > 100 && ready(true).await {
            break;
        }
    }
    let caught = attempt! {
        text.push_str(ready("x").await);
        while let Some(c) = ready(text.pop()).await {
            if c == 'y' {
                break;
            }
        }
        or_raise!(text.parse::<u32>())
    };
    match caught {
        Ok(n) => sum += n,
        Err(exception) if exception.is::<ParseIntError>() => sum += 1,
        Err(exception) => raise!(exception),
    }
    ready(()).await;
    if let Err(exception) = try_await!(ready(0)) {
        raise!(std::fmt::Error, from = exception);
    }
    let parsed: u32 = "12".parse().map_err(|error| format!("{error}"))?;
    assert_eq!(ready(parsed).await, 12, "it is {text}");
    println!("{parsed} {}", ready(sum).await);
    match ready(Some(sum)).await {
        Some(n) if n > ready(1).await => Ok(n),
        Some(_) => return Err(ready(text).await),
        None => Ok(0),
    }
}

/// It awaits nothing.
#[coframe::coroutine]
pub async fn awaits_nothing(_: u32) {}

/// It never ends.
#[coframe::coroutine]
pub async fn awaits_for_ever() {
    loop {
        pending::<()>().await;
    }
}

/// It only raises.
#[coframe::coroutine]
pub async fn only_raises() -> u32 {
    raise!(std::fmt::Error)
}

impl Counter {
    /// By value, and not used.
    #[coframe::coroutine]
    pub async fn given(self) -> u32 {
        ready(1).await
    }

    /// By reference, mutable.
    #[coframe::coroutine]
    pub async fn raise_to(&mut self, n: u32) -> &mut Self {
        self.n += ready(n).await;
        self
    }
}

#[test]
fn async_functions_run() {
    let sum = run(awaits((1, 2), "", String::from("y"), 1, &[1, 2]));
    assert!(matches!(sum, Ok(Ok(9))), "{sum:?}");
    assert!(run(only_raises()).is_err(), "it raises");
    assert!(run(awaits_nothing(1)).is_ok(), "it ends");
    drop(awaits_for_ever());
    let sum = run(async {
        let mut counter = Counter { n: 1 };
        let n = counter.raise_to(2).await?.n;
        Ok(n + counter.given().await?)
    });
    assert!(matches!(sum, Ok(4)), "{sum:?}");
}

#[test]
fn it_runs() {
    assert_eq!(loops(&[1, 2], 1).count(), 10, "items of all loops");
    assert_eq!(cloned(vec![1, 2]).clone().count(), 2, "items of a clone");
    assert_eq!(arguments((1, 2), ["a", "b"], "", [0; 3], String::new(), 4).last().as_deref(), Some("1 4 3"), "last");
    assert_eq!(elided("a b").chain(named("c", "d")).collect::<String>(), "abcd", "in order");
    assert_eq!(nothing(1).count(), 0, "nothing");
    assert_eq!(naturals().nth(3), Some(3), "it goes on");
    assert_eq!(held(&RefCell::new(3), Rc::new(1)).sum::<u32>(), 4, "the sum");
    assert_eq!(items(1).sum::<u32>(), 9, "the sum");
    let mut counter = Counter { n: 7 };
    assert_eq!(counter.down().chain(counter.up(9)).chain(counter.twice()).count(), 11, "all methods");
    assert_eq!(Counter::made(1).map(|made| made.n).sum::<u32>(), 1, "one");
    assert!(matches!(counter.count().start(), Ok(Step::Yielded(7))), "it starts");
    assert_eq!(boxed(2).sum::<u32>(), 4, "twice two");
    assert!(matches!(branches(2).start(), Ok(Step::Yielded(2))), "it starts");
    assert!(matches!(operands(vec![1]).start(), Ok(Step::Yielded(1))), "it starts");
    assert!(matches!(sent_slices(1).start(), Ok(Step::Yielded(None))), "it starts");
}
