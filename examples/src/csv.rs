//! An incremental reader of RFC 4180 as a push coroutine: it is sent bytes as they arrive and yields records.
//!
//! The protocol is that of [`BufRead`](std::io::BufRead). What is sent is whatever the buffer holds, of any length, and
//! an empty slice is the end of the input. What is yielded says how many of those bytes were read ([`Progress::used`])
//! and may bring a record. The reader never keeps a byte that is not yet part of a field: what it did not read is sent
//! again, in front of what follows. So nothing is copied twice, and the sent slice need not live longer than the call.
//!
//! There is no state enum below and no "resume here" variable: that the reader is inside a quoted field of the third
//! record is known from *where in the body* it is paused.
//!
//! It reads what RFC 4180 describes, and besides: LF as well as CRLF, a byte order mark, fields that are not ASCII,
//! records of different lengths. Blank lines are skipped, as most readers do.

use std::fmt;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What the reader yields each time it is paused.
#[derive(Debug)]
pub struct Progress {
    /// How many of the bytes last sent were read; the rest must be sent again.
    pub used: usize,
    /// The record that they completed, if they did. Without one, all bytes were read and more are wanted.
    pub record: Option<Record>,
}

/// One record: its fields, all in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    line: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// A place in the input, both numbers counted from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

/// What is wrong with the input, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where it is.
    pub place: Place,
}

/// What can be wrong with the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A quote in a field that does not begin with one.
    QuoteInPlainField,
    /// Something other than a comma or a line end after a closing quote.
    TextAfterQuote,
    /// The input ends in a quoted field; the place is that of its opening quote.
    UnterminatedQuote,
    /// A carriage return that no line feed follows, outside quotes.
    LoneCarriageReturn,
}

/// Reads records from the bytes that it is sent, and returns how many there were.
///
/// # Errors
///
/// Returns the first error of the input, after all the records before it.
#[coframe::coroutine(yield = Progress, send = &[u8])]
pub fn reader() -> Result<u64, CsvError> {
    let mut place = Place { line: 1, column: 1 };
    let mut count = 0;
    let mut chunk = coframe::yield_!(Progress { used: 0, record: None });
    let mut at = 0;

    // Even the mark may be cut by the end of a chunk. If it turns out not to be one its bytes belong to a field.
    let mut mark = 0;
    while mark < BYTE_ORDER_MARK.len() && chunk.get(at) == Some(&BYTE_ORDER_MARK[mark]) {
        mark += 1;
        at += 1;
        if spent(chunk, at) {
            chunk = coframe::yield_!(Progress { used: at, record: None });
            at = 0;
        }
    }
    let mut first = &BYTE_ORDER_MARK[..mark % BYTE_ORDER_MARK.len()];

    loop {
        let mut record = Record { line: place.line, ..Record::default() };
        let mut quoted;
        let ended = loop {
            if spent(chunk, at) {
                chunk = coframe::yield_!(Progress { used: at, record: None });
                at = 0;
            }
            quoted = first.is_empty() && chunk.get(at) == Some(&b'"');
            if quoted {
                let opening = place;
                loop {
                    at += place.pass(b"\"");
                    // The text up to the next quote, from as many chunks as it spans.
                    loop {
                        let text = before(&chunk[at..], b"\"");
                        record.bytes.extend_from_slice(text);
                        at += place.pass(text);
                        if at < chunk.len() {
                            break;
                        }
                        if chunk.is_empty() {
                            return Err(CsvError { kind: ErrorKind::UnterminatedQuote, place: opening });
                        }
                        chunk = coframe::yield_!(Progress { used: at, record: None });
                        at = 0;
                    }
                    at += place.pass(b"\"");
                    if spent(chunk, at) {
                        chunk = coframe::yield_!(Progress { used: at, record: None });
                        at = 0;
                    }
                    // Two quotes stand for one; one ends the field.
                    if chunk.get(at) != Some(&b'"') {
                        break;
                    }
                    record.bytes.push(b'"');
                }
            } else {
                record.bytes.extend_from_slice(first);
                place.pass(first);
                first = &[];
                loop {
                    let text = before(&chunk[at..], b",\"\r\n");
                    record.bytes.extend_from_slice(text);
                    at += place.pass(text);
                    if at < chunk.len() || chunk.is_empty() {
                        break;
                    }
                    chunk = coframe::yield_!(Progress { used: at, record: None });
                    at = 0;
                }
            }
            record.ends.push(record.bytes.len());

            match chunk.get(at) {
                Some(b',') => at += place.pass(b","),
                Some(b'\n') => {
                    at += place.pass(b"\n");
                    break false;
                }
                Some(b'\r') => {
                    let carriage_return = place;
                    at += place.pass(b"\r");
                    if spent(chunk, at) {
                        chunk = coframe::yield_!(Progress { used: at, record: None });
                        at = 0;
                    }
                    if chunk.get(at) != Some(&b'\n') {
                        return Err(CsvError { kind: ErrorKind::LoneCarriageReturn, place: carriage_return });
                    }
                    at += place.pass(b"\n");
                    break false;
                }
                None => break true,
                Some(_) if quoted => return Err(CsvError { kind: ErrorKind::TextAfterQuote, place }),
                Some(_) => return Err(CsvError { kind: ErrorKind::QuoteInPlainField, place }),
            }
        };

        let blank = record.len() == 1 && record.bytes.is_empty() && !quoted;
        if !blank {
            count += 1;
            chunk = coframe::yield_!(Progress { used: at, record: Some(record) });
            at = 0;
        }
        if ended {
            return Ok(count);
        }
    }
}

/// Whether all of `chunk` has been read and another is wanted. An empty one is the end of the input, after which there
/// is nothing to ask for.
fn spent(chunk: &[u8], at: usize) -> bool {
    at > 0 && at == chunk.len()
}

/// What stands in `chunk` before the first of `stops`.
fn before<'a>(chunk: &'a [u8], stops: &[u8]) -> &'a [u8] {
    let end = chunk.iter().position(|byte| stops.contains(byte));
    &chunk[..end.unwrap_or(chunk.len())]
}

impl Place {
    /// Moves past `text` and gives its length in bytes.
    fn pass(&mut self, text: &[u8]) -> usize {
        for byte in text {
            match byte {
                b'\n' => *self = Place { line: self.line + 1, column: 1 },
                // A byte that continues a character of UTF-8.
                0x80..0xC0 => {}
                _ => self.column += 1,
            }
        }
        text.len()
    }
}

impl Record {
    /// The line on which it begins, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The number of its fields; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a record has at least one field")]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Its fields, unquoted.
    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end])
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::QuoteInPlainField => "a quote in a field that does not begin with one",
            ErrorKind::TextAfterQuote => "text after a closing quote; a quote inside a field is written twice",
            ErrorKind::UnterminatedQuote => "a quoted field that is never closed begins here",
            ErrorKind::LoneCarriageReturn => "a carriage return without a line feed",
        };
        write!(f, "{}: {what}", self.place)
    }
}

impl std::error::Error for CsvError {}
