//! The stages of the push pipeline: what goes where, and in which order it ends.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::iter::successors;
use std::rc::Rc;

use coframe::{CoroutineExt, Exception, Step, attempt, raise, yield_};
use coframe_examples::grep::{Line, Sink, broadcast, count_by_file, feed, grep, longest, print};

/// What happened, in order.
#[derive(Clone, Default)]
struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    fn note(&self, what: impl Into<String>) {
        self.0.borrow_mut().push(what.into());
    }

    /// What happened since it was asked last.
    fn take(&self) -> Vec<String> {
        self.0.take()
    }

    /// Notes each line that is written.
    fn writer(&self) -> impl Write + use<> {
        io::LineWriter::new(Notes(self.clone()))
    }
}

struct Notes(Trace);

impl Write for Notes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.note(String::from_utf8_lossy(bytes).trim_end());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug)]
struct Broken(&'static str);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} broke", self.0)
    }
}

impl std::error::Error for Broken {}

/// Notes all that happens to it, and breaks where it is told to.
#[coframe::coroutine(send = Line<'_>)]
fn sink(name: &'static str, breaks_at: &'static str, trace: Trace) {
    trace.note(format!("{name} starts"));
    if breaks_at == "start" {
        raise!(Broken(name));
    }
    let Err(exception) = attempt! {
        loop {
            let line = yield_!();
            if line.text == breaks_at {
                raise!(Broken(name));
            }
            trace.note(format!("{name} gets {}", line.text));
        }
    };
    trace.note(format!("{name} ends: {exception}"));
    if breaks_at == "close" {
        raise!(Broken(name));
    }
    raise!(exception);
}

/// `a`, `b` and `c`, of which `b` breaks.
fn three(breaks_at: &'static str, trace: &Trace) -> Vec<Sink<'static>> {
    vec![
        Box::new(sink("a", "", trace.clone())),
        Box::new(sink("b", breaks_at, trace.clone())),
        Box::new(sink("c", "", trace.clone())),
    ]
}

fn line(text: &str) -> Line<'_> {
    Line { file: "file", number: 1, text }
}

const CLOSED: &str = "coroutine is being closed";

#[test]
fn each_line_goes_to_all_sinks_and_closing_the_head_closes_them_in_order() {
    let trace = Trace::default();
    let mut head = grep("x", broadcast(three("", &trace)));
    assert!(trace.take().is_empty());
    head.start().unwrap();
    assert_eq!(trace.take(), ["a starts", "b starts", "c starts"]);
    for text in ["x1", "y2", "x3"] {
        head.send(line(&String::from(text))).unwrap();
    }
    assert_eq!(trace.take(), ["a gets x1", "b gets x1", "c gets x1", "a gets x3", "b gets x3", "c gets x3"]);
    assert_eq!(head.close().unwrap(), Some(2));
    assert_eq!(trace.take(), ["a", "b", "c"].map(|name| format!("{name} ends: {CLOSED}")));
}

#[test]
fn a_stage_closes_before_the_one_after_it() {
    /// Notes when the stage around it has let go of its target.
    struct Guard(Trace);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.note("the head is gone");
        }
    }

    #[coframe::coroutine(send = Line<'_>)]
    fn head(mut target: Sink<'_>, trace: Trace) {
        let _guard = Guard(trace.clone());
        let _ = target.start();
        let Err(exception) = attempt! { loop { let _ = target.send(yield_!()); } };
        trace.note("the head closes");
        or_raise!(target.close());
        raise!(exception);
    }

    let trace = Trace::default();
    let mut head = head(Box::new(broadcast(three("", &trace))), trace.clone());
    head.start().unwrap();
    trace.take();
    assert_eq!(head.close().unwrap(), None);
    let ends = ["a", "b", "c"].map(|name| format!("{name} ends: {CLOSED}"));
    assert_eq!(trace.take(), [&["the head closes".to_owned()], &ends[..], &["the head is gone".to_owned()]].concat());
}

#[test]
fn a_sink_that_fails_ends_the_others_and_comes_out_at_the_source() {
    let trace = Trace::default();
    let mut head = grep("x", broadcast(three("x2", &trace)));
    head.start().unwrap();
    head.send(line("x1")).unwrap();
    trace.take();

    let exception = head.send(line("x2")).unwrap_err();
    assert_eq!(exception.to_string(), "b broke");
    assert!(exception.source().is_none());
    // From the sink through `broadcast` and `grep`.
    let files: Vec<_> = exception.traceback().iter().map(|(at, _)| at.file()).collect();
    assert!(files.first().unwrap().ends_with("tests/grep.rs"), "{files:?}");
    assert!(files.last().unwrap().ends_with("src/grep.rs"), "{files:?}");

    let ends = ["b ends: b broke".to_owned(), format!("a ends: {CLOSED}"), format!("c ends: {CLOSED}")];
    assert_eq!(trace.take(), [&["a gets x2".to_owned()], &ends[..]].concat());
    assert!(matches!(head.send(line("x3")), Err(Exception::Finished)));
    assert_eq!(head.close().unwrap(), None);
    assert!(trace.take().is_empty());
}

