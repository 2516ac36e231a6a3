//! Backtracking without undo: a body says at each choice what there is to choose from, and is sent one of it. The search
//! forks the body there, so that every fork has locals of its own and nothing is ever put back.

use coframe::{CoroutineExt, Generator, Machine, Step, or_raise, yield_};

/// All ends that a body can come to, in the order of its choices; in the end, how many choices were tried.
///
/// Depth first: what waits is one fork for each choice that is still open, on the way to where the search is.
#[coframe::coroutine(yield = R)]
pub fn ends<T, R, M>(first: Generator<M>) -> u64
where
    M: Machine<T, Yield = Vec<T>, Return = R> + Clone,
{
    let mut open: Vec<(_, Option<T>)> = vec![(first, None)];
    let mut tried = 0;
    while let Some((mut body, choice)) = open.pop() {
        let step = match choice {
            None => body.start(),
            Some(choice) => {
                tried += 1;
                body.send(choice)
            }
        };
        match or_raise!(step) {
            Step::Returned(end) => yield_!(end),
            Step::Yielded(mut choices) => {
                // The first choice is the next to be tried. The last one needs no fork: the body itself takes it.
                let Some(last) = choices.pop() else { continue };
                let forks = choices.into_iter().map(|choice| (body.clone(), Some(choice))).collect::<Vec<_>>();
                open.push((body, Some(last)));
                open.extend(forks.into_iter().rev());
            }
        }
    }
    tried
}

/// The rows of a Sudoku; 0 stands for what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid(pub [[u8; 9]; 9]);

impl Grid {
    /// Reads 81 digits, with `.` or `0` for what is not known; what else there is is skipped.
    ///
    /// ```
    /// use coframe_examples::solver::Grid;
    ///
    /// assert!(Grid::parse(&"123......".repeat(9)).is_some());
    /// assert!(Grid::parse("123").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Grid> {
        let mut cells = text.chars().filter(|c| c.is_ascii_digit() || *c == '.');
        let mut grid = Grid([[0; 9]; 9]);
        for cell in grid.0.as_flattened_mut() {
            *cell = u8::try_from(cells.next()?.to_digit(10).unwrap_or(0)).ok()?;
        }
        cells.next().is_none().then_some(grid)
    }

    /// What can stand in a cell.
    pub fn candidates(&self, row: usize, column: usize) -> Vec<u8> {
        let (top, left) = (row / 3 * 3, column / 3 * 3);
        let taken = |digit: u8| {
            (0..9).any(|n| {
                let in_box = self.0[top + n / 3][left + n % 3];
                [self.0[row][n], self.0[n][column], in_box].contains(&digit)
            })
        };
        (1..=9).filter(|digit| !taken(*digit)).collect()
    }

    /// The empty cell with the fewest candidates.
    fn narrowest(&self) -> Option<(usize, usize)> {
        let cells = (0..81).map(|n| (n / 9, n % 9)).filter(|(row, column)| self.0[*row][*column] == 0);
        cells.min_by_key(|(row, column)| self.candidates(*row, *column).len())
    }
}

impl std::fmt::Display for Grid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for row in &self.0 {
            let text: Vec<String> = row.iter().map(|cell| cell.to_string().replace('0', ".")).collect();
            writeln!(f, "{}", text.join(" "))?;
        }
        Ok(())
    }
}

/// Fills a Sudoku, as someone would who never has to take anything back.
#[coframe::coroutine(yield = Vec<u8>, send = u8, derive(Clone))]
pub fn sudoku(mut grid: Grid) -> Grid {
    while let Some((row, column)) = grid.narrowest() {
        grid.0[row][column] = yield_!(grid.candidates(row, column));
    }
    grid
}

/// Puts queens on a board of `size` rows, none of which attacks another: the column in each row.
#[coframe::coroutine(yield = Vec<usize>, send = usize, derive(Clone))]
pub fn queens(size: usize) -> Vec<usize> {
    let mut columns: Vec<usize> = Vec::new();
    for row in 0..size {
        let safe = |column: &usize| {
            let attacks = |(above, other): (usize, &usize)| column == other || column.abs_diff(*other) == row - above;
            !columns.iter().enumerate().any(attacks)
        };
        let free = (0..size).filter(safe).collect();
        columns.push(yield_!(free));
    }
    columns
}
