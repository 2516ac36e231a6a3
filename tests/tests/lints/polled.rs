//! Bodies that only rustc compiles: borrows of locals across a yield, tasks that are pinned, `async fn`s, async generators.

use std::fmt::Display;
use std::future::{pending, ready};
use std::num::ParseIntError;

use coframe::prelude::*;
use coframe::{Exception, TaskBuilder, TaskGroup, for_await};

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

/// A loop on one line, whose body is an expression.
#[coframe::coroutine]
pub async fn collected(to: u32) -> Vec<u32> {
    let mut all = Vec::new();
    for_await!(n in counts(to) { all.push(n) });
    for_await!(_ in counts(to) { break });
    all
}

/// Tasks that a group owns, of which nobody keeps the handle.
///
/// # Errors
///
/// Those of the tasks.
#[allow(unused_results, reason = "it is about any value that is not used")]
#[allow(clippy::future_not_send, reason = "a group belongs to one thread")]
pub async fn grouped() -> Result<(), Exception> {
    TaskGroup::scope(|group| async move {
        group.create_task(collected(1));
        TaskBuilder::new().name("second").spawn_in(&group, collected(2));
    })
    .await
}

#[coframe::coroutine(yield = u32)]
async fn counts(to: u32) {
    for n in 0..to {
        yield_!(n);
    }
}

/// It has methods that are generators.
#[derive(Debug, Clone, Copy)]
pub struct Numbered {
    n: u32,
}

impl Numbered {
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
pub async fn raises() -> u32 {
    raise!(std::fmt::Error)
}

impl Numbered {
    /// By value, and not used.
    #[coframe::coroutine]
    pub async fn awaited(self) -> u32 {
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
fn pinned_bodies_run() {
    assert_eq!(borrows_its_own("ab".to_owned()).boxed().collect::<String>(), "AB", "capitals");
    assert_eq!(delegates((1, 2), "", 7, [0; 2]).boxed().count(), 4, "values");
    assert_eq!(Numbered { n: 3 }.lowered(1).boxed().count(), 2, "values");
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
        let mut counter = Numbered { n: 1 };
        let raised = counter.raised(2).next().await?;
        let mut pairs = pairs(3);
        let pair = pairs.asend(()).await?;
        while pairs.next().await?.is_some() {}
        Ok((count, first, second, raised, pair, counter.given().next().await?, yields_nothing(1).next().await?))
    });
    assert!(matches!(all, Ok((10, Some(3), Some(0), Some(3), Some((1, 0)), Some(1), None))), "{all:?}");
    assert!(run(async { only_raises().next().await }).is_err(), "it raises");
}

#[test]
fn async_functions_run() {
    let sum = run(awaits((1, 2), "", String::from("y"), 1, &[1, 2]));
    assert!(matches!(sum, Ok(Ok(9))), "{sum:?}");
    assert!(run(raises()).is_err(), "it raises");
    assert!(run(awaits_nothing(1)).is_ok(), "it ends");
    drop(awaits_for_ever());
    let sum = run(async {
        let mut counter = Numbered { n: 1 };
        let n = counter.raise_to(2).await?.n;
        Ok(n + counter.awaited().await?)
    });
    assert!(matches!(sum, Ok(4)), "{sum:?}");
}
