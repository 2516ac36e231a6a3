//! A job that survives `kill -9`: its frame is saved after every step.
//!
//! ```sh
//! cargo run --example durable                                            # the log of this folder
//! cargo run --example durable -- examples/data/access.log /tmp/frame.json # kill it, run it again
//! ```
//!
//! Without a file for the frame it plays the part of the killer as well: the job is dropped every 50 steps, and goes on
//! from its file.

use std::error::Error;
use std::path::PathBuf;

use coframe_examples::durable::{Progress, Tally, run};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let log = args.next().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/data/access.log").to_owned());
    let (frame, is_mine) = match args.next() {
        Some(frame) => (PathBuf::from(frame), false),
        None => (std::env::temp_dir().join(format!("coframe-durable-{}.json", std::process::id())), true),
    };
    let tally = loop {
        let mut steps = 0;
        let killed = std::panic::catch_unwind(|| {
            run(&log, &frame, |progress| {
                match progress {
                    Progress::Step(_) => steps += 1,
                    other => println!("{other:?}"),
                }
                if is_mine && steps == 50 {
                    std::panic::resume_unwind(Box::new(()));
                }
            })
            .map_err(|error| error.to_string())
        });
        match killed {
            Ok(result) => break result?,
            Err(_) => println!("killed after {steps} steps"),
        }
    };
    show(&tally);
    std::fs::remove_file(frame)?;
    Ok(())
}

fn show(tally: &Tally) {
    println!("{} lines, digest {:016x}", tally.lines, tally.digest);
    for (status, bytes) in &tally.bytes {
        println!("{status}: {bytes} bytes");
    }
    println!("{} clients", tally.clients.len());
}
