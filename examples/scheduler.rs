//! Adds up a column of a CSV file by a pool of workers, on a scheduler of coroutines.
//!
//! ```sh
//! cargo run --example scheduler
//! cargo run --example scheduler -- examples/data/orders.csv --column quantity --workers 5
//! ```
//!
//! `src/scheduler.rs` is the scheduler: tasks make system calls by yielding them, and are sent the answers. `src/pool.rs`
//! has the tasks of this program. In the file that is taken without arguments one field is no number: a worker fails, its
//! traceback is written to standard error, another one takes its place, and the others do not notice.

use std::cell::RefCell;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;

use coframe::Exception;
use coframe_examples::command_line::{misused, number, open};
use coframe_examples::pool::{Job, add_up};
use coframe_examples::scheduler::{Ended, Outcome, Scheduler};

const USAGE: &str = "usage: scheduler [FILE|-] [--column NAME] [--workers N] [--restarts N] [--every TICKS]";
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/places.csv");

struct Options {
    file: String,
    job: Job,
}

fn main() -> ExitCode {
    let options = options(std::env::args().skip(1)).unwrap_or_else(|problem| misused(&problem, USAGE));
    match run(&options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}: {error}", options.file);
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let job = Job { column: "population".to_owned(), workers: 3, restarts: 2, every: 10 };
    let mut options = Options { file: SAMPLE.to_owned(), job };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--workers" => options.job.workers = number(&argument, arguments.next(), 1_u32)? as usize,
            "--restarts" => options.job.restarts = number(&argument, arguments.next(), 0)?,
            "--every" => options.job.every = number(&argument, arguments.next(), 1_u32)?.into(),
            "--column" => options.job.column = arguments.next().ok_or("--column wants a name")?,
            flag if flag.len() > 1 && flag.starts_with('-') => return Err(format!("no such option: {flag}")),
            _ => options.file = argument,
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<ExitCode, Exception> {
    let input = open(&options.file)?;

    // The first task is the one that the exit status is about.
    let last = Rc::new(RefCell::new(None));
    let outcome = last.clone();
    let mut scheduler = Scheduler::new(move |ended: Ended| {
        if let Outcome::Failed(exception) = &ended.outcome {
            // `{:?}` of an exception is the error, where it passed, and what it was raised from.
            eprintln!("tick {}: {} {} failed: {exception:?}", ended.at, ended.id, ended.name);
        } else {
            println!("{ended}");
        }
        outcome.replace(Some(ended.outcome));
    });
    scheduler.spawn("main", add_up(options.job.clone(), input, Output));
    scheduler.run()?;
    let failed = matches!(*last.borrow(), Some(Outcome::Failed(_)));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Standard output for several tasks.
#[derive(Clone)]
struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
