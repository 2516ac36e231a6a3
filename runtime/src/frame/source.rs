//! The lines of source files, for tracebacks: Python's `linecache`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// A line of a file by its number from 1, without the blanks around it. The path is that of `file!()`, which counts from
/// where the compiler ran: the current directory or one above.
pub(super) fn line(file: &str, number: u32) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let open = |directory: &Path| File::open(directory.join(file)).ok();
    let lines = BufReader::new(here.ancestors().find_map(open)?).lines();
    let line = lines.map_while(Result::ok).nth(number.checked_sub(1)? as usize)?;
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}
