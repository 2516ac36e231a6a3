//! A cooperative round-robin scheduler over plain coroutines, with priorities and removal. `finally` is the drop of a guard.

use std::collections::{BTreeMap, VecDeque};

use coframe::BoxCoroutine;
use coframe::prelude::*;
use coframe_tests::Movable;

use crate::support::{RuntimeError, finally};

#[super::coroutine(yield = String)]
fn job(name: &'static str, n: u32) -> String {
    let _finally = finally(move || say!("  cleanup {name}"));
    for i in 0..n {
        yield_!(format!("{name}{i}"));
    }
    format!("{name} finished")
}

#[super::coroutine(yield = String)]
fn crashing(name: &'static str, at: u32) -> String {
    for i in 0..at {
        yield_!(format!("{name}{i}"));
    }
    raise!(RuntimeError::new(format!("{name} crashed")));
}

/// A name, what runs, and how many times the quantum it gets.
type Job = (&'static str, BoxCoroutine<'static, String, String>, u32);

fn round_robin<const N: usize>(jobs: [Job; N], quantum: u32) -> Result<BTreeMap<&'static str, String>, Exception> {
    let mut ready = VecDeque::from(jobs);
    let mut results = BTreeMap::new();
    while let Some((name, mut g, weight)) = ready.pop_front() {
        let mut line = Vec::new();
        let mut result = None;
        for _ in 0..quantum * weight {
            match g.start() {
                Ok(Step::Yielded(value)) => line.push(value),
                Ok(Step::Returned(value)) => result = Some(value),
                Err(e) if e.is::<RuntimeError>() => result = Some(e.to_string()),
                Err(other) => return Err(other),
            }
            if result.is_some() {
                break;
            }
        }
        match result {
            Some(result) => _ = results.insert(name, result),
            None => ready.push_back((name, g, weight)),
        }
        let line = if line.is_empty() { "-".to_owned() } else { line.join(" ") };
        say!("{name} ran {line}");
        if name == "d" && results.len() == 2 {
            say!("cancelling the rest");
            for (other, mut g, _) in ready.drain(..) {
                g.close()?;
                results.insert(other, "cancelled".to_owned());
            }
        }
    }
    Ok(results)
}

pub(crate) fn main() -> Result<(), Exception> {
    let r = round_robin(
        [
            ("a", Box::new(job("a", 2).movable()), 1),
            ("b", Box::new(job("b", 5).movable()), 2),
            ("c", Box::new(crashing("c", 1).movable()), 1),
        ],
        1,
    )?;
    for (name, result) in r {
        say!("{name} = {result}");
    }
    let r = round_robin(
        [
            ("d", Box::new(job("d", 9).movable()), 1),
            ("e", Box::new(job("e", 1).movable()), 1),
            ("f", Box::new(job("f", 0).movable()), 1),
            ("g", Box::new(job("g", 50).movable()), 3),
        ],
        2,
    )?;
    for (name, result) in r {
        say!("{name} = {result}");
    }
    Ok(())
}
