//! Lists a directory and all that is in it, with the size of each file and directory.
//!
//! ```sh
//! cargo run --example tree
//! cargo run --example tree -- examples --skip data --skip tests
//! cargo run --example tree -- / --limit 20
//! ```
//!
//! The walk is a recursive coroutine in `src/tree.rs`. It is lazy: the last of these takes no time, since what is not
//! listed is never opened.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use coframe::Exception;
use coframe_examples::command_line::{misused, number};
use coframe_examples::tree::{Disk, Options, list};

const USAGE: &str = "usage: tree [DIRECTORY] [--skip NAME]... [--limit LINES]";
const SAMPLE: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> ExitCode {
    let (root, options) = options(std::env::args().skip(1)).unwrap_or_else(|problem| misused(&problem, USAGE));
    match run(root, &options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<(PathBuf, Options), String> {
    let (mut root, mut options) = (None, Options::default());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--skip" => options.skip.push(arguments.next().ok_or("--skip wants the name of a directory")?),
            "--limit" => options.limit = Some(number(&argument, arguments.next(), 0)?),
            flag if flag.starts_with('-') => return Err(format!("no such option: {flag}")),
            _ if root.is_some() => return Err("only one directory can be listed".to_owned()),
            _ => root = Some(argument),
        }
    }
    Ok((root.unwrap_or_else(|| SAMPLE.to_owned()).into(), options))
}

fn run(root: PathBuf, options: &Options) -> Result<(), Exception> {
    let mut output = BufWriter::new(io::stdout().lock());
    match list(&Disk, &root, options, &mut output)? {
        Some(total) => writeln!(output, "{:>12}  in {} files", total.bytes, total.files)?,
        None => writeln!(output, "{:>12}  stopped here", "…")?,
    }
    output.flush()?;
    Ok(())
}
