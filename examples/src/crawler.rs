//! A job of the kind that event loops are for: many requests at once, some of which are slow, fail or never come back.
//!
//! [`crawl`] follows all links from a page on. Workers take addresses from a queue; each request has a limit of time and is
//! tried again after a while; when all pages are read, or when the whole job is cancelled, each worker says goodbye to the
//! server before it goes, which takes time as well. The network is a [`Site`] that only sleeps, so that the job runs on a
//! virtual clock and is the same each time.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::sync::Queue;
use coframe::{
    Exception, TaskGroup, TimeoutError, attempt, or_raise, raise, sleep, timeout, try_yield_from, yield_from,
};

/// What is known of a page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The paths that it leads to.
    pub links: Vec<&'static str>,
    /// How long the server takes, in seconds.
    pub latency: f64,
    /// How often it refuses before it answers.
    pub refusals: u32,
}

/// A server, with its pages by their paths.
#[derive(Debug)]
pub struct Site {
    pages: BTreeMap<&'static str, Page>,
    refused: RefCell<BTreeMap<&'static str, u32>>,
    /// How many clients are logged in.
    pub clients: Cell<u32>,
    log: RefCell<Vec<String>>,
}

/// What a request may end in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// There is no such page.
    NotFound,
    /// Not now.
    Refused,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FetchError::NotFound => "not found",
            FetchError::Refused => "refused",
        })
    }
}

impl std::error::Error for FetchError {}

impl Site {
    /// A site of these pages.
    #[must_use]
    pub fn new(pages: impl IntoIterator<Item = (&'static str, Page)>) -> Rc<Self> {
        let pages = pages.into_iter().collect();
        Rc::new(Site { pages, refused: RefCell::default(), clients: Cell::new(0), log: RefCell::default() })
    }

    /// What happened, each line with its time.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.borrow().clone()
    }

    fn say(&self, line: impl fmt::Display) {
        let time = EventLoop::running().map_or(0.0, |event_loop| event_loop.time().as_secs_f64());
        self.log.borrow_mut().push(format!("{time:5.1}  {line}"));
    }

    fn answer(&self, path: &'static str) -> Result<Page, FetchError> {
        let page = self.pages.get(path).ok_or(FetchError::NotFound)?;
        let mut refused = self.refused.borrow_mut();
        let refused = refused.entry(path).or_default();
        if *refused < page.refusals {
            *refused += 1;
            return Err(FetchError::Refused);
        }
        Ok(page.clone())
    }
}

/// One request.
#[coframe::coroutine(task)]
fn request(site: Rc<Site>, path: &'static str) -> Page {
    let latency = site.pages.get(path).map_or(0.1, |page| page.latency);
    yield_from!(sleep(latency));
    or_raise!(site.answer(path))
}

/// A request that is given a limit of time, and tried again.
#[coframe::coroutine(task)]
fn fetch(site: Rc<Site>, path: &'static str, limits: Limits) -> Page {
    let mut pause = 0.5;
    for attempt in 1.. {
        match try_yield_from!(timeout(limits.seconds, request(site.clone(), path))) {
            Ok(page) => return page,
            // A cancellation is not for us, and what is not there will not be there later.
            Err(exception) if attempt == limits.attempts || !may_pass(&exception) => raise!(exception),
            Err(exception) => site.say(format_args!("{path}: {exception}, again in {pause} s")),
        }
        yield_from!(sleep(pause));
        pause *= 2.0;
    }
    unreachable!("there is a last attempt")
}

fn may_pass(exception: &Exception) -> bool {
    exception.is::<TimeoutError>() || exception.downcast_ref() == Some(&FetchError::Refused)
}

/// How long a request may take, and how often it is made.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For each request.
    pub seconds: f64,
    /// How many requests for one page.
    pub attempts: u32,
}

/// What a crawl has found: of each path its links, or why there are none.
pub type Found = BTreeMap<&'static str, Result<Vec<&'static str>, String>>;

/// What the workers share.
struct Job {
    site: Rc<Site>,
    limits: Limits,
    paths: Queue<&'static str>,
    seen: RefCell<BTreeSet<&'static str>>,
    found: RefCell<Found>,
}

impl Job {
    /// Puts those paths in the queue that nobody has seen.
    fn discover(&self, paths: &[&'static str]) -> Result<(), Exception> {
        for &path in paths {
            if self.seen.borrow_mut().insert(path) {
                self.paths.put_nowait(path)?;
            }
        }
        Ok(())
    }
}

/// Reads pages until it is cancelled. However it ends, it logs out.
#[coframe::coroutine(task)]
fn worker(n: u32, job: Rc<Job>) {
    job.site.clients.set(job.site.clients.get() + 1);
    let outcome = attempt! {
        loop {
            let path = yield_from!(job.paths.get());
            let fetched = try_yield_from!(fetch(job.site.clone(), path, job.limits));
            let entry = match fetched {
                Ok(page) => {
                    or_raise!(job.discover(&page.links));
                    Ok(page.links)
                }
                Err(cancelled @ Exception::Cancelled(_)) => raise!(cancelled),
                Err(exception) => Err(exception.to_string()),
            };
            let outcome = entry.as_ref().map_or_else(String::clone, |links| format!("{} links", links.len()));
            job.site.say(format_args!("worker {n}: {path}: {outcome}"));
            job.found.borrow_mut().insert(path, entry);
            or_raise!(job.paths.task_done());
        }
    };
    // `finally:`, and it may wait.
    yield_from!(sleep(0.2));
    job.site.clients.set(job.site.clients.get() - 1);
    job.site.say(format_args!("worker {n}: logged out"));
    or_raise!(outcome)
}

/// Follows all links from `start` on, with so many workers.
#[coframe::coroutine(task)]
pub fn crawl(site: Rc<Site>, start: &'static str, workers: u32, limits: Limits) -> Found {
    let job = Rc::new(Job { site, limits, paths: Queue::new(0), seen: RefCell::default(), found: RefCell::default() });
    or_raise!(job.discover(&[start]));
    let shared = job.clone();
    yield_from!(TaskGroup::scope(move |group| all_pages(group, workers, shared)));
    job.found.take()
}

/// The body of the group: when every page is read the workers have nothing to do any more.
#[coframe::coroutine(task)]
fn all_pages(group: TaskGroup, workers: u32, job: Rc<Job>) {
    for n in 1..=workers {
        drop(group.create_task(worker(n, job.clone())));
    }
    yield_from!(job.paths.join());
    job.site.say("all pages are read");
    group.cancel();
}
