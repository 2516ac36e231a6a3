//! `hand FILE [NAME…]` runs the bodies of a file, `fuzz SEED COUNT` random ones; `print SEED COUNT` only writes them.
//!
//! Each body is compiled as a frame, as `pinned` and as a native twin with the harness of `tests/tests/lowering`. Bodies
//! that do not compile are taken out of the batch, one build after another, and told apart by where the errors stand: in
//! the twin (the body is no valid Rust) or in the frame only (a refusal, which is counted by its rule). The exit code is 1
//! if a body ran differently. `FUZZ_DIR` is where the crates are written, `FUZZ_SAVE` saves and restores each frame at
//! each yield. With `FUZZ_LEVELS` each is `recursive` as well: driven by itself as the twin is, and as a level that
//! another calls as frames are that delegate to one another.

mod batch;
mod generate;
mod nightly;
mod program;
mod shrink;

use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;

use batch::{Outcome, run};
use program::Program;

/// How many programs are one crate.
const BATCH: usize = 200;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hand", file, ref names @ ..] => {
            let text = std::fs::read_to_string(file).expect("the file can be read");
            let mut programs = program::parse(&text);
            if !names.is_empty() {
                programs.retain(|program| names.contains(&program.name.as_str()));
            }
            let mut tally = Tally::default();
            tally.add(&programs, false);
            return tally.report();
        }
        ["fuzz", seed, count] => {
            let (seed, count) = (seed.parse().expect("a number"), count.parse::<u64>().expect("a number"));
            return fuzz(seed, count);
        }
        ["shrink", file, ref names @ ..] => {
            let text = std::fs::read_to_string(file).expect("the file can be read");
            let mut programs = program::parse(&text);
            if !names.is_empty() {
                programs.retain(|program| names.contains(&program.name.as_str()));
            }
            shrunk(&programs);
        }
        ["find", seed, count] => {
            let (seed, count) = (seed.parse().expect("a number"), count.parse::<u64>().expect("a number"));
            shrunk(&(0..count).map(|index| generate::program(seed, index)).collect::<Vec<_>>());
        }
        ["print", seed, count] => {
            let (seed, count) = (seed.parse().expect("a number"), count.parse::<u64>().expect("a number"));
            (0..count).for_each(|index| println!("{}", generate::program(seed, index)));
        }
        ["nightly", seed, count] if seed.parse::<u64>().is_ok() => {
            return nightly::random(seed.parse().expect("a number"), count.parse().expect("a number"));
        }
        ["nightly", ref files @ ..] if !files.is_empty() => return nightly::files(files),
        _ => {
            eprintln!(
                "hand FILE [NAME…] | fuzz SEED COUNT | nightly FILE… | nightly SEED COUNT | find SEED COUNT | shrink FILE [NAME…] | print SEED COUNT"
            );
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// One shrunk program for each way to fail.
fn shrunk(programs: &[Program]) {
    let outcomes = run(programs);
    let mut seen = BTreeMap::<String, usize>::new();
    for (program, outcome) in programs.iter().zip(&outcomes) {
        let signature = shrink::signature(outcome);
        let count = seen.entry(signature.clone()).or_default();
        *count += 1;
        let most = if signature.starts_with("wrong") { 4 } else { 1 };
        if matches!(outcome, Outcome::Same | Outcome::Idle | Outcome::Invalid(_)) || *count > most {
            continue;
        }
        let (small, result) = shrink::shrink(program, outcome);
        println!("==== {}: {signature}\n{result:#?}\n{small}", program.name);
    }
    println!("{seen:#?}");
}

/// Runs random programs, some at a time: a crate of all of them would not fit into memory.
fn fuzz(seed: u64, count: u64) -> ExitCode {
    let mut tally = Tally::default();
    for first in (0..count).step_by(BATCH) {
        let indices = first..count.min(first + BATCH as u64);
        tally.add(&indices.map(|index| generate::program(seed, index)).collect::<Vec<_>>(), true);
        eprintln!("{tally}");
    }
    tally.report()
}

/// How many programs had which outcome.
#[derive(Default)]
struct Tally {
    counts: [usize; 5],
    lines: usize,
    /// By what the compiler said.
    refusals: BTreeMap<String, usize>,
}

impl Tally {
    /// Runs programs, and prints what is to be looked at: with its text, where it stands in no file.
    fn add(&mut self, programs: &[Program], is_random: bool) {
        for (program, outcome) in programs.iter().zip(run(programs)) {
            let (kind, text) = match &outcome {
                Outcome::Same => (0, None),
                Outcome::Wrong(text) => (1, Some(format!("WRONG {text}"))),
                Outcome::Refused(text) => (2, Some(format!("REFUSED {text}"))),
                Outcome::Invalid(text) => (3, Some(format!("INVALID {text}"))),
                Outcome::Idle => (4, None),
            };
            self.counts[kind] += 1;
            if kind == 0 {
                self.lines += program.body.lines().count();
            }
            if kind == 2 {
                *self.refusals.entry(shrink::signature(&outcome)).or_default() += 1;
            }
            if let Some(text) = text.filter(|_| kind != 3 || !is_random) {
                println!("==== {}: {text}", program.name);
                if is_random {
                    println!("{program}");
                }
            }
        }
    }

    fn report(&self) -> ExitCode {
        println!("{self}");
        for (rule, count) in &self.refusals {
            println!("{count:5} {rule}");
        }
        ExitCode::from(u8::from(self.counts[1] > 0))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [same, wrong, refused, invalid, idle] = self.counts;
        write!(
            f,
            "same {same} ({} lines), wrong {wrong}, refused {refused}, invalid {invalid}, idle {idle}",
            self.lines
        )
    }
}
