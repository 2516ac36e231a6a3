//! The parser that is fed: what it makes of a text however that arrives, where it pauses, and that depth costs no stack.

use std::io::{self, Read};
use std::thread;

use coframe::{CoroutineExt, Exception, State};
use coframe_examples::json::{Cursor, JsonError, Place, Problem, Step, Value, characters, document, parse, pieces};

const CHUNKS: [usize; 4] = [1, 2, 7, 4096];

/// Parses a text in pieces of several sizes, with the same outcome for each.
#[track_caller]
fn read(text: &str) -> Result<Value, JsonError> {
    let mut results = CHUNKS.map(|chunk| {
        let result = parse(characters(text.as_bytes(), chunk));
        result.map_err(|exception| exception.downcast::<JsonError>().expect("the input can be read"))
    });
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:?}");
    std::mem::replace(&mut results[0], Ok(Value::Null))
}

fn write(value: &Value, indent: Option<usize>) -> String {
    pieces(value, indent).collect()
}

/// Feeds a parser that was started, and gives how many levels it has after each character.
fn feed<'a>(parser: &mut coframe::Recursive<'a, (), Value, Option<char>>, text: &str) -> Result<Vec<usize>, Exception> {
    text.chars().map(|character| parser.send(Some(character)).map(|_| parser.depth())).collect()
}

