//! The stages of the log pipeline.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

use coframe_examples::log::{Class, Decoding, Entry, LogError, Summary, aggregate, decode, filter, parse, read};

fn summary(input: impl BufRead, decoding: Decoding) -> Result<Summary, LogError> {
    let mut stages = aggregate(parse(decode(read(input), decoding)), 10, 2);
    let mut values = stages.values();
    assert!(values.by_ref().all(|progress| progress.is_ok()));
    values.into_return().unwrap()
}

const ACCESS: &[u8] = b"\
h - - [t] \"GET /a HTTP/1.1\" 200 5 \"-\" \"agent, with 1 number\" 0.250\n\
h - - [t] \"GET /b HTTP/1.1\" 404 5\r\n\
\n\
h - - [t] \"GET /caf\xE9 HTTP/1.1\" 200 5 \"-\" \"-\" 1.5\n\
h - - [t] \"GET /d HTTP/1.1\" 200 5 \"-\" \"-\" 0.5";

#[test]
fn counts_by_status_and_keeps_the_slowest() {
    let summary = summary(ACCESS, Decoding::Lossy).unwrap();
    assert_eq!(summary.lines, 4);
    assert_eq!(summary.counts.into_iter().collect::<Vec<_>>(), [(Class::Status(200), 3), (Class::Status(404), 1)]);
    let slowest: Vec<_> = summary.slowest.iter().map(|(time, request)| (time.as_millis(), &**request)).collect();
    assert_eq!(slowest, [(1500, "GET /caf\u{FFFD} HTTP/1.1"), (500, "GET /d HTTP/1.1")]);
}

#[test]
fn a_line_that_is_not_utf_8_stops_a_strict_pipeline() {
    let error = summary(ACCESS, Decoding::Strict).unwrap_err();
    assert!(matches!(error, LogError::Encoding { line: 4, valid: 19 }), "{error}");
}

#[test]
fn counts_by_level() {
    let log = b"2026-03-14 ERROR [db] no INFO\n2026-03-14T06:00:00Z warn: x\n  at main.rs:1\nInformation\n";
    let counts = summary(&log[..], Decoding::Strict).unwrap().counts;
    let expected = [(Class::Level("ERROR"), 1), (Class::Level("WARN"), 1), (Class::Other, 2)];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_filter_lets_errors_through() {
    let entries =
        [Ok(Entry { line: 1, class: Class::Other, request: None }), Err(LogError::Encoding { line: 2, valid: 0 })];
    let left: Vec<_> = filter(entries.into_iter(), |_| false).collect();
    assert!(matches!(left[..], [Err(LogError::Encoding { line: 2, valid: 0 })]));
}

/// An endless log that counts the bytes asked of it.
struct Endless<'a>(&'a Cell<usize>);

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'\n');
        let length = buffer.len().min(6);
        buffer[..length].copy_from_slice(&b"INFO x"[..length]);
        self.0.set(self.0.get() + buffer.len());
        Ok(buffer.len())
    }
}

#[test]
fn nothing_is_read_that_was_not_asked_for() {
    let bytes = Cell::new(0);
    let mut entries = parse(decode(read(BufReader::with_capacity(8, Endless(&bytes))), Decoding::Strict));
    assert_eq!(bytes.get(), 0);
    assert!(entries.next().is_some());
    assert_eq!(bytes.get(), 8);
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

#[test]
fn a_read_error_ends_the_pipeline() {
    let error = summary(BufReader::new(Broken), Decoding::Lossy).unwrap_err();
    assert!(matches!(error, LogError::Read(error) if error.kind() == io::ErrorKind::ConnectionReset));
}
