//! A job that can be killed at any moment: after every step its frame is on the disk, and it goes on from there.
//!
//! The job is an ordinary loop with ordinary locals. It does nothing outside of itself that it could not do twice, since
//! the step that was in flight is done again. What it keeps of its input is a place in it and not an open file.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use coframe::{CoroutineExt, Step, yield_};
use serde::{Deserialize, Serialize};

/// What is said of an access log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// How many lines there are.
    pub lines: u64,
    /// How many bytes were sent with each status.
    pub bytes: BTreeMap<String, u64>,
    /// How many requests each client made.
    pub clients: BTreeMap<String, u64>,
    /// A digest of all lines in their order: one that was left out, or read twice, changes it.
    pub digest: u64,
}

impl Tally {
    fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        for byte in line {
            self.digest = (self.digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(7);
        }
        let line = String::from_utf8_lossy(line);
        *self.clients.entry(line.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
        // `… "GET / HTTP/1.1" 200 4914 "…`
        let mut answer = line.split('"').nth(2).unwrap_or_default().split_whitespace();
        if let (Some(status), Some(Ok(bytes))) = (answer.next(), answer.next().map(str::parse::<u64>)) {
            *self.bytes.entry(status.to_owned()).or_default() += bytes;
        }
    }
}

/// Reads a log line by line, and says after each how many it has read.
#[coframe::coroutine(yield = u64, derive(Serialize, Deserialize))]
pub fn tally(log: String) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut at = 0;
    while let Some(line) = line_at(&log, at)? {
        tally.add(&line);
        at += line.len() as u64;
        yield_!('line: tally.lines);
    }
    Ok(tally)
}

fn line_at(log: &str, at: u64) -> io::Result<Option<Vec<u8>>> {
    let mut log = BufReader::new(File::open(log)?);
    log.seek(SeekFrom::Start(at))?;
    let mut line = Vec::new();
    Ok((log.read_until(b'\n', &mut line)? > 0).then_some(line))
}

/// What a run says while it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It starts from the start.
    Started,
    /// It goes on where another was.
    Resumed,
    /// This step is on the disk: it is not done again.
    Step(u64),
}

/// Runs the job, or what is left of it, with its frame in a file. The file is left behind with the last step in it, so that a
/// process that is killed before it has used the result comes to it again.
///
/// # Errors
///
/// The input cannot be read, the frame cannot be written or does not fit.
pub fn run(log: &str, frame: &Path, mut progress: impl FnMut(Progress)) -> Result<Tally, Box<dyn Error>> {
    let mut job = tally(log.to_owned());
    match fs::read(frame) {
        Ok(saved) => {
            job.restore(&mut serde_json::Deserializer::from_slice(&saved))?;
            progress(Progress::Resumed);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => progress(Progress::Started),
        Err(error) => return Err(error.into()),
    }
    loop {
        match job.start()? {
            Step::Yielded(line) => {
                write(frame, &serde_json::to_vec(&job)?)?;
                progress(Progress::Step(line));
            }
            Step::Returned(tally) => return Ok(tally?),
        }
    }
}

/// Writes a file so that at any moment it has its old contents or its new ones, and after the return the new ones,
/// whatever happens to the process and to the machine.
///
/// # Errors
///
/// Those of the file system.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    // The name is a part of the folder.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