#[test]
fn reads_and_writes_values() {
    for (text, written) in [
        ("null", "null"),
        (" true\n", "true"),
        ("\tfalse\r\n", "false"),
        ("0", "0"),
        ("-0.50", "-0.50"),
        ("1200e+3", "1200e+3"),
        ("123456789012345678901234567890.1E-400", "123456789012345678901234567890.1E-400"),
        ("\"\"", "\"\""),
        (r#""a\"\\\/\b\f\n\r\t\u0041\u00e9\uD834\udd1E""#, "\"a\\\"\\\\/\\u0008\\u000c\\n\\r\\tAé𝄞\""),
        ("\"é🦀\u{7F}\u{2028}\"", "\"é🦀\u{7F}\u{2028}\""),
        ("[]", "[]"),
        ("[ ]", "[]"),
        ("{ }", "{}"),
        ("[1 , [ [],{}] ,\"\"]", "[1,[[],{}],\"\"]"),
        ("{\"b\" : 1, \"a\":{\"\":[null]}, \"b\":2}", "{\"b\":1,\"a\":{\"\":[null]},\"b\":2}"),
    ] {
        let value = read(text).unwrap();
        assert_eq!(write(&value, None), written, "{text}");
        assert_eq!(read(&write(&value, Some(0))).unwrap(), value, "{text}");
    }
}

#[test]
fn a_value_is_a_tree() {
    let member = |name: &str, value| (name.to_owned(), value);
    let seats = Value::Array(vec![Value::Number("4".to_owned()), Value::Bool(true)]);
    let expected = Value::Object(vec![member("seats", seats), member("note", Value::String("é".to_owned()))]);
    assert_eq!(read(r#"{"seats": [4, true], "note": "\u00E9"}"#), Ok(expected));
}

#[test]
fn reads_the_file_that_is_bundled() {
    let text = include_str!("../data/rooms.json");
    let value = read(text).unwrap();
    assert_eq!(read(&write(&value, Some(0))).unwrap(), value);
    assert_eq!(read(&write(&value, None)).unwrap(), value);
}

#[test]
fn takes_what_serde_json_takes() {
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize % below
    };
    let pieces = [
        "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u00e9", "\\ud83e\\udd80", "\\n", " ", "\n", "\t", "\"a\"",
        "\"b\":", "[1,2]", "{\"c\":3}", "0", "1", "-", ".5", "e", "E-1", "true", "false", "null", "nul", "é", "🦀",
        "\u{1}",
    ];
    let bundled: Vec<char> = include_str!("../data/rooms.json").chars().collect();
    let mut good = 0;
    for turn in 0..4_000 {
        let text: String = if turn % 2 == 0 {
            (0..=next(7)).map(|_| pieces[next(pieces.len())]).collect()
        } else {
            // The bundled file with a piece in place of a few characters.
            let from = next(bundled.len());
            let to = bundled.len().min(from + next(3));
            let piece = pieces[next(pieces.len())];
            bundled[..from].iter().copied().chain(piece.chars()).chain(bundled[to..].iter().copied()).collect()
        };
        let ours = parse(text.chars().map(Ok));
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(theirs) => {
                let ours = ours.unwrap_or_else(|error| panic!("{text:?}: {error}"));
                assert_eq!(serde_json::from_str::<serde_json::Value>(&write(&ours, None)).unwrap(), theirs);
                good += 1;
            }
            // JSON has no limit for numbers.
            Err(error) if error.to_string().starts_with("number out of range") => {}
            Err(error) => assert!(ours.is_err(), "{text:?}: {error}"),
        }
    }
    assert!(good > 500, "{good}");
}

#[test]
fn writes_a_level_a_step_further_in() {
    let value = read(r#"{"a":[1,{"b":[]}],"c":{}}"#).unwrap();
    let expected = "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}";
    assert_eq!(write(&value, Some(0)), expected);
}

#[test]
fn says_what_is_wrong_and_where() {
    use Problem::{ControlCharacter, LoneSurrogate, Unexpected};
    for (text, line, column, path, problem) in [
        ("", 1, 1, "", Unexpected(None, "a value")),
        (" \n ", 2, 2, "", Unexpected(None, "a value")),
        ("nul", 1, 4, "", Unexpected(None, "null")),
        ("trüe", 1, 3, "", Unexpected(Some('ü'), "true")),
        ("1 2", 1, 3, "", Unexpected(Some('2'), "the end of the input")),
        ("01", 1, 2, "", Unexpected(Some('1'), "the end of the input")),
        ("-", 1, 2, "", Unexpected(None, "a digit")),
        ("1.e5", 1, 3, "", Unexpected(Some('e'), "a digit")),
        ("1e+", 1, 4, "", Unexpected(None, "a digit")),
        ("[1,\n\n  ]", 3, 3, "[1]", Unexpected(Some(']'), "a value")),
        ("[1 2]", 1, 4, "", Unexpected(Some('2'), "`,` or `]`")),
        ("{\"é\":1,}", 1, 8, "", Unexpected(Some('}'), "the name of a member")),
        ("{\"a\" 1}", 1, 6, "", Unexpected(Some('1'), "`:`")),
        ("{\"a\":1", 1, 7, "", Unexpected(None, "`,` or `}`")),
        ("{\"a\":[0,{\"b\":\n?}]}", 2, 1, ".a[1].b", Unexpected(Some('?'), "a value")),
        ("[\"a\nb\"]", 1, 4, "[0]", ControlCharacter('\n')),
        ("\"a", 1, 3, "", Unexpected(None, "the end of the string")),
        ("\"\\x\"", 1, 3, "", Unexpected(Some('x'), "an escape: one of `\"\\/bfnrtu`")),
        ("\"\\u00g0\"", 1, 6, "", Unexpected(Some('g'), "a hexadecimal digit")),
        ("\"\\ud834\"", 1, 8, "", LoneSurrogate),
        ("\"\\ud834\\n\"", 1, 9, "", LoneSurrogate),
        ("\"\\ud834\\ud834\"", 1, 14, "", LoneSurrogate),
        ("\"\\udd1e\"", 1, 8, "", LoneSurrogate),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!((error.problem, error.place), (problem, Place { line, column }), "{text:?}");
        let steps = error.path.iter().rev().map(|step| match step {
            Step::Member(name) => format!(".{name}"),
            Step::Item(index) => format!("[{index}]"),
        });
        assert_eq!(steps.collect::<String>(), path, "{text:?}");
    }
}

#[test]
fn an_error_names_the_place_in_the_text_and_in_the_value() {
    let error = read("{\"rooms\": [{\"seats\": 4},\n{\"seats\": x}]}").unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 11, in $.rooms[1].seats: 'x' in place of a value");
    let error = read(&"[".repeat(8)).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 9, in $[0][0][0][0][0][0][0][0]: the input ends in place of a value");
    let error = read(&"[".repeat(9)).unwrap_err();
    assert!(error.to_string().starts_with("line 1, column 10, in …[0][0]"), "{error}");
}

// `document` calls `value`, which calls `array`, which calls `value`, …; the leaves are in the frames of their callers.
#[test]
fn it_pauses_at_every_depth() {
    let at = Cursor::default();
    let mut parser = document(&at);
    assert_eq!((parser.state(), parser.depth()), (State::Created, 1));
    parser.start().unwrap();
    assert_eq!(feed(&mut parser, "[1,[{\"a").unwrap(), [3, 4, 3, 5, 7, 7, 7]);
    assert_eq!(feed(&mut parser, "\":2}]] ").unwrap(), [7, 7, 8, 7, 5, 3, 1]);
    assert_eq!(at.place(), Place { line: 1, column: 14 });
    let value = parser.send(None).unwrap().returned().unwrap();
    assert_eq!(write(&value, None), "[1,[{\"a\":2}]]");
    assert!(matches!(parser.send(None), Err(Exception::Finished)));
}

#[test]
fn an_error_comes_with_the_character_that_is_wrong() {
    let at = Cursor::default();
    let mut parser = document(&at);
    parser.start().unwrap();
    feed(&mut parser, "[[tru").unwrap();
    assert!(parser.send(Some('x')).unwrap_err().is::<JsonError>());
    assert_eq!((parser.state(), parser.depth()), (State::Closed, 0));
}

#[test]
fn it_is_closed_at_any_depth() {
    let at = Cursor::default();
    let mut parser = document(&at);
    parser.start().unwrap();
    feed(&mut parser, "[{\"a\":[\"b").unwrap();
    assert!(parser.close().unwrap().is_none());
    assert_eq!((parser.state(), parser.depth()), (State::Closed, 0));
    // Nothing in it has taken the end for a character.
    assert_eq!(at.place(), Place { line: 1, column: 9 });
    assert!(parser.close().unwrap().is_none());
}

#[test]
fn what_is_thrown_in_passes_all_levels_and_gets_no_path() {
    let at = Cursor::default();
    let mut parser = document(&at);
    parser.start().unwrap();
    feed(&mut parser, "[[[").unwrap();
    let exception = parser.throw(io::Error::from(io::ErrorKind::ConnectionReset)).unwrap_err();
    let passed: usize = exception.traceback().iter().map(|(_, times)| times).sum();
    assert!(passed >= 7, "{exception:?}");
    assert_eq!(exception.downcast::<io::Error>().unwrap().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(parser.depth(), 0);
}

const DEEP: usize = 100_000;

/// On a stack that would not hold a thousandth of them as calls.
fn with_a_small_stack(test: fn()) {
    thread::Builder::new().stack_size(128 * 1024).spawn(test).unwrap().join().unwrap();
}

fn deep(opening: &str, middle: &str, closing: &str) -> String {
    [&opening.repeat(DEEP), middle, &closing.repeat(DEEP)].concat()
}

#[test]
fn reads_writes_and_drops_what_is_deep() {
    with_a_small_stack(|| {
        for text in [deep("[", "", "]"), deep("{\"a\":[", "1", "]}")] {
            let value = parse(characters(text.as_bytes(), 4096)).unwrap();
            assert!(write(&value, None) == text);
        }
    });
}

#[test]
fn an_error_comes_out_of_the_deep() {
    with_a_small_stack(|| {
        for (text, column) in [(deep("[", "", ""), DEEP + 1), (deep("[", "", "}"), DEEP + 1)] {
            let exception = parse(characters(text.as_bytes(), 4096)).unwrap_err();
            let error = exception.downcast::<JsonError>().unwrap();
            assert_eq!(error.place, Place { line: 1, column: column as u64 });
            assert_eq!(error.path.len(), DEEP);
        }
    });
}

#[test]
fn a_deep_parser_is_closed_thrown_into_and_dropped() {
    with_a_small_stack(|| {
        for end in 0..3 {
            let at = Cursor::default();
            let mut parser = document(&at);
            parser.start().unwrap();
            feed(&mut parser, &deep("[", "", "")).unwrap();
            assert_eq!(parser.depth(), 2 * DEEP + 1);
            match end {
                0 => assert!(parser.close().unwrap().is_none()),
                1 => assert!(parser.throw(io::Error::other("over")).unwrap_err().is::<io::Error>()),
                _ => drop(parser),
            }
        }
    });
}

#[test]
fn the_writer_goes_no_further_than_it_is_asked() {
    with_a_small_stack(|| {
        let value = parse(characters(deep("[", "", "]").as_bytes(), 4096)).unwrap();
        let mut pieces = pieces(&value, None);
        assert_eq!(pieces.by_ref().take(6).collect::<Vec<_>>(), ["[", "", "[", "", "[", ""]);
        assert_eq!(pieces.depth(), 3);
        let rest: usize = pieces.map(|piece| piece.len()).sum();
        assert_eq!(rest, 2 * DEEP - 3);
    });
}

#[test]
fn characters_are_whole_however_the_bytes_are_cut() {
    let text = "aé€🦀\u{FEFF}\n";
    for chunk in 1..=text.len() {
        let read: String = characters(text.as_bytes(), chunk).map(Result::unwrap).collect();
        assert_eq!(read, text, "in chunks of {chunk}");
    }
}

#[test]
fn what_is_not_utf_8_is_an_error_after_what_is() {
    for (bytes, valid) in [(&b"ab\xFFc"[..], "ab"), (b"\xE2\x82", ""), (b"\xC3\xA9\xE2\x82", "é"), (b"a\xE2x", "a")] {
        for chunk in CHUNKS {
            let mut read: Vec<_> = characters(bytes, chunk).collect();
            let error = read.pop().unwrap().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert_eq!(read.into_iter().map(Result::unwrap).collect::<String>(), valid, "{bytes:?}");
        }
    }
}

#[test]
fn an_input_that_cannot_be_read_is_not_a_value() {
    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }

    let exception = parse(characters((&b"[1, 2"[..]).chain(Broken), 4)).unwrap_err();
    assert_eq!(exception.downcast::<io::Error>().unwrap().kind(), io::ErrorKind::ConnectionReset);
}
