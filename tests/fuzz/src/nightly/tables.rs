//! The programs of the tables of `tests/tests/lowering`: what stands around a table are the items of each of its bodies.

use crate::program::{self, Program};

/// What a table begins with.
const START: &str = "cases! { ($)";

/// The programs of the tables in a file of Rust.
pub fn parse(text: &str) -> Vec<Program> {
    let lines: Vec<&str> = text.lines().collect();
    let mut programs = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(indent) = line.strip_suffix(START).filter(|indent| indent.trim().is_empty()) else { continue };
        let closes = |line: &&str| line.strip_prefix(indent) == Some("}");
        let end = start + lines[start..].iter().position(closes).expect("a table ends where it began");
        // A table in a module of its own has the items of that module.
        let (from, to) = match indent {
            "" => (0, lines.len()),
            _ => (1 + lines[..start].iter().rposition(|line| line.starts_with("mod ")).expect("its module"), end),
        };
        let around = lines[from..start].iter().chain(&lines[(end + 1).min(to)..to]);
        let items = around.filter(|line| !line.trim_start().starts_with("//")).copied().collect::<Vec<_>>().join("\n");
        // What is lent shows in its type, and a signature is one line.
        let cases: Vec<String> = lines[start + 1..end].iter().map(|line| line.replacen("lent ", "plain ", 1)).collect();
        let mut cases = cases.join("\n");
        while let Some(at) = cases.find(";\n    with") {
            cases.replace_range(at + 1..at + 5, "");
        }
        programs.extend(program::parse(&cases).into_iter().map(|program| with_items(program, &items)));
    }
    programs
}

/// How many methods there are in the tables of methods, which are not read.
pub fn methods(text: &str) -> usize {
    let is_case = |line: &&str| line.starts_with("    plain ") || line.starts_with("    mix ");
    text.split("methods! { ($)")
        .skip(1)
        .map(|rest| rest.lines().take_while(|line| *line != "}").filter(is_case).count())
        .sum()
}

fn with_items(mut program: Program, items: &str) -> Program {
    program.items = items.to_owned();
    // The notation of the fuzzer has no `where`: the bounds of all its parameters stand there.
    if let Some((returns, bounds)) = program.returns.clone().split_once(" where {") {
        program.returns = returns.to_owned();
        program.generics = format!("[{}]", bounds.trim_end_matches('}'));
    }
    program
}
