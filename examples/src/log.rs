//! The stages of a pull pipeline over a log. Each is a coroutine that takes the stage before it as an iterator, pulls
//! one item when it is asked for one, and so holds one line at a time, however long the log is.
//!
//! Two kinds of line are known: web server access logs in the Common and Combined formats, with or without a request
//! time in seconds at the end; and lines which have a level (`ERROR`, `warn`, …) among their first words.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};
use std::time::Duration;

/// A line as it was read, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<T> {
    /// Counted from 1.
    pub number: u64,
    /// What stands there.
    pub text: T,
}

/// What can stop the pipeline. It travels down as an item, so that each stage sees it in its place.
#[derive(Debug)]
pub enum LogError {
    /// The log could not be read.
    Read(io::Error),
    /// A line is not UTF-8, and lines that are not were to be refused.
    Encoding {
        /// The line, counted from 1.
        line: u64,
        /// How many of its bytes are well-formed.
        valid: usize,
    },
}

/// What to do with a line that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoding {
    /// Put U+FFFD where it is not.
    Lossy,
    /// Stop.
    Strict,
}

/// What is known of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The line, counted from 1.
    pub line: u64,
    /// What it is counted under.
    pub class: Class,
    /// What took time, and how much.
    pub request: Option<(Duration, String)>,
}

/// What lines are counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The status of a request.
    Status(u16),
    /// The level of a message, in capitals.
    Level(&'static str),
    /// A line of neither kind.
    Other,
}

/// What the pipeline comes to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many lines were counted.
    pub lines: u64,
    /// How many of each class.
    pub counts: BTreeMap<Class, u64>,
    /// The requests that took longest, slowest first.
    pub slowest: Vec<(Duration, String)>,
}

/// Reads lines, ended by LF or CRLF.
#[coframe::coroutine(yield = Result<Line<Vec<u8>>, LogError>)]
pub fn read(mut input: impl BufRead) {
    for number in 1.. {
        let mut text = Vec::new();
        match input.read_until(b'\n', &mut text) {
            Ok(0) => return,
            Ok(_) => {
                if text.last() == Some(&b'\n') {
                    text.pop();
                }
                if text.last() == Some(&b'\r') {
                    text.pop();
                }
                coframe::yield_!(Ok(Line { number, text }));
            }
            Err(error) => {
                coframe::yield_!(Err(LogError::Read(error)));
                return;
            }
        }
    }
}

/// Makes text of bytes. The first error is the last item.
#[coframe::coroutine(yield = Result<Line<String>, LogError>)]
pub fn decode(lines: impl Iterator<Item = Result<Line<Vec<u8>>, LogError>>, decoding: Decoding) {
    for line in lines {
        let decoded = line.and_then(|Line { number, text }| match (String::from_utf8(text), decoding) {
            (Ok(text), _) => Ok(Line { number, text }),
            (Err(error), Decoding::Lossy) => {
                Ok(Line { number, text: String::from_utf8_lossy(error.as_bytes()).into_owned() })
            }
            (Err(error), Decoding::Strict) => {
                Err(LogError::Encoding { line: number, valid: error.utf8_error().valid_up_to() })
            }
        });
        let failed = decoded.is_err();
        coframe::yield_!(decoded);
        if failed {
            return;
        }
    }
}

/// Finds out what each line is. Blank lines are left out.
#[coframe::coroutine(yield = Result<Entry, LogError>)]
pub fn parse(lines: impl Iterator<Item = Result<Line<String>, LogError>>) {
    for line in lines {
        match line {
            Ok(line) if line.text.trim().is_empty() => {}
            Ok(line) => {
                coframe::yield_!(Ok(entry(&line)));
            }
            Err(error) => {
                coframe::yield_!(Err(error));
            }
        }
    }
}

/// Lets through the entries that are wanted, and all errors.
#[coframe::coroutine(yield = Result<Entry, LogError>)]
pub fn filter(entries: impl Iterator<Item = Result<Entry, LogError>>, wanted: impl Fn(&Entry) -> bool) {
    for entry in entries {
        if entry.as_ref().map_or(true, &wanted) {
            coframe::yield_!(entry);
        }
    }
}

/// Counts, and keeps the `keep` slowest requests. Yields the number of lines so far after every `every` of them, for
/// whoever wants to show that it is alive, and returns the summary.
///
/// # Errors
///
/// Returns the first error that comes down the pipeline.
#[coframe::coroutine(yield = u64)]
pub fn aggregate(
    entries: impl Iterator<Item = Result<Entry, LogError>>,
    every: u64,
    keep: usize,
) -> Result<Summary, LogError> {
    let mut summary = Summary::default();
    for entry in entries {
        summary.add(entry?, keep);
        if summary.lines.is_multiple_of(every) {
            coframe::yield_!(summary.lines);
        }
    }
    Ok(summary)
}

impl Summary {
    fn add(&mut self, entry: Entry, keep: usize) {
        self.lines += 1;
        *self.counts.entry(entry.class).or_default() += 1;
        if let Some(request) = entry.request {
            // At most `keep` are held, so this is short.
            let place = self.slowest.partition_point(|(time, _)| *time >= request.0);
            self.slowest.insert(place, request);
            self.slowest.truncate(keep);
        }
    }
}

fn entry(line: &Line<String>) -> Entry {
    let (class, request) = access(&line.text).unwrap_or_else(|| (level(&line.text), None));
    Entry { line: line.number, class, request }
}

/// `host - user [time] "GET /path HTTP/1.1" 200 512 "referrer" "agent" 0.042`
fn access(text: &str) -> Option<(Class, Option<(Duration, String)>)> {
    let mut quoted = text.splitn(3, '"');
    let (_, request, rest) = (quoted.next()?, quoted.next()?, quoted.next()?);
    let status = rest.split_whitespace().next().filter(|word| word.len() == 3)?.parse().ok()?;
    let time = rest.split_whitespace().skip(2).last().and_then(|word| word.parse().ok());
    let time = time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Some((Class::Status(status), time.map(|time| (time, request.to_owned()))))
}

fn level(text: &str) -> Class {
    const LEVELS: [&str; 7] = ["TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL"];
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).take(6);
    let mut known = words.filter_map(|word| LEVELS.into_iter().find(|level| level.eq_ignore_ascii_case(word)));
    known.next().map_or(Class::Other, Class::Level)
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Class::Status(status) => f.pad(&status.to_string()),
            Class::Level(level) => f.pad(level),
            Class::Other => f.pad("other"),
        }
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogError::Read(error) => error.fmt(f),
            LogError::Encoding { line, valid } => write!(f, "line {line} is not UTF-8 after its byte {valid}"),
        }
    }
}

impl std::error::Error for LogError {}
