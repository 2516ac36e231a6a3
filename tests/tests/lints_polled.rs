//! Expansions of bodies that rustc compiles, `pinned` coroutines and async generators, under the strict lints of `lints.rs`.

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

use coframe::for_await;
use coframe::prelude::*;
use std::fmt::Display;
use std::future::ready;
use std::num::ParseIntError;

/// Every loop.
#[coframe::coroutine(pinned, yield = u32)]
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
#[coframe::coroutine(pinned, yield = usize, send = Option<u32>)]
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
#[coframe::coroutine(pinned, yield = i64, send = i64)]
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

/// What a frame refuses.
#[coframe::coroutine(pinned, yield = char)]
pub fn borrows_its_own(text: String) -> usize {
    let shouted = text.to_uppercase();
    let mut count = 0;
    for c in shouted.chars() {
        yield_!(c);
        count += 1;
    }
    count
}

/// Delegation, exceptions and arguments of every kind.
///
/// # Errors
///
/// Never.
#[coframe::coroutine(pinned, yield = u32)]
pub fn delegates<T: Display>((left, _): (u32, u32), _unused: &str, given: T, _: [u8; 2]) -> Result<u32, ParseIntError> {
    let list = [left, 2];
    yield_from!(list);
    let count = yield_from!(borrows_itself(given.to_string()));
    let caught = attempt! {
        yield_!(1);
        if count > 100 {
            raise!(std::fmt::Error);
        }
        or_raise!(given.to_string().parse::<u32>())
    };
    match caught {
        Ok(n) => Ok(n + "1".parse::<u32>()?),
        Err(exception) if exception.is::<ParseIntError>() => Ok(0),
        Err(exception) => raise!(exception),
    }
}

#[coframe::coroutine(pinned, yield = u32)]
fn borrows_itself(text: String) -> usize {
    let part = text.as_str();
    yield_!(0);
    part.len()
}

/// A task.
#[coframe::coroutine(pinned, task)]
pub fn task(n: u32) -> u32 {
    let list = vec![n, 1];
    let mut sum = 0;
    for n in &list {
        sum += yield_from!(ready(*n));
        yield_!();
    }
    sum
}

/// Every loop, in an async generator.
#[coframe::coroutine(yield = u32)]
pub async fn async_loops(list: &[u32], mut times: u32) {
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

/// A clean-up, arguments of every kind, an error of its own.
///
/// # Errors
///
/// Where a text is no number.
#[coframe::coroutine(yield = u32, send = Option<u32>)]
pub async fn generates<T>(
    (left, _): (u32, u32),
    _unused: &str,
    mut text: String,
    _: T,
    list: &[u32],
) -> Result<(), ParseIntError>
where
    T: Send,
{
    let mut sum = ready(left).await;
    let done = attempt! {
        for n in list {
            sum += ready(*n).await + ready(sum).await;
            if let Some(sent) = yield_!(sum) {
                text.push_str(ready("1").await);
                sum += sent;
            }
        }
        match try_yield!(0) {
            Ok(Some(0)) => return Ok(()),
            Ok(sent) => sum += sent.unwrap_or(text.parse::<u32>()?),
            Err(exception) => raise!(exception),
        }
    };
    ready(()).await;
    or_raise!(done);
    let numbers = [yield_!(1), yield_!(sum), Some(ready(3).await)];
    let rest = vec![yield_!(4), numbers[0]];
    text = format!("{text}{}", yield_!(5).map_or(0, |n| n + 1));
    drop((rest, text));
    Ok(())
}

/// Loops over streams.
#[coframe::coroutine(yield = (u32, u32))]
pub async fn pairs(to: u32) {
    for_await!('outer: a in counts(to) {
        for_await!(b in counts(to) {
            if a == b {
                continue 'outer;
            }
            if a + b > 10 {
                break 'outer;
            }
            yield_!((a, b));
        });
    });
    let mut rest = counts(to);
    for_await!(a in &mut rest {
        yield_!((a, 0));
        break;
    });
    if rest.next().await.is_some() {
        rest.aclose().await;
    }
}

#[coframe::coroutine(yield = u32)]
async fn counts(to: u32) {
    for n in 0..to {
        yield_!(n);
    }
}

/// It has methods that are generators.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    n: u32,
}

impl Counter {
    /// By value, and not used.
    #[coframe::coroutine(yield = u32)]
    pub async fn given(self) {
        yield_!(1);
    }

    /// By reference, mutable.
    #[coframe::coroutine(yield = u32)]
    pub async fn raised(&mut self, by: u32) {
        loop {
            self.n += ready(by).await;
            yield_!(self.n);
        }
    }

    /// Pinned.
    #[coframe::coroutine(pinned, yield = u32)]
    pub fn lowered(&mut self, by: u32) {
        while self.n > by {
            self.n -= by;
            yield_!(self.n);
        }
    }
}

/// It never yields.
#[coframe::coroutine(yield = u32)]
pub async fn yields_nothing(_: u32) {}

/// It only raises.
#[coframe::coroutine(yield = u32)]
pub async fn only_raises() {
    raise!(std::fmt::Error)
}

#[test]
fn pinned_bodies_run() {
    assert_eq!(loops(&[1, 2], 1).boxed().count(), 10, "values");
    assert_eq!(borrows_its_own("ab".to_owned()).boxed().collect::<String>(), "AB", "capitals");
    assert_eq!(delegates((1, 2), "", 7, [0; 2]).boxed().count(), 4, "values");
    assert!(branches(0).boxed().start().is_ok(), "it starts");
    assert!(operands(vec![1]).boxed().start().is_ok(), "it starts");
    assert_eq!(Counter { n: 3 }.lowered(1).boxed().count(), 2, "values");
    assert!(matches!(run(task(2)), Ok(3)), "the sum");
}

#[test]
fn async_generators_run() {
    let all = run(async {
        let mut count = 0;
        let mut loops = async_loops(&[1, 2], 1);
        while loops.next().await?.is_some() {
            count += 1;
        }
        let mut generates = generates((1, 2), "", "1".to_owned(), 0, &[1]);
        let first = generates.next().await?;
        let second = generates.asend(Some(1)).await?;
        let mut counter = Counter { n: 1 };
        let raised = counter.raised(2).next().await?;
        let mut pairs = pairs(3);
        let pair = pairs.asend(()).await?;
        while pairs.next().await?.is_some() {}
        Ok((count, first, second, raised, pair, counter.given().next().await?, yields_nothing(1).next().await?))
    });
    assert!(matches!(all, Ok((10, Some(3), Some(0), Some(3), Some((1, 0)), Some(1), None))), "{all:?}");
    assert!(run(async { only_raises().next().await }).is_err(), "it raises");
}
