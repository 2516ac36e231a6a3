//! Rounds: the contestants of a kernel in turn, many times.
//!
//! The figure of a contestant is its best round, since what disturbs a round only ever makes it longer; the median is there
//! to see how disturbed it was. Contestants take turns, so that a change of the clock's speed strikes all alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::{Kernel, Run, Unit, allocations as counters};

const ROUNDS: usize = 21;
/// Nobody is measured less often than this.
const FEWEST_ROUNDS: usize = 2;
/// A round takes at least this long, far more than reading the clock does.
const ROUND: Duration = Duration::from_millis(3);
/// A contestant that has had this much of a kernel has no more rounds.
const PATIENCE: Duration = Duration::from_millis(250);
/// All must come to the same sum over so many items, before anything is measured.
const CHECKED: u64 = 10_000;

/// What one round gave.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// The sum of the items, or the number of bytes.
    pub sum: u64,
    /// How long it took.
    pub time: Duration,
    /// How often this thread allocated meanwhile, if that is known.
    pub allocations: Option<u64>,
}

/// Somebody who has a way to write the kernels.
pub trait Contestant {
    /// What the table calls it.
    fn name(&self) -> &str;
    /// Whether it has this kernel.
    fn has(&self, kernel: &str) -> bool;
    /// Runs a kernel that it has.
    fn run(&mut self, kernel: &str, items: u64) -> Round;
    /// How many items it is to be given, of so many: fewer if it is slower by orders of magnitude.
    fn share(&self, items: u64) -> u64 {
        items
    }
}

/// A contestant in this process.
#[derive(Debug)]
pub struct Local {
    name: &'static str,
    kernels: &'static [(&'static str, Run)],
}

impl Local {
    /// A contestant of that name, with the functions of its kernels.
    #[must_use]
    pub fn boxed(name: &'static str, kernels: &'static [(&'static str, Run)]) -> Box<dyn Contestant> {
        Box::new(Local { name, kernels })
    }
}

impl Contestant for Local {
    fn name(&self) -> &str {
        self.name
    }

    fn has(&self, kernel: &str) -> bool {
        self.kernels.iter().any(|(name, _)| *name == kernel)
    }

    fn run(&mut self, kernel: &str, items: u64) -> Round {
        round(self.kernels, kernel, items)
    }
}

/// One round of a kernel of a list.
///
/// # Panics
///
/// If there is none of that name.
pub(crate) fn round(kernels: &[(&str, Run)], kernel: &str, items: u64) -> Round {
    let (_, run) = kernels.iter().find(|(name, _)| *name == kernel).expect("it has this kernel");
    let (before, begin) = (counters::made(), Instant::now());
    let sum = black_box(run(black_box(items)));
    Round { sum, time: begin.elapsed(), allocations: Some(counters::made() - before) }
}

/// What one contestant has come to in one kernel.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// The best round, for one item: nanoseconds, or bytes.
    pub best: f64,
    /// The median round, for one item.
    pub median: f64,
    /// Allocations for one item, if they are known.
    pub allocations: Option<f64>,
}

/// One kernel, and what each contestant has come to, in their order; `None` for those who do not have it.
#[derive(Debug)]
pub struct Row {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// One for each contestant.
    pub cells: Vec<Option<Cell>>,
}

/// Measures one kernel.
///
/// # Panics
///
/// If two contestants come to different sums.
pub fn measure(kernel: &'static Kernel, contestants: &mut [Box<dyn Contestant>]) -> Row {
    let mut sizes = sizes(kernel, contestants);
    let mut rounds: Vec<Vec<Round>> = vec![Vec::new(); contestants.len()];
    let mut spent = vec![Duration::ZERO; contestants.len()];
    for turn in 0..ROUNDS {
        for at in 0..contestants.len() {
            // Another one goes first in each turn.
            let at = (at + turn) % contestants.len();
            let tired = spent[at] > PATIENCE && rounds[at].len() >= FEWEST_ROUNDS;
            let Some(items) = sizes[at].filter(|_| !tired) else { continue };
            let round = contestants[at].run(kernel.name, items);
            spent[at] += round.time;
            rounds[at].push(round);
        }
    }
    let cells = sizes.iter_mut().zip(&rounds).map(|(items, rounds)| items.map(|items| cell(kernel, items, rounds)));
    Row { kernel, cells: cells.collect() }
}

/// How many items each contestant gets in a round. All are run here, so that the sums are compared and caches are warm.
fn sizes(kernel: &Kernel, contestants: &mut [Box<dyn Contestant>]) -> Vec<Option<u64>> {
    let mut expected: Option<(u64, String)> = None;
    let size = |contestant: &mut Box<dyn Contestant>| {
        if !contestant.has(kernel.name) {
            return None;
        }
        let mut round = contestant.run(kernel.name, CHECKED);
        let sum = round.sum;
        let (first, by) = expected.get_or_insert_with(|| (sum, contestant.name().into()));
        let agreed = *first == sum || kernel.unit == Unit::Bytes;
        assert!(agreed, "{}: {by} comes to {first}, and {} to {sum}", kernel.name, contestant.name());
        let mut items = contestant.share(kernel.least).max(CHECKED.min(kernel.least));
        if items != CHECKED {
            round = contestant.run(kernel.name, items);
        }
        while kernel.unit == Unit::Nanoseconds && round.time < ROUND {
            items *= 2;
            round = contestant.run(kernel.name, items);
        }
        Some(items)
    };
    contestants.iter_mut().map(size).collect()
}

fn cell(kernel: &Kernel, items: u64, rounds: &[Round]) -> Cell {
    let each = |round: &Round| match kernel.unit {
        Unit::Nanoseconds => round.time.as_secs_f64() * 1e9 / items as f64,
        Unit::Bytes => round.sum as f64 / items as f64,
    };
    let mut figures: Vec<f64> = rounds.iter().map(each).collect();
    figures.sort_by(f64::total_cmp);
    let allocations = rounds.iter().filter_map(|round| round.allocations).min();
    let allocations = allocations.map(|allocations| allocations as f64 / items as f64);
    Cell { best: figures[0], median: figures[figures.len() / 2], allocations }
}
