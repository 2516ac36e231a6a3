//! `nightly FILE…` and `nightly SEED COUNT`: the same bodies as rustc's own coroutines, which only a nightly compiler has.
//!
//! A body is compiled as a frame, as a `#[coroutine]` closure whose `yield_!(v)` is `yield v`, and as the native twin, and
//! all must leave the same trace, run to the end and dropped at each yield. rustc's coroutines have no `throw` and no
//! `close`, so what asks for those is skipped, and said by what it asks for. A file is a table of `tests/tests/lowering`
//! or in their notation. Where there is no nightly nothing is run, which is said, and that is no failure.

mod crate_of;
mod form;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode};

use crate::generate;
use crate::program::{self, Program};

use crate_of::{Batch, Outcome};

/// Runs the bodies of files.
pub fn files(files: &[&str]) -> ExitCode {
    let (mut programs, mut methods) = (Vec::new(), 0);
    for file in files {
        let text = fs::read_to_string(file).expect("the file can be read");
        if file.ends_with(".rs") {
            programs.extend(tables::parse(&text));
            methods += tables::methods(&text);
        } else {
            programs.extend(program::parse(&text));
        }
    }
    report(programs, methods)
}

/// Runs `count` random bodies, of those without exceptions.
pub fn random(seed: u64, count: u64) -> ExitCode {
    report((0..count).map(|index| generate::plain(seed, index)).collect(), 0)
}

fn report(mut programs: Vec<Program>, methods: usize) -> ExitCode {
    if !Command::new("cargo").args(["+nightly", "--version"]).output().is_ok_and(|output| output.status.success()) {
        println!("skipped: no nightly");
        return ExitCode::SUCCESS;
    }
    let mut skipped = BTreeMap::<&str, usize>::new();
    programs.retain(|program| match form::missing(program) {
        Some(reason) => {
            *skipped.entry(reason).or_default() += 1;
            false
        }
        None => true,
    });
    if methods > 0 {
        skipped.insert("they are methods, and a `#[coroutine]` is a closure", methods);
    }
    for (reason, count) in &skipped {
        println!("skipped {count}: {reason}");
    }
    let outcomes = Batch::of(&programs).run();
    let mut counts = BTreeMap::<&str, usize>::new();
    for (program, outcome) in programs.iter().zip(&outcomes) {
        let kind = match outcome {
            Outcome::Same => "same",
            Outcome::Wrong(text) => {
                println!("==== {}: WRONG {text}\n{program}", program.name);
                "wrong"
            }
            Outcome::Refused { by, text } => {
                println!("==== {}: refused by {by}: {text}", program.name);
                match *by {
                    "rustc's coroutine" => "refused as rustc's coroutine",
                    "the frame" => "refused as a frame",
                    _ => "invalid",
                }
            }
        };
        *counts.entry(kind).or_default() += 1;
    }
    let counted: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    println!("{}", counted.join(", "));
    ExitCode::from(u8::from(counts.contains_key("wrong")))
}
