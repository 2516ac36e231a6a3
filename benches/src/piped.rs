//! A contestant in a process of its own, which is sent one line for each round: `kernel items`. It answers
//! `sum nanoseconds allocations`, or without the last. It first says which kernels it has, in one line.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::{Contestant, Round, Run, measure};

/// The end of the one who asks.
#[derive(Debug)]
pub struct Piped {
    name: &'static str,
    kernels: Vec<String>,
    /// It is given one item in so many.
    slower: u64,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Piped {
    /// Starts the process.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being started, and from saying which kernels it has.
    pub fn start(name: &'static str, command: &mut Command, slower: u64) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else { unreachable!("both are piped") };
        let mut from = BufReader::new(from);
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(io::Error::other(child.wait()?.to_string()));
        }
        Ok(Piped { name, kernels: line.split_whitespace().map(String::from).collect(), slower, child, to, from })
    }

    fn ask(&mut self, kernel: &str, items: u64) -> io::Result<Option<Round>> {
        writeln!(self.to, "{kernel} {items}")?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        let mut numbers = line.split_whitespace().map_while(|number| number.parse().ok());
        let (sum, time, allocations) = (numbers.next(), numbers.next(), numbers.next());
        Ok(sum.zip(time).map(|(sum, time)| Round { sum, time: Duration::from_nanos(time), allocations }))
    }
}

impl Contestant for Piped {
    fn name(&self) -> &str {
        self.name
    }

    fn has(&self, kernel: &str) -> bool {
        self.kernels.iter().any(|name| name == kernel)
    }

    fn run(&mut self, kernel: &str, items: u64) -> Round {
        match self.ask(kernel, items) {
            Ok(Some(round)) => round,
            failed => panic!("{} does not answer: {failed:?}", self.name),
        }
    }

    fn share(&self, items: u64) -> u64 {
        items / self.slower
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        // It has nothing that would want saving.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The other end: answers until the input ends.
///
/// # Errors
///
/// Those of the standard input and output.
pub fn serve(kernels: &[(&str, Run)]) -> io::Result<()> {
    let names: Vec<&str> = kernels.iter().map(|(name, _)| *name).collect();
    println!("{}", names.join(" "));
    for line in io::stdin().lines() {
        let line = line?;
        let (kernel, items) = line.split_once(' ').unwrap_or((&line, "0"));
        let Round { sum, time, allocations } = measure::round(kernels, kernel, items.parse().unwrap_or_default());
        println!("{sum} {} {}", time.as_nanos(), allocations.unwrap_or_default());
    }
    Ok(())
}
