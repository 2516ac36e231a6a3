//! A job that survives `kill -9`: its frame is saved after every step.
//!
//! ```sh
//! cargo run --example durable                                            # killed and started again, until it is done
//! cargo run --example durable -- examples/data/access.log /tmp/frame.json # kill it yourself, and run it again
//! ```

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use coframe_examples::command_line::misused;
use coframe_examples::durable::{Tally, run};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match &args[..] {
        [] => killer(concat!(env!("CARGO_MANIFEST_DIR"), "/data/access.log")),
        [log, frame] => {
            show(&run(log, Path::new(frame), |progress| println!("{progress:?}"))?);
            std::fs::remove_file(frame)?;
            Ok(())
        }
        _ => misused("a log and a file for the frame", "durable [LOG FRAME]"),
    }
}

/// Runs the job in a process of its own, and kills that after every fifty steps.
fn killer(log: &str) -> Result<(), Box<dyn Error>> {
    let frame = std::env::temp_dir().join(format!("coframe-durable-{}.json", std::process::id()));
    for run in 1.. {
        let mut job = Command::new(std::env::current_exe()?).arg(log).arg(&frame).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(job.stdout.take().ok_or("the job has an output")?);
        let mut last = String::new();
        let mut steps = 0;
        for line in output.lines() {
            let line = line?;
            if line.starts_with("Step") {
                steps += 1;
            } else {
                println!("run {run}: {line}");
            }
            if steps == 50 {
                job.kill()?;
            }
            last = line;
        }
        if job.wait()?.success() {
            break;
        }
        println!("run {run}: killed, after {last}");
    }
    Ok(())
}

fn show(tally: &Tally) {
    println!("{} lines, digest {:016x}", tally.lines, tally.digest);
    for (status, bytes) in &tally.bytes {
        println!("{status}: {bytes} bytes");
    }
    println!("{} clients", tally.clients.len());
}
