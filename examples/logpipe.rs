//! Counts the lines of a log by status or level and names the slowest requests, one line at a time.
//!
//! ```sh
//! cargo run --example logpipe
//! cargo run --example logpipe -- examples/data/service.log --only error
//! cargo run --example logpipe -- --strict /var/log/nginx/access.log
//! ```
//!
//! The stages are in `src/log.rs`. They are put together as iterators are, the last one *pulls*, and at no time is there
//! more than one line in memory.

use std::process::ExitCode;

use coframe::Exception;
use coframe_examples::command_line::{misused, open};
use coframe_examples::log::{self, Class, Decoding, Entry, Summary};

const USAGE: &str = "usage: logpipe [FILE|-] [--strict] [--only STATUS|5xx|LEVEL]";
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/access.log");
const SLOWEST: usize = 5;
const EVERY: u64 = 1_000_000;

struct Options {
    file: String,
    decoding: Decoding,
    only: Option<String>,
}

fn main() -> ExitCode {
    let options = options(std::env::args().skip(1)).unwrap_or_else(|problem| misused(&problem, USAGE));
    match run(&options) {
        Ok(summary) => {
            print(&summary);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", options.file);
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { file: SAMPLE.to_owned(), decoding: Decoding::Lossy, only: None };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--strict" => options.decoding = Decoding::Strict,
            "--only" => options.only = Some(arguments.next().ok_or("--only wants a status or a level")?),
            flag if flag.len() > 1 && flag.starts_with('-') => return Err(format!("no such option: {flag}")),
            _ => options.file = argument,
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<Summary, Exception> {
    let input = open(&options.file)?;

    let lines = log::read(input);
    let lines = log::decode(lines, options.decoding);
    let entries = log::parse(lines);
    let entries = log::filter(entries, |entry| wanted(entry, options.only.as_deref()));
    let mut summary = log::aggregate(entries, EVERY, SLOWEST);

    // Nothing has been read so far. Each turn of this loop pulls lines until there is progress to report.
    let mut progress = summary.values();
    for lines in progress.by_ref() {
        eprintln!("{} lines …", lines?);
    }
    let summary = progress.into_return().expect("the values end when the summary is returned");
    Ok(summary?)
}

fn wanted(entry: &Entry, only: Option<&str>) -> bool {
    match (only, entry.class) {
        (None, _) => true,
        (Some(only), Class::Status(status)) if only.ends_with("xx") => only.starts_with(&(status / 100).to_string()),
        (Some(only), class) => only.eq_ignore_ascii_case(&class.to_string()),
    }
}

fn print(summary: &Summary) {
    println!("{} lines", summary.lines);
    for (class, count) in &summary.counts {
        println!("{class:>8} {count:>8}");
    }
    if !summary.slowest.is_empty() {
        println!("slowest requests");
    }
    for (time, request) in &summary.slowest {
        println!("{:>8.3} s  {request}", time.as_secs_f64());
    }
}
