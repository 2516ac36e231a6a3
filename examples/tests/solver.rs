//! The solver: all ends, in order, with no fork seeing another's choices.

use coframe::{Generator, Machine, raise, yield_};
use coframe_examples::solver::{Grid, ends, queens, sudoku};

const EASY: &str = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
const SOLVED: &str = "534678912672195348198342567859761423426853791713924856961537284287419635345286179";

#[test]
fn a_sudoku_has_one_solution() {
    let mut search = ends(sudoku(Grid::parse(EASY).unwrap()));
    let mut values = search.values();
    let found: Vec<Grid> = values.by_ref().map(Result::unwrap).collect();
    assert_eq!(found, [Grid::parse(SOLVED).unwrap()]);
    // Not once was there more than one candidate.
    assert_eq!(values.into_return(), Some(51));
}

#[test]
fn a_sudoku_without_enough_digits_has_several() {
    let mut text = EASY.to_owned();
    text.replace_range(..5, ".....");
    let found: Vec<Grid> = ends(sudoku(Grid::parse(&text).unwrap())).collect();
    assert!(found.len() > 1 && found.contains(&Grid::parse(SOLVED).unwrap()), "{}", found.len());
    for grid in &found {
        let mut empty = *grid;
        for (row, column) in (0..81).map(|n| (n / 9, n % 9)) {
            let digit = std::mem::take(&mut empty.0[row][column]);
            assert_eq!(empty.candidates(row, column), [digit]);
            empty.0[row][column] = digit;
        }
    }
}

#[test]
fn as_many_ways_to_place_queens_as_are_known() {
    // OEIS A000170.
    let ways: Vec<usize> = (1..=8).map(|size| ends(queens(size)).count()).collect();
    assert_eq!(ways, [1, 0, 0, 2, 10, 4, 40, 92]);
    assert_eq!(ends(queens(4)).collect::<Vec<_>>(), [[1, 3, 0, 2], [2, 0, 3, 1]]);
}

#[test]
fn the_order_is_that_of_the_choices() {
    #[coframe::coroutine(yield = Vec<char>, send = char, derive(Clone))]
    fn word(length: usize) -> String {
        let mut word = String::new();
        while word.len() < length {
            word.push(yield_!(if word.ends_with('c') { vec![] } else { vec!['a', 'b', 'c'] }));
        }
        word
    }

    let mut search = ends(word(2));
    assert_eq!(words(&mut search), "aa ab ac ba bb bc");
    let mut values = search.values();
    assert_eq!((values.next().is_none(), values.into_return()), (true, None));

    fn words<M: Machine<Yield = String>>(search: &mut Generator<M>) -> String {
        search.collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn what_a_body_raises_ends_the_search() {
    #[coframe::coroutine(yield = Vec<u8>, send = u8, derive(Clone))]
    fn picky() -> u8 {
        let choice = yield_!(vec![1, 2, 3]);
        if choice == 2 {
            raise!(std::fmt::Error);
        }
        choice
    }

    let mut search = ends(picky());
    let found: Vec<_> = search.values().map(|end| end.map_err(|exception| exception.is::<std::fmt::Error>())).collect();
    assert_eq!(found, [Ok(1), Err(true)]);
}