#[test]
fn a_sink_that_fails_to_start_ends_those_that_had() {
    let trace = Trace::default();
    let mut head = grep("x", broadcast(three("start", &trace)));
    assert!(head.start().unwrap_err().is::<Broken>());
    // `c` was not started, so there is nothing in it to end.
    assert_eq!(trace.take(), ["a starts".to_owned(), "b starts".to_owned(), format!("a ends: {CLOSED}")]);
}

#[test]
fn a_sink_that_fails_to_close_does_not_keep_the_others_from_it() {
    let trace = Trace::default();
    let mut head = grep("x", broadcast(three("close", &trace)));
    head.start().unwrap();
    trace.take();
    let exception = head.close().unwrap_err();
    assert_eq!(trace.take(), ["a", "b", "c"].map(|name| format!("{name} ends: {CLOSED}")));
    let chain: Vec<_> = successors(Some(&exception), |exception| exception.source()).map(ToString::to_string).collect();
    assert_eq!(chain, ["b broke", CLOSED]);
}

#[test]
fn what_is_thrown_into_the_head_ends_the_rest_and_comes_out_again() {
    let trace = Trace::default();
    let mut head = grep("x", broadcast(three("", &trace)));
    head.start().unwrap();
    trace.take();
    let exception = head.throw(Broken("the source")).unwrap_err();
    assert_eq!(exception.to_string(), "the source broke");
    // To the sinks it is an orderly end.
    assert_eq!(trace.take(), ["a", "b", "c"].map(|name| format!("{name} ends: {CLOSED}")));
}

#[test]
fn dropping_the_head_closes_the_rest() {
    let trace = Trace::default();
    let mut head = grep("x", broadcast(three("", &trace)));
    head.start().unwrap();
    trace.take();
    drop(head);
    assert_eq!(trace.take(), ["a", "b", "c"].map(|name| format!("{name} ends: {CLOSED}")));
}

#[test]
fn the_sinks_write_their_summaries_when_they_are_closed() {
    let trace = Trace::default();
    let sinks: Vec<Sink<'_>> = vec![
        Box::new(print(trace.writer(), None)),
        Box::new(count_by_file(trace.writer())),
        Box::new(longest(trace.writer())),
    ];
    let mut head = grep("é", broadcast(sinks));
    head.start().unwrap();
    let one = "né\nplain\r\ncafé crème\r\n";
    assert_eq!(feed("one", one.as_bytes(), &mut head).unwrap(), None);
    assert_eq!(feed("two", "été, no line end".as_bytes(), &mut head).unwrap(), None);
    assert_eq!(feed("three", "\n\n".as_bytes(), &mut head).unwrap(), None);
    assert_eq!(trace.take(), ["one:1:né", "one:3:café crème", "two:1:été, no line end"]);
    assert_eq!(head.close().unwrap(), Some(3));
    assert_eq!(trace.take(), ["3 in all", "one: 2", "two: 1", "longest: été, no line end"]);
}

#[test]
fn nothing_is_read_when_no_sink_wants_more() {
    let trace = Trace::default();
    let sinks: Vec<Sink<'_>> = vec![Box::new(print(trace.writer(), Some(1))), Box::new(print(trace.writer(), Some(2)))];
    let mut head = grep("", broadcast(sinks));
    head.start().unwrap();
    let mut input = BufReader::new(&b"1\n2\n3\n4\n"[..]);
    assert_eq!(feed("in", &mut input, &mut head).unwrap(), Some(2));
    assert_eq!(trace.take(), ["in:1:1", "1 in all", "in:1:1", "in:2:2", "2 in all"]);
    let mut rest = String::new();
    input.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "3\n4\n");
}

#[test]
fn a_sink_that_cannot_write_writes_no_summary_either() {
    let trace = Trace::default();
    // Room for one line.
    let mut room = [0; 9];
    let sinks: Vec<Sink<'_>> = vec![Box::new(print(&mut room[..], None)), Box::new(longest(trace.writer()))];
    let mut head = grep("", broadcast(sinks));
    head.start().unwrap();
    let exception = feed("in", &b"one\nthree\n"[..], &mut head).unwrap_err();
    assert_eq!(exception.downcast::<io::Error>().unwrap().kind(), io::ErrorKind::WriteZero);
    assert_eq!(trace.take(), ["longest: one"]);
    drop(head);
    assert_eq!(&room[..], b"in:1:one\n");
}

#[test]
fn an_input_that_cannot_be_read_ends_the_pipeline() {
    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }

    let trace = Trace::default();
    let mut head = grep("", print(trace.writer(), None));
    head.start().unwrap();
    let input = BufReader::new((&b"one\nthe beginning of two"[..]).chain(Failing));
    let exception = feed("in", input, &mut head).unwrap_err();
    assert!(exception.is::<io::Error>());
    assert_eq!(trace.take(), ["in:1:one", "1 in all"]);
    assert!(matches!(head.send(line("")), Err(Exception::Finished)));
}

#[test]
fn a_sink_takes_lines_without_a_pipeline_as_well() {
    let trace = Trace::default();
    let mut sink = longest(trace.writer());
    assert_eq!(sink.start().unwrap(), Step::Yielded(()));
    sink.send(line("a")).unwrap();
    sink.send(line("b")).unwrap();
    assert_eq!(sink.close().unwrap(), Some(()));
    assert_eq!(trace.take(), ["longest: a"]);
}
