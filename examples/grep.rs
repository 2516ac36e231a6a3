//! Prints the lines that hold a text, and counts them on the way: one reading, several consumers.
//!
//! ```sh
//! cargo run --example grep
//! cargo run --example grep -- ERROR examples/data/service.log examples/data/access.log
//! cargo run --example grep -- --first 3 --count --longest "GET /api" < examples/data/access.log
//! ```
//!
//! The stages are in `src/grep.rs`. The source *pushes* each line into the head of the pipeline; from there it goes to as
//! many sinks as there are, which a pipeline that pulls could not do. When the source is done it closes the head, and that
//! closes all that comes after it: a sink writes its summary then.
//!
//! The exit status is that of `grep`: 0 if a line was found, 1 if none was, 2 if something went wrong.

use std::io;
use std::process::ExitCode;

use coframe::{CoroutineExt, Exception};
use coframe_examples::command_line::{misused, number, open};
use coframe_examples::grep::{Sink, broadcast, count_by_file, feed, grep, longest, print};

const USAGE: &str = "usage: grep [--first N] [--count] [--longest] [TEXT [FILE|-]...]";
const SAMPLE_TEXT: &str = "06:03";
const SAMPLES: [&str; 2] =
    [concat!(env!("CARGO_MANIFEST_DIR"), "/data/access.log"), concat!(env!("CARGO_MANIFEST_DIR"), "/data/service.log")];

struct Options {
    text: String,
    files: Vec<String>,
    first: Option<u64>,
    count: bool,
    longest: bool,
}

fn main() -> ExitCode {
    let options = options(std::env::args().skip(1)).unwrap_or_else(|problem| misused(&problem, USAGE));
    let mut unreadable = false;
    match run(&options, &mut unreadable) {
        Ok(_) if unreadable => ExitCode::from(2),
        Ok(0) => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        Err(exception) => {
            // `{:?}` says where it was raised, which stages it passed and what it was raised from.
            eprintln!("{exception:?}");
            ExitCode::from(2)
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let (mut text, mut files) = (None, Vec::new());
    let (mut first, mut count, mut longest) = (None, false, false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--first" => first = Some(number(&argument, arguments.next(), 0)?),
            "--count" => count = true,
            "--longest" => longest = true,
            flag if flag.len() > 1 && flag.starts_with('-') => return Err(format!("no such option: {flag}")),
            _ if text.is_none() => text = Some(argument),
            _ => files.push(argument),
        }
    }
    Ok(match text {
        Some(text) if files.is_empty() => Options { text, files: vec!["-".to_owned()], first, count, longest },
        Some(text) => Options { text, files, first, count, longest },
        // Without arguments, everything is shown on what is bundled.
        None => {
            let files = SAMPLES.map(str::to_owned).into();
            Options { text: SAMPLE_TEXT.to_owned(), files, first, count: true, longest: true }
        }
    })
}

/// Gives the number of lines found.
fn run(options: &Options, unreadable: &mut bool) -> Result<u64, Exception> {
    let mut sinks: Vec<Sink<'_>> = vec![Box::new(print(io::stdout(), options.first))];
    if options.count {
        sinks.push(Box::new(count_by_file(io::stdout())));
    }
    if options.longest {
        sinks.push(Box::new(longest(io::stdout())));
    }
    let mut head = grep(&options.text, broadcast(sinks));
    head.start()?;

    for file in &options.files {
        let input = match open(file) {
            Ok(input) => input,
            // As `grep` does: one file that is not there does not keep it from the others.
            Err(error) => {
                eprintln!("{file}: {error}");
                *unreadable = true;
                continue;
            }
        };
        if let Some(found) = feed(file, input, &mut head)? {
            return Ok(found);
        }
    }
    Ok(head.close()?.unwrap_or_default())
}
