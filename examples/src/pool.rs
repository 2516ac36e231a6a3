//! A program for the [scheduler](crate::scheduler): tasks that add up a column of a CSV file.
//!
//! ```text
//! reader ──records──▶ worker 1 … worker n ──results──▶ collector
//!                     each under a supervisor          progress, killed in the end
//! ```
//!
//! A worker *fails* at a field that is no number, as a worker would at a bug: its supervisor runs another one, and all else
//! goes on meanwhile. When the reader fails, or a worker too often, there is nothing to add up: the first task interrupts the
//! supervisors, which kill their workers, and fails itself.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, Write};
use std::rc::Rc;

use coframe::{CoroutineExt, Exception, Step, attempt, raise, yield_from};

use crate::csv::{self, Record};
use crate::scheduler::{
    Answer, Call, Id, Mailbox, Outcome, interrupt, kill, now, receive, send, sleep, spawn, supervise, wait,
};

const RECORDS: Mailbox = Mailbox("records");
const RESULTS: Mailbox = Mailbox("results");

/// What the tasks send to each other.
#[derive(Debug)]
pub enum Message {
    /// A field to be added, and the line it is from.
    Field(u64, String),
    /// What it is as a number.
    Number(u64),
    /// There is no more.
    End,
}

/// A field that is not a number.
#[derive(Debug)]
pub struct NotANumber {
    line: u64,
    text: String,
}

/// There is no column of this name.
#[derive(Debug)]
pub struct NoSuchColumn(pub String);

