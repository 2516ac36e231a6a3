//! A walk through directories that says what it finds as it finds it, and asks before it goes into one.
//!
//! A walk is naturally a recursive function: the size of a directory is that of its files and of its directories. Here it
//! is one that pauses at each thing that it finds, so that the caller gets a stream, lazily, and the recursion all the
//! same gets its sums. Nothing is opened before it is asked for, and a walk that is closed closes what it has opened, the
//! innermost directory first.

use std::fmt;
use std::fs::{self, DirEntry};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::vec;

use coframe::{CoroutineExt, Exception, Step, raise, try_yield_from, yield_};

/// What a walk yields.
#[derive(Debug)]
pub struct Visit {
    /// How many directories it is in, besides the one where the walk began.
    pub depth: usize,
    /// Its name in the innermost of them.
    pub name: String,
    /// What it is, and what there is to say about it.
    pub what: What,
}

/// What a walk has to say.
#[derive(Debug)]
pub enum What {
    /// A file, or what is not a directory, of so many bytes.
    File(u64),
    /// A directory. The answer says whether to go in.
    Enter,
    /// The end of a directory, with the sum of what is in it.
    Leave(Total),
    /// A directory that could not be opened or a file that nothing could be learnt about.
    Unreadable(io::Error),
}

/// What a walk is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on; at the [entrance](What::Enter) of a directory, go in.
    Go,
    /// Leave the directory out.
    Skip,
}

/// The sum of some files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub files: u64,
    /// How much is in them.
    pub bytes: u64,
}

/// Where a walk goes. [`Disk`] is what one wants, unless one wants to see what a walk does.
pub trait Files {
    /// A directory that is open, with what is left of it.
    type Listing: Iterator<Item = io::Result<Found>>;

    /// Opens a directory.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be read.
    fn open(&self, path: &Path) -> io::Result<Self::Listing>;
}

/// An entry of a directory.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name there.
    pub name: String,
    /// The size of a file, or `None` for a directory.
    pub size: Option<u64>,
}

/// The directory of this path could not be opened.
#[derive(Debug)]
pub struct Unreadable {
    path: PathBuf,
    error: io::Error,
}

/// Yields what is in a directory and what is in the directories in it, and returns the sum of that.
///
/// # Errors
///
/// Raises [`Unreadable`] if the directory cannot be opened. A directory in it that cannot be opened is told about in its
/// place, and so is a file of which the size is not known.
#[coframe::coroutine(recursive, yield = Visit, send = Answer)]
pub fn walk<F>(files: &F, path: PathBuf, depth: usize) -> Total
where
    F: Files,
{
    let listing = match files.open(&path) {
        Ok(listing) => listing,
        Err(error) => raise!(Unreadable { path, error }),
    };
    let mut total = Total::default();
    for found in listing {
        let Found { name, size } = match found {
            Ok(found) => found,
            Err(error) => {
                yield_!(Visit { depth, name: "?".to_owned(), what: What::Unreadable(error) });
                continue;
            }
        };
        if let Some(bytes) = size {
            total.add(Total { files: 1, bytes });
            yield_!(Visit { depth, name, what: What::File(bytes) });
            continue;
        }
        if yield_!(Visit { depth, name: name.clone(), what: What::Enter }) == Answer::Skip {
            continue;
        }
        let inner = try_yield_from!(walk(files, path.join(&name), depth + 1));
        let what = match inner.map_err(Exception::downcast::<Unreadable>) {
            Ok(inner) => {
                total.add(inner);
                What::Leave(inner)
            }
            Err(Ok(unreadable)) => What::Unreadable(unreadable.error),
            Err(Err(other)) => raise!(other),
        };
        yield_!(Visit { depth, name, what });
    }
    total
}

/// How to list.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The names of directories to leave out.
    pub skip: Vec<String>,
    /// After how many lines to stop.
    pub limit: Option<usize>,
}

/// Writes a line for each thing that a walk through `root` finds, and gives the sum of it; `None` if it stopped before.
///
/// # Errors
///
/// Fails if `root` cannot be opened or the output not be written. A walk that is dropped on the way is closed as well.
pub fn list(
    files: &impl Files,
    root: &Path,
    options: &Options,
    mut output: impl Write,
) -> Result<Option<Total>, Exception> {
    let mut walk = walk(files, root.to_owned(), 0);
    let (mut lines, mut answer) = (0, None);
    loop {
        if options.limit == Some(lines) {
            walk.close()?;
            return Ok(None);
        }
        let step = match answer {
            None => walk.start()?,
            Some(answer) => walk.send(answer)?,
        };
        let Visit { depth, name, what } = match step {
            Step::Yielded(visit) => visit,
            Step::Returned(total) => return Ok(Some(total)),
        };
        answer = Some(Answer::Go);
        let indent = 2 * depth;
        match what {
            What::File(bytes) => writeln!(output, "{bytes:>12}  {:indent$}{name}", "")?,
            What::Enter if options.skip.contains(&name) => {
                answer = Some(Answer::Skip);
                writeln!(output, "{:>12}  {:indent$}{name}/", "skipped", "")?;
            }
            What::Enter => writeln!(output, "{:>12}  {:indent$}{name}/", "", "")?,
            What::Leave(total) => writeln!(output, "{:>12}  {:indent$}= {name}/", total.bytes, "")?,
            What::Unreadable(error) => writeln!(output, "{:>12}  {:indent$}{name}: {error}", "unreadable", "")?,
        }
        lines += 1;
    }
}

impl Total {
    fn add(&mut self, other: Total) {
        self.files += other.files;
        self.bytes += other.bytes;
    }
}

/// The files of this machine, in the order of their names. Links are not followed.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Files for Disk {
    type Listing = vec::IntoIter<io::Result<Found>>;

    fn open(&self, path: &Path) -> io::Result<Self::Listing> {
        let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(DirEntry::file_name);
        let found = |entry: DirEntry| {
            let size = match entry.metadata()? {
                metadata if metadata.is_dir() => None,
                metadata => Some(metadata.len()),
            };
            Ok(Found { name: entry.file_name().to_string_lossy().into_owned(), size })
        };
        Ok(entries.into_iter().map(found).collect::<Vec<_>>().into_iter())
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for Unreadable {}
