//! `docs/semantics_loop.md` and the tests agree: no line without its test, no test that the page does not name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../../docs/semantics_loop.md");

const SECTIONS: [(&str, usize); 8] =
    [("LOP", 10), ("FUT", 5), ("TSK", 11), ("CMB", 8), ("PRM", 6), ("RUN", 1), ("THD", 1), ("MIS", 13)];

/// The lines of the page: each with what it asks for and all that is named in backquotes.
fn rows() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
    PAGE.lines().filter_map(|row| {
        let (line, rest) = row.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        let (asks, text) = rest.split_once(" | ")?;
        (line.as_bytes().get(3) == Some(&b'-') && line.len() == 6)
            .then(|| (line, asks, text.split('`').skip(1).step_by(2).collect()))
    })
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The names of all tests that are named by a line.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("../runtime/src/event_loop/tests.rs")];
    sources(&root.join("tests/event_loop"), &mut files);
    let of_a_line = |name: &str| {
        let number = name.get(4..6).is_some_and(|number| number.parse::<u32>().is_ok());
        number && SECTIONS.iter().any(|(section, _)| name.starts_with(&format!("{}_", section.to_lowercase())))
    };
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| {
            let names = text.split("\nfn ").skip(1).filter_map(|rest| rest.split_once("() {"));
            names.map(|(name, _)| name.to_owned()).filter(|name| of_a_line(name)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_line_has_a_row() {
    let expected: Vec<String> =
        SECTIONS.iter().flat_map(|(section, last)| (1..=*last).map(move |n| format!("{section}-{n:02}"))).collect();
    assert_eq!(rows().map(|(line, ..)| line).collect::<Vec<_>>(), expected);
}

#[test]
fn every_line_that_asks_for_one_has_a_test() {
    let tests = tests();
    for (line, asks, names) in rows() {
        match asks {
            "MUST" | "ERR" => assert!(names.iter().any(|name| tests.contains(*name)), "{line} has no test"),
            "OPT" | "TYPE" => {}
            other => panic!("{line}: {other}"),
        }
    }
}

#[test]
fn the_page_names_all_tests_and_no_others() {
    let named = |names: Vec<&'static str>| names.into_iter().filter(|name| name.as_bytes().get(3) == Some(&b'_'));
    let on_page: BTreeSet<String> = rows().flat_map(|(.., names)| named(names)).map(str::to_owned).collect();
    let differing: Vec<String> = on_page.symmetric_difference(&tests()).cloned().collect();
    assert!(differing.is_empty(), "only on the page, or only in the sources: {differing:?}");
}