/// The sum could not be made, since the task of this name failed.
#[derive(Debug)]
pub struct Incomplete(pub &'static str);

/// What is to be done, and by how many.
#[derive(Clone, Debug)]
pub struct Job {
    /// The name of the column.
    pub column: String,
    /// How many workers share the work.
    pub workers: usize,
    /// How many times each may fail and be run anew.
    pub restarts: u32,
    /// The ticks between two reports of progress.
    pub every: u64,
}

/// The first task: makes the others, waits for them and ends those that do not end by themselves.
#[coframe::coroutine(yield = Call<Message>, send = Answer<Message>)]
pub fn add_up(job: Job, input: impl BufRead + 'static, output: impl Write + Clone + 'static) {
    let done = Rc::new(Cell::new(0));
    let reader = yield_from!(spawn("reader".to_owned(), read(input, job.column.clone(), job.workers)));
    let collector = yield_from!(spawn("collector".to_owned(), collect(done.clone(), output.clone())));
    let progress = yield_from!(spawn("progress".to_owned(), report_progress(job.every, done, output)));
    let mut pool = Vec::new();
    for number in 1..=job.workers {
        pool.push(yield_from!(spawn(format!("supervisor {number}"), keep_working(number, job.restarts, reader))));
    }

    let mut failed = matches!(yield_from!(wait(reader)), Outcome::Failed(_)).then_some("reader");
    for supervisor in pool {
        if let Some(name) = failed {
            yield_from!(interrupt(supervisor, Incomplete(name).into()));
        }
        if let Outcome::Failed(_) = yield_from!(wait(supervisor)) {
            failed = failed.or(Some("pool"));
        }
    }
    yield_from!(kill(progress));
    if let Some(name) = failed {
        yield_from!(kill(collector));
        raise!(Incomplete(name));
    }
    yield_from!(send(RESULTS, Message::End));
    if let Outcome::Failed(_) = yield_from!(wait(collector)) {
        raise!(Incomplete("collector"));
    }
}

/// Reads records, one at each tick, and sends the field of each that is in `column`. In the end each worker gets its end.
#[coframe::coroutine(yield = Call<Message>, send = Answer<Message>)]
fn read(mut input: impl BufRead + 'static, column: String, workers: usize) {
    let mut reader = csv::reader();
    let mut head = None;
    or_raise!(reader.start());
    loop {
        let record = match next_record(&mut reader, &mut input) {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(exception) => raise!(exception),
        };
        match head {
            // The first record has the names of the columns.
            None => match record.fields().position(|name| name == column.as_bytes()) {
                Some(position) => head = Some(position),
                None => raise!(NoSuchColumn(column)),
            },
            Some(position) => {
                let field = record.fields().nth(position).unwrap_or_default();
                let message = Message::Field(record.line(), String::from_utf8_lossy(field).into_owned());
                yield_from!(send(RECORDS, message));
                yield_from!(sleep(1));
            }
        }
    }
    for _ in 0..workers {
        yield_from!(send(RECORDS, Message::End));
    }
}

/// The task of a supervisor, which ends when its worker has done its work. When that failed too often there is no use in
/// reading on.
#[coframe::coroutine(yield = Call<Message>, send = Answer<Message>)]
fn keep_working(number: usize, restarts: u32, reader: Id) {
    if let Outcome::Failed(_) = yield_from!(supervise(format!("worker {number}"), restarts, work)) {
        yield_from!(interrupt(reader, Incomplete("worker").into()));
        raise!(Incomplete("worker"));
    }
}

/// Makes numbers of fields. A field keeps it busy for as many ticks as it has digits.
#[coframe::coroutine(yield = Call<Message>, send = Answer<Message>)]
fn work() {
    while let Message::Field(line, text) = yield_from!(receive(RECORDS)) {
        yield_from!(sleep(text.len() as u64));
        match text.parse() {
            Ok(number) => yield_from!(send(RESULTS, Message::Number(number))),
            Err(error) => raise!(NotANumber { line, text }, from = error),
        }
    }
}

/// Adds up the numbers that come, and writes the sum in the end.
#[coframe::coroutine(yield = Call<Message>, send = Answer<Message>)]
fn collect(done: Rc<Cell<u64>>, mut output: impl Write + 'static) {
    let mut sum = 0;
    while let Message::Number(number) = yield_from!(receive(RESULTS)) {
        sum += u128::from(number);
        done.set(done.get() + 1);
    }
    if let Err(error) = writeln!(output, "the sum of {} numbers is {sum}", done.get()) {
        raise!(error);
    }
}

/// Writes how far the others are, until it is killed. Then it does so once more, without a call.
#[coframe::coroutine(yield = Call<Message>, send = Answer<Message>)]
fn report_progress(every: u64, done: Rc<Cell<u64>>, mut output: impl Write + 'static) {
    let mut at = 0;
    let Err(exception) = attempt! {
        loop {
            yield_from!(sleep(every));
            at = yield_from!(now());
            if let Err(error) = writeln!(output, "tick {at}: {} numbers", done.get()) {
                raise!(error);
            }
        }
    };
    if !exception.is_exit() {
        raise!(exception);
    }
    if let Err(error) = writeln!(output, "after tick {at}: {} numbers, and that is all", done.get()) {
        raise!(error);
    }
}

/// Drives the reader of CSV to its next record; `None` at the end.
fn next_record<C>(reader: &mut C, input: &mut impl BufRead) -> Result<Option<Record>, Exception>
where
    C: for<'r> coframe::Coroutine<&'r [u8], Yield = csv::Progress, Return = Result<u64, csv::CsvError>> + Unpin,
{
    loop {
        match reader.send(input.fill_buf()?)? {
            Step::Yielded(progress) => {
                input.consume(progress.used);
                if progress.record.is_some() {
                    return Ok(progress.record);
                }
            }
            Step::Returned(result) => return result.map(|_| None).map_err(Exception::from),
        }
    }
}

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {:?} is not a number", self.line, self.text)
    }
}

impl std::error::Error for NotANumber {}

impl fmt::Display for NoSuchColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no column {:?}", self.0)
    }
}

impl std::error::Error for NoSuchColumn {}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} failed", self.0)
    }
}

impl std::error::Error for Incomplete {}
