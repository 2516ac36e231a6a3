//! The walk through directories: what it opens and closes and when, on directories that tell; and the listing of real
//! ones.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::thread;
use std::vec;

use coframe::{CoroutineExt, Exception, State, Step};
use coframe_examples::tree::{Answer, Disk, Files, Found, Options, Total, Unreadable, Visit, What, list, walk};

/// What happened, in order.
#[derive(Clone, Default)]
struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    fn note(&self, what: String) {
        self.0.borrow_mut().push(what);
    }

    /// What happened since it was asked last.
    fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

/// `a/` with the files `1` and `2` around `b/`, which has `3` and `c/`, which has `4`. Then `locked/`, and a file `5`.
#[derive(Clone, Default)]
struct Told(Trace);

/// An open directory of [`Told`].
struct Listing {
    path: PathBuf,
    entries: vec::IntoIter<io::Result<Found>>,
    trace: Trace,
}

impl Files for Told {
    type Listing = Listing;

    fn open(&self, path: &Path) -> io::Result<Listing> {
        self.0.note(format!("open {}", path.display()));
        let file = |name: &str, size| Ok(Found { name: name.to_owned(), size: Some(size) });
        let directory = |name: &str| Ok(Found { name: name.to_owned(), size: None });
        let entries = match path.to_str() {
            Some("root") => vec![directory("a"), directory("locked"), file("5", 16)],
            Some("root/a") => vec![file("1", 1), directory("b"), file("2", 2)],
            Some("root/a/b") => vec![file("3", 4), directory("c")],
            Some("root/a/b/c") => vec![file("4", 8), Err(io::ErrorKind::NotFound.into())],
            _ => return Err(io::ErrorKind::PermissionDenied.into()),
        };
        Ok(Listing { path: path.to_owned(), entries: entries.into_iter(), trace: self.0.clone() })
    }
}

impl Iterator for Listing {
    type Item = io::Result<Found>;

    fn next(&mut self) -> Option<io::Result<Found>> {
        self.entries.next()
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.trace.note(format!("close {}", self.path.display()));
    }
}

fn root() -> PathBuf {
    PathBuf::from("root")
}

fn show(visit: &Visit) -> String {
    let Visit { depth, name, what } = visit;
    match what {
        What::File(bytes) => format!("{depth} {name} {bytes}"),
        What::Enter => format!("{depth} {name}/"),
        What::Leave(total) => format!("{depth} {name}/ had {} in {}", total.bytes, total.files),
        What::Unreadable(error) => format!("{depth} {name}: {error}"),
    }
}

#[test]
fn a_walk_opens_what_it_comes_to_and_sums_up() {
    let files = Told::default();
    let mut walk = walk(&files, root(), 0);
    assert!(files.0.take().is_empty());
    let mut step = walk.start().unwrap();
    let total = loop {
        match step {
            Step::Yielded(visit) => files.0.note(show(&visit)),
            Step::Returned(total) => break total,
        }
        step = walk.send(Answer::Go).unwrap();
    };
    assert_eq!(total, Total { files: 5, bytes: 31 });
    let expected = [
        "open root", "0 a/", "open root/a", "1 1 1", "1 b/", "open root/a/b", "2 3 4", "2 c/", "open root/a/b/c",
        "3 4 8", "3 ?: entity not found", "close root/a/b/c", "2 c/ had 8 in 1", "close root/a/b", "1 b/ had 12 in 2",
        "1 2 2", "close root/a", "0 a/ had 15 in 4", "0 locked/", "open root/locked", "0 locked: permission denied",
        "0 5 16", "close root",
    ];
    assert_eq!(files.0.take(), expected);
}

#[test]
fn what_is_skipped_is_not_opened() {
    let files = Told::default();
    let mut walk = walk(&files, root(), 0);
    let mut step = walk.start().unwrap();
    while let Step::Yielded(visit) = step {
        files.0.note(show(&visit));
        step = walk.send(if visit.name == "b" { Answer::Skip } else { Answer::Go }).unwrap();
    }
    assert_eq!(step.returned(), Some(Total { files: 3, bytes: 19 }));
    assert_eq!(files.0.take()[..7], ["open root", "0 a/", "open root/a", "1 1 1", "1 b/", "1 2 2", "close root/a"]);
}

/// A walk that is paused in the innermost directory.
fn deep_in(files: &Told) -> coframe::Recursive<'_, Visit, Total, Answer> {
    let mut walk = walk(files, root(), 0);
    let mut visit = walk.start().unwrap().yielded().unwrap();
    while visit.name != "4" {
        visit = walk.send(Answer::Go).unwrap().yielded().unwrap();
    }
    assert_eq!(walk.depth(), 4);
    files.0.take();
    walk
}

const CLOSED: [&str; 4] = ["close root/a/b/c", "close root/a/b", "close root/a", "close root"];

