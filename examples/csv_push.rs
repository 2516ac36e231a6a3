//! Reads CSV from a file or from standard input in pieces of any size.
//!
//! ```sh
//! cargo run --example csv_push -- examples/data/orders.csv --chunk 7
//! printf 'a,"b\nc"\n' | cargo run --example csv_push
//! ```
//!
//! The reader is the coroutine in `src/csv.rs`. It knows nothing of files: it is *sent* what is there and yields each
//! record as soon as it is whole, so it would serve as well behind a socket.

use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;

use coframe::{CoroutineExt, Exception, Step};
use coframe_examples::command_line::{misused, number, open};
use coframe_examples::csv;

const USAGE: &str = "usage: csv_push [FILE] [--chunk N]";

struct Options {
    file: Option<String>,
    chunk: usize,
}

fn main() -> ExitCode {
    let options = options(std::env::args().skip(1)).unwrap_or_else(|problem| misused(&problem, USAGE));
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", options.file.as_deref().unwrap_or("standard input"));
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { file: None, chunk: 4096 };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--chunk" => options.chunk = number(&argument, arguments.next(), 1)?,
            "-" => options.file = None,
            flag if flag.starts_with('-') => return Err(format!("no such option: {flag}")),
            _ if options.file.is_some() => return Err("only one file can be read".to_owned()),
            _ => options.file = Some(argument),
        }
    }
    Ok(options)
}

/// Any error becomes an `Exception` with `?`, so that it serves as the error of a whole program too.
fn run(options: &Options) -> Result<(), Exception> {
    let source = open(options.file.as_deref().unwrap_or("-"))?;
    let mut input = BufReader::with_capacity(options.chunk, source);
    let mut output = io::stdout().lock();

    let mut reader = csv::reader();
    reader.start()?;
    loop {
        // At the end of the input the buffer is empty, which is what the reader takes for the end as well.
        match reader.send(input.fill_buf()?)? {
            Step::Yielded(progress) => {
                input.consume(progress.used);
                if let Some(record) = progress.record {
                    print(&mut output, &record)?;
                }
            }
            Step::Returned(result) => {
                writeln!(output, "{} records", result?)?;
                return Ok(());
            }
        }
    }
}

fn print(output: &mut impl Write, record: &csv::Record) -> io::Result<()> {
    write!(output, "{:>4} |", record.line())?;
    for field in record.fields() {
        // Escaped, so that a line end inside a field does not look like the end of the record.
        write!(output, " {} |", String::from_utf8_lossy(field).escape_debug())?;
    }
    writeln!(output)
}
