//! What the programs have in common around their coroutines: input, numbers in options, and a word on their usage.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::process;
use std::str::FromStr;

/// Opens a file, or standard input, which is `-`.
pub fn open(file: &str) -> io::Result<Box<dyn BufRead>> {
    Ok(match file {
        "-" => Box::new(io::stdin().lock()),
        file => Box::new(BufReader::new(File::open(file)?)),
    })
}

/// The number that follows an option.
///
/// ```
/// use coframe_examples::command_line::number;
///
/// assert_eq!(number("--chunk", Some("7".to_owned()), 1), Ok(7));
/// assert_eq!(number("--chunk", Some("0".to_owned()), 1), Err("--chunk wants a number from 1, not \"0\"".to_owned()));
/// assert_eq!(number("--chunk", None, 1), Err("--chunk wants a number from 1".to_owned()));
/// ```
pub fn number<N: FromStr + PartialOrd + Display>(
    option: &str,
    argument: Option<String>,
    least: N,
) -> Result<N, String> {
    let argument = argument.ok_or_else(|| format!("{option} wants a number from {least}"))?;
    match argument.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!("{option} wants a number from {least}, not {argument:?}")),
    }
}

/// Ends a program whose arguments make no sense.
pub fn misused(problem: &str, usage: &str) -> ! {
    eprintln!("{problem}\n{usage}");
    process::exit(2)
}