#[test]
fn closing_closes_what_is_open_from_the_inside() {
    let files = Told::default();
    let mut walk = deep_in(&files);
    assert_eq!(walk.close().unwrap(), None);
    assert_eq!(files.0.take(), CLOSED);
    assert_eq!((walk.state(), walk.depth()), (State::Closed, 0));
}

#[test]
fn dropping_closes_what_is_open_from_the_inside() {
    let files = Told::default();
    drop(deep_in(&files));
    assert_eq!(files.0.take(), CLOSED);
}

#[test]
fn what_is_thrown_in_is_not_taken_for_an_unreadable_directory() {
    let files = Told::default();
    let mut walk = deep_in(&files);
    let exception = walk.throw(io::Error::from(io::ErrorKind::BrokenPipe)).unwrap_err();
    assert!(exception.is::<io::Error>());
    assert_eq!(files.0.take(), CLOSED);
    assert!(matches!(walk.send(Answer::Go), Err(Exception::Finished)));
}

#[test]
fn a_root_that_cannot_be_opened_is_an_error() {
    let files = Told::default();
    let exception = walk(&files, "locked".into(), 0).start().unwrap_err();
    assert!(exception.is::<Unreadable>());
    assert_eq!(exception.to_string(), "locked: permission denied");
}

fn listing(options: &Options) -> (Vec<String>, Option<Total>, Vec<String>) {
    let files = Told::default();
    let mut output = Vec::new();
    let total = list(&files, &root(), options, &mut output).unwrap();
    let lines = String::from_utf8(output).unwrap().lines().map(str::to_owned).collect();
    (lines, total, files.0.take())
}

#[test]
fn the_listing_is_indented_and_leaves_out_what_it_is_told_to() {
    let (lines, total, _) = listing(&Options { skip: vec!["c".to_owned()], limit: None });
    let expected = [
        "              a/",
        "           1    1",
        "                b/",
        "           4      3",
        "     skipped      c/",
        "           4    = b/",
        "           2    2",
        "           7  = a/",
        "              locked/",
        "  unreadable  locked: permission denied",
        "          16  5",
    ];
    assert_eq!(lines, expected);
    assert_eq!(total, Some(Total { files: 4, bytes: 23 }));
}

#[test]
fn the_listing_stops_where_it_is_told_to_and_opens_nothing_more() {
    let (lines, total, trace) = listing(&Options { skip: vec![], limit: Some(3) });
    assert_eq!(lines.len(), 3);
    assert_eq!(total, None);
    assert_eq!(trace, ["open root", "open root/a", "close root/a", "close root"]);

    let (lines, _, trace) = listing(&Options { skip: vec![], limit: Some(0) });
    assert!(lines.is_empty() && trace.is_empty());
}

#[test]
fn a_listing_that_cannot_be_written_closes_the_walk() {
    let files = Told::default();
    // Room for less than two lines.
    let mut room = [0; 20];
    let exception = list(&files, &root(), &Options::default(), &mut room[..]).unwrap_err();
    assert_eq!(exception.downcast::<io::Error>().unwrap().kind(), io::ErrorKind::WriteZero);
    assert_eq!(files.0.take(), ["open root", "open root/a", "close root/a", "close root"]);
}

/// Directories without end, each in the one before.
struct Endless;

impl Files for Endless {
    type Listing = std::iter::Once<io::Result<Found>>;

    fn open(&self, _: &Path) -> io::Result<Self::Listing> {
        Ok(std::iter::once(Ok(Found { name: String::new(), size: None })))
    }
}

#[test]
fn directories_may_be_nested_more_deeply_than_the_stack() {
    let test = || {
        let mut walk = walk(&Endless, PathBuf::new(), 0);
        walk.start().unwrap();
        for depth in 1..=100_000 {
            assert_eq!(walk.send(Answer::Go).unwrap().yielded().unwrap().depth, depth);
        }
        // None of them has a file, so the way out is all directories as well.
        let visit = walk.send(Answer::Skip).unwrap().yielded().unwrap();
        assert_eq!(visit.depth, 99_999);
        assert_eq!(walk.close().unwrap(), None);
    };
    thread::Builder::new().stack_size(128 * 1024).spawn(test).unwrap().join().unwrap();
}

#[test]
fn the_disk_is_listed_in_the_order_of_names() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tree");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("b/empty")).unwrap();
    fs::File::create(root.join("c")).unwrap().write_all(b"12345").unwrap();
    fs::write(root.join("b/x"), "1").unwrap();
    fs::write(root.join("a"), "123").unwrap();
    let mut output = Vec::new();
    let total = list(&Disk, &root, &Options::default(), &mut output).unwrap();
    let lines: Vec<_> = str::from_utf8(&output).unwrap().lines().map(str::trim_start).collect();
    assert_eq!(lines, ["3  a", "b/", "empty/", "0    = empty/", "1    x", "1  = b/", "5  c"]);
    assert_eq!(total, Some(Total { files: 3, bytes: 9 }));
    fs::remove_dir_all(&root).unwrap();
    assert!(list(&Disk, &root, &Options::default(), io::sink()).unwrap_err().is::<Unreadable>());
}
