//! `hand FILE [NAME…]` runs the bodies of a file, `fuzz SEED COUNT` random ones; `print SEED COUNT` only writes them.
//!
//! Each body is compiled as a coroutine and as a native twin with the harness of `tests/tests/lowering`. Bodies that do
//! not compile are taken out of the batch, one build after another, and told apart by where the errors stand: in the
//! twin (the body is no valid Rust) or in the coroutine only (a refusal). The exit code is 1 if a body ran differently.

mod batch;
mod generate;
mod nightly;
mod program;
mod shrink;

use std::path::Path;
use std::process::ExitCode;

use batch::{Outcome, run};
use program::Program;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hand", file, ref names @ ..] => {
            let text = std::fs::read_to_string(file).expect("the file can be read");
            let mut programs = program::parse(&text);
            if !names.is_empty() {
                programs.retain(|program| names.contains(&program.name.as_str()));
            }
            return report(&programs, Path::new(file));
        }
        ["fuzz", seed, count] => {
            let (seed, count) = (seed.parse().expect("a number"), count.parse::<u64>().expect("a number"));
            let programs: Vec<Program> = (0..count).map(|index| generate::program(seed, index)).collect();
            return report(&programs, Path::new("-"));
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
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for (program, outcome) in programs.iter().zip(&outcomes) {
        let signature = shrink::signature(outcome);
        let count = seen.entry(signature.clone()).or_default();
        *count += 1;
        let most = if signature.starts_with("wrong") { 4 } else { 1 };
        if matches!(outcome, Outcome::Same | Outcome::Invalid(_)) || *count > most {
            continue;
        }
        let (small, result) = shrink::shrink(program, outcome);
        println!("==== {}: {signature}\n{result:#?}\n{small}", program.name);
    }
    println!("{seen:#?}");
}

fn report(programs: &[Program], source: &Path) -> ExitCode {
    let outcomes = run(programs);
    let mut counts = [0; 4];
    for (program, outcome) in programs.iter().zip(&outcomes) {
        let (kind, text) = match outcome {
            Outcome::Same => (0, None),
            Outcome::Wrong(text) => (1, Some(format!("WRONG {text}"))),
            Outcome::Refused(text) => (2, Some(format!("REFUSED {text}"))),
            Outcome::Invalid(text) => (3, Some(format!("INVALID {text}"))),
        };
        counts[kind] += 1;
        if let Some(text) = text {
            println!("==== {}: {text}", program.name);
            if source == Path::new("-") && kind != 3 {
                println!("{program}");
            }
        }
    }
    println!("same {}, wrong {}, refused {}, invalid {}", counts[0], counts[1], counts[2], counts[3]);
    ExitCode::from(u8::from(counts[1] > 0))
}
