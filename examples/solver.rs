//! Solves Sudoku and places queens by forking a paused function at each choice: backtracking without undo.
//!
//! ```sh
//! cargo run --example solver
//! cargo run --example solver -- 8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..
//! ```

use coframe_examples::command_line::misused;
use coframe_examples::solver::{Grid, ends, queens, sudoku};

/// Published by Arto Inkala in 2012 as one that is hard for people.
const HARD: &str = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..";

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| HARD.to_owned());
    let Some(grid) = Grid::parse(&text) else { misused("a Sudoku has 81 cells", "solver [CELLS]") };
    let mut search = ends(sudoku(grid));
    let mut solutions = search.values();
    // A good one has one solution, which is certain when there is no second.
    let found: Vec<Grid> = solutions.by_ref().take(2).filter_map(Result::ok).collect();
    match &found[..] {
        [] => println!("there is no solution"),
        [grid, rest @ ..] => {
            print!("{grid}");
            println!("{}", if rest.is_empty() { "the only solution" } else { "one of several solutions" });
        }
    }
    if let Some(tried) = solutions.into_return() {
        println!("{tried} choices tried");
    }

    for size in 4..=9 {
        println!("{} ways to place {size} queens", ends(queens(size)).count());
    }
}
