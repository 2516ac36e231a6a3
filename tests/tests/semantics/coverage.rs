//! `docs/semantics.md` and the tests agree: no line without its test, no test that the page does not name.

use std::path::Path;

const PAGE: &str = include_str!("../../../docs/semantics.md");

const SOURCES: [&str; 19] = [
    include_str!("../async_fn/protocol.rs"),
    include_str!("../async_generators/blocks.rs"),
    include_str!("../async_generators/closing.rs"),
    include_str!("../async_generators/protocol.rs"),
    include_str!("../async_generators/shutdown.rs"),
    include_str!("close.rs"),
    include_str!("coverage.rs"),
    include_str!("creation.rs"),
    include_str!("delegation.rs"),
    include_str!("drops.rs"),
    include_str!("exhaustion.rs"),
    include_str!("frames.rs"),
    include_str!("inspection.rs"),
    include_str!("matrix.rs"),
    include_str!("positions.rs"),
    include_str!("reentrancy.rs"),
    include_str!("returns.rs"),
    include_str!("send.rs"),
    include_str!("throw.rs"),
];
const SCALE: &str = include_str!("../scale.rs");

const SECTIONS: [(&str, usize); 14] = [
    ("CRE", 21),
    ("SND", 7),
    ("RET", 9),
    ("THR", 11),
    ("CLO", 10),
    ("DRP", 7),
    ("REE", 6),
    ("EXH", 7),
    ("DEL", 33),
    ("INT", 18),
    ("AWT", 8),
    ("ACM", 6),
    ("AFR", 6),
    ("AGN", 22),
];

/// A row of the page: the line, what it asks for, and all that is named in backquotes.
struct Row {
    line: &'static str,
    asks: &'static str,
    names: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let cells = PAGE.lines().filter_map(|row| row.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let lines = cells.filter(|(line, _)| line.len() == 6 && line.as_bytes()[3] == b'-');
    lines
        .map(|(line, rest)| {
            let (asks, text) = rest.split_once(" | ").unwrap();
            Row { line, asks, names: text.split('`').skip(1).step_by(2).collect() }
        })
        .collect()
}

/// The tests of the sources, without those that are not named by a line.
fn tests() -> Vec<&'static str> {
    let sources = SOURCES.iter().chain([&SCALE]);
    let names = sources.flat_map(|source| source.split("fn ").skip(1)).filter_map(|rest| rest.split_once("() {"));
    let of_a_line = |name: &&str| {
        name.split_once('_').is_some_and(|(section, _)| SECTIONS.iter().any(|(s, _)| s.to_lowercase() == section))
    };
    names.map(|(name, _)| name).filter(of_a_line).collect()
}

fn prefix(line: &str) -> String {
    line.to_lowercase().replace('-', "_") + "_"
}

#[test]
fn every_line_has_a_row() {
    let expected: Vec<String> =
        SECTIONS.iter().flat_map(|(section, last)| (1..=*last).map(move |n| format!("{section}-{n:02}"))).collect();
    let lines: Vec<&str> = rows().iter().map(|row| row.line).collect();
    assert_eq!(lines, expected);
}

#[test]
fn every_line_that_asks_for_one_has_a_test() {
    let tests = tests();
    for Row { line, asks, names } in rows() {
        let prefix = prefix(line);
        match asks {
            "MUST" | "ERR" | "MACRO" => {
                assert!(
                    names.iter().any(|name| name.starts_with(&prefix) && tests.contains(name)),
                    "{line} has no test"
                );
            }
            "OPT" | "TYPE" | "NA" | "LATER" => {}
            other => panic!("{line}: {other}"),
        }
    }
}

#[test]
fn every_name_on_the_page_is_there() {
    let (tests, root) = (tests(), Path::new(env!("CARGO_MANIFEST_DIR")));
    for Row { line, names, .. } in rows() {
        for name in names {
            if name.starts_with("ui/") {
                assert!(root.join(name).exists(), "{line}: {name}");
                assert!(root.join(name).with_extension("stderr").exists(), "{line}: {name}");
            } else if name.starts_with("tests/") {
                assert!(root.join("..").join(name).exists(), "{line}: {name}");
            } else if name.get(3..4) == Some("_") {
                assert!(tests.contains(&name), "{line}: {name}");
            }
        }
    }
}

#[test]
fn every_test_of_a_line_is_on_the_page() {
    let rows = rows();
    for test in tests() {
        let row = rows.iter().find(|row| test.starts_with(&prefix(row.line)));
        assert!(row.is_some_and(|row| row.names.contains(&test)), "{test} is not on the page");
    }
}

// What the programs of `ui` are refused with, which `ui.rs` compares.
#[test]
fn del_33_a_delegation_in_an_async_body_is_refused() {
    let refused = [
        (include_str!("../../ui/refused/markers_in_async_block.stderr"), "`yield_from!` inside an async block"),
        (include_str!("../../ui/refused/markers_in_function.stderr"), "`yield_from!` inside a nested item"),
        (include_str!("../../ui/refused/async_yields.stderr"), "an `async fn` waits with `.await`"),
    ];
    for (said, text) in refused {
        assert!(said.contains(text), "{text}");
    }
}
