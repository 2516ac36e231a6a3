//! The push reader against the `csv` crate: the same records from real files, however the bytes arrive.

use std::path::Path;

use coframe::{CoroutineExt, Exception, Step};
use coframe_examples::csv::{CsvError, ErrorKind, Place, Record, reader};

const CHUNKS: [usize; 4] = [1, 2, 7, 4096];

/// Sends `input` in pieces of at most `chunk` bytes, each with what was left of the one before.
fn read(input: &[u8], chunk: usize) -> (Vec<Record>, Result<u64, CsvError>) {
    let mut reader = reader();
    let mut records = Vec::new();
    reader.start().unwrap();
    let (mut from, mut to) = (0, chunk.min(input.len()));
    loop {
        match reader.send(&input[from..to]).unwrap() {
            Step::Yielded(progress) => {
                from += progress.used;
                if let Some(record) = progress.record {
                    records.push(record);
                } else {
                    assert_eq!(from, to, "it asked for more and left something unread");
                }
                if from == to {
                    to = input.len().min(to + chunk);
                }
            }
            Step::Returned(result) => {
                assert!(matches!(reader.send(b""), Err(Exception::Finished)));
                return (records, result);
            }
        }
    }
}

fn fields(records: &[Record]) -> Vec<Vec<&[u8]>> {
    records.iter().map(|record| record.fields().collect()).collect()
}

/// What the `csv` crate reads.
fn expected(input: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
}

fn compare(name: &str, input: &[u8]) {
    let expected = expected(input);
    for chunk in CHUNKS {
        let (records, result) = read(input, chunk);
        assert_eq!(result, Ok(expected.len() as u64), "{name} in chunks of {chunk}");
        assert_eq!(fields(&records), expected, "{name} in chunks of {chunk}");
    }
}

#[test]
fn reads_files_as_the_csv_crate_does() {
    let mut files = 0;
    for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("data").read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            compare(&path.display().to_string(), &std::fs::read(&path).unwrap());
            files += 1;
        }
    }
    assert!(files >= 3, "the fixtures are missing");
}

#[test]
fn reads_a_large_generated_file_as_the_csv_crate_does() {
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    // Pieces, so that quotes, commas and line ends meet in every order.
    let pieces = ["", "a", "é", "🦀", ",", "\"", "\n", "\r\n", " ", "text of some length", "\u{FEFF}"];
    let mut input = Vec::new();
    for _ in 0..4_000 {
        let mut record = Vec::new();
        for _ in 0..=next(8) {
            let field: String = (0..next(6)).map(|_| pieces[next(pieces.len() as u64) as usize]).collect();
            record.push(field);
        }
        let end = ["\n", "\r\n"][next(2) as usize];
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(&record).unwrap();
        let line = writer.into_inner().unwrap();
        input.extend_from_slice(line.strip_suffix(b"\n").unwrap());
        input.extend_from_slice(end.as_bytes());
    }
    assert!(input.len() > 100_000);
    compare("generated", &input);
}

#[test]
fn reads_small_inputs_as_the_csv_crate_does() {
    for input in [
        "", "\n", "\r\n\r\n", "a", "a\n", "a,b", ",", ",\n,", "\"\"", "\"\"\n", "a,\"\"", "\"a\nb\"", "\"\"\"\"",
        "\"a\"\"\",b\r\n\n\nc", "\u{FEFF}a,b\n", "\u{FEFF}", "\u{FEFF}\"a,b\"\n", "a\u{FEFF}b\n",
    ] {
        compare(&format!("{input:?}"), input.as_bytes());
    }
}

#[test]
fn the_beginning_of_a_byte_order_mark_is_text() {
    for (input, field) in [(&b"\xEF\xBBa\n"[..], &b"\xEF\xBBa"[..]), (b"\xEF", b"\xEF"), (b"\xEF\xBB,x", b"\xEF\xBB")] {
        for chunk in CHUNKS {
            let (records, result) = read(input, chunk);
            assert_eq!(result, Ok(1));
            assert_eq!(records[0].fields().next(), Some(field));
        }
    }
}

#[test]
fn records_know_their_lines() {
    for chunk in CHUNKS {
        let (records, _) = read(b"a\n\"b\nc\",d\r\n\ne", chunk);
        assert_eq!(records.iter().map(Record::line).collect::<Vec<_>>(), [1, 2, 5]);
    }
}

#[test]
fn a_record_comes_as_soon_as_it_is_whole() {
    let mut reader = reader();
    reader.start().unwrap();
    let progress = reader.send(b"a,b\nc").unwrap().yielded().unwrap();
    assert_eq!(progress.used, 4);
    assert_eq!(progress.record.unwrap().fields().collect::<Vec<_>>(), [b"a", b"b"]);
}

#[test]
fn says_where_the_input_is_wrong() {
    use ErrorKind::{LoneCarriageReturn, QuoteInPlainField, TextAfterQuote, UnterminatedQuote};
    for (input, kind, line, column, before) in [
        ("a,b\"c\n", QuoteInPlainField, 1, 4, 0),
        ("a,b\nc, \"d\"\n", QuoteInPlainField, 2, 4, 1),
        ("é,ü\nñ, \"d\"\n", QuoteInPlainField, 2, 4, 1),
        ("\"a\"b,c\n", TextAfterQuote, 1, 4, 0),
        ("\"a\" ,c\n", TextAfterQuote, 1, 4, 0),
        ("x\n\"a\nb\"\"c\"d", TextAfterQuote, 3, 6, 1),
        ("a,\"b\nc\nd", UnterminatedQuote, 1, 3, 0),
        ("a\nb\n\"", UnterminatedQuote, 3, 1, 2),
        ("a\n\"b\"\"", UnterminatedQuote, 2, 1, 1),
        ("a\rb\n", LoneCarriageReturn, 1, 2, 0),
        ("a\n\"b\"\r", LoneCarriageReturn, 2, 4, 1),
        ("\u{FEFF}a\"", QuoteInPlainField, 1, 2, 0),
    ] {
        for chunk in CHUNKS {
            let (records, result) = read(input.as_bytes(), chunk);
            assert_eq!(result, Err(CsvError { kind, place: Place { line, column } }), "{input:?} in chunks of {chunk}");
            assert_eq!(records.len(), before, "{input:?} in chunks of {chunk}");
        }
    }
}

#[test]
fn an_error_names_the_place() {
    let (_, result) = read(b"a,b\nc,d\"\n", 4096);
    assert_eq!(result.unwrap_err().to_string(), "line 2, column 4: a quote in a field that does not begin with one",);
}
