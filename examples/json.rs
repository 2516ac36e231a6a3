//! Reads JSON from a file or from standard input in pieces of any size, and writes it indented or on one line.
//!
//! ```sh
//! cargo run --example json
//! cargo run --example json -- examples/data/rooms.json --chunk 1 --compact
//! echo '{"rooms": [{"seats": 4}, {"seats": 0x4}]}' | cargo run --example json -- -
//! ```
//!
//! Both the parser and the writer are in `src/json.rs`. The parser is an ordinary recursive descent, except that it is
//! *fed*: it pauses for each character, at any depth. The depth is limited by memory alone:
//!
//! ```sh
//! python3 -c 'print("[" * 100000 + "]" * 100000)' | cargo run --example json -- - --compact
//! ```

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use coframe::Exception;
use coframe_examples::command_line::{misused, number, open};
use coframe_examples::json;

const USAGE: &str = "usage: json [FILE|-] [--chunk N] [--compact]";
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/rooms.json");

struct Options {
    file: String,
    chunk: usize,
    compact: bool,
}

fn main() -> ExitCode {
    let options = options(std::env::args().skip(1)).unwrap_or_else(|problem| misused(&problem, USAGE));
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", options.file);
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { file: SAMPLE.to_owned(), chunk: 4096, compact: false };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--chunk" => options.chunk = number(&argument, arguments.next(), 1)?,
            "--compact" => options.compact = true,
            flag if flag.len() > 1 && flag.starts_with('-') => return Err(format!("no such option: {flag}")),
            _ => options.file = argument,
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<(), Exception> {
    let input = open(&options.file)?;
    let value = json::parse(json::characters(input, options.chunk))?;

    let mut output = BufWriter::new(io::stdout().lock());
    for piece in json::pieces(&value, (!options.compact).then_some(0)) {
        output.write_all(piece.as_bytes())?;
    }
    output.write_all(b"\n")?;
    output.flush()?;
    Ok(())
}
