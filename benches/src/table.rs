//! Tables in Markdown; all figures are nanoseconds for an item where they do not say what else.
//!
//! The first contestant is what was written by hand, the second Coframe, the rest are its peers. One whose name begins
//! with "Coframe" is none.

use crate::{Cell, Contestant, Row, Unit};

/// The figures: of each contestant the best round, of the first two the median too, and the ratio of the best ones.
#[must_use]
pub fn times(rows: &[Row], contestants: &[Box<dyn Contestant>]) -> String {
    let names: Vec<&str> = contestants.iter().map(|contestant| contestant.name()).collect();
    let is_peer = |at: &usize| !names[*at].starts_with("Coframe");
    let with_peers = (2..names.len()).any(|at| is_peer(&at));
    let mut head = vec!["kernel", "by hand, best (median)", "Coframe, best (median)", "to by hand"];
    if with_peers {
        head.extend(["to the best peer", "the best peer"]);
    }
    head.extend(&names[2..]);
    let mut table = heading(&head);
    for row in rows {
        let (hand, ours) = (row.cells[0], row.cells[1]);
        let unit = if row.kernel.unit == Unit::Bytes { ", bytes" } else { "" };
        let title = format!("{}{unit}", row.kernel.title);
        let mut line = vec![title, both(hand), both(ours), ratio(ours, hand)];
        if with_peers {
            let peers = (2..names.len()).filter(is_peer).filter_map(|at| Some((at, row.cells[at]?)));
            let best = peers.min_by(|(_, one), (_, other)| one.best.total_cmp(&other.best));
            line.push(ratio(ours, best.map(|(_, cell)| cell)));
            line.push(best.map_or("–".into(), |(at, _)| names[at].into()));
        }
        line.extend(row.cells[2..].iter().map(|cell| cell.map_or("–".into(), |cell| figure(cell.best))));
        push_line(&mut table, &line);
    }
    table
}

/// How often each contestant allocates for one item, in the rows where any does; nothing if there are none.
#[must_use]
pub fn allocations(rows: &[Row], contestants: &[Box<dyn Contestant>]) -> String {
    let mut head = vec!["allocations per item"];
    head.extend(contestants.iter().map(|contestant| contestant.name()));
    let mut table = heading(&head);
    let mut allocating =
        rows.iter().filter(|row| row.cells.iter().flatten().any(|cell| cell.allocations >= Some(0.005)));
    let Some(first) = allocating.next() else { return String::new() };
    for row in [first].into_iter().chain(allocating) {
        let mut line = vec![row.kernel.title.into()];
        let counts = row.cells.iter().map(|cell| cell.and_then(|cell| cell.allocations));
        line.extend(counts.map(|count| count.map_or("–".into(), |count| format!("{count:.2}"))));
        push_line(&mut table, &line);
    }
    table
}

fn heading(names: &[&str]) -> String {
    format!("| {} |\n| --- |{}\n", names.join(" | "), " ---: |".repeat(names.len() - 1))
}

fn push_line(table: &mut String, line: &[String]) {
    table.push_str(&format!("| {} |\n", line.join(" | ")));
}

fn both(cell: Option<Cell>) -> String {
    cell.map_or("–".into(), |cell| format!("{} ({})", figure(cell.best), figure(cell.median)))
}

fn ratio(one: Option<Cell>, other: Option<Cell>) -> String {
    one.zip(other).map_or("–".into(), |(one, other)| format!("{:.2}", one.best / other.best))
}

/// Two places for what is small.
fn figure(figure: f64) -> String {
    if figure < 10.0 {
        format!("{figure:.2}")
    } else if figure < 1000.0 {
        format!("{figure:.1}")
    } else {
        format!("{figure:.0}")
    }
}
