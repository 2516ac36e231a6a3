//! Reads a site with four workers, and then once more with too little time for it.
//!
//! ```sh
//! cargo run --example crawler
//! ```
//!
//! `src/crawler.rs` is the job: a queue, a group of tasks, limits of time, requests that are tried again, and cancellation
//! whose clean-up takes time as well. It runs on a virtual clock, so that its seconds pass at once.

use std::process::ExitCode;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{Exception, timeout};
use coframe_examples::crawler::{Found, Limits, Page, Site, crawl};

const LIMITS: Limits = Limits { seconds: 2.0, attempts: 3 };

fn site() -> Rc<Site> {
    let page = |links: &[&'static str], latency, refusals| Page { links: links.to_vec(), latency, refusals };
    Site::new([
        ("/", page(&["/docs", "/blog", "/about"], 0.3, 0)),
        ("/docs", page(&["/docs/tasks", "/docs/frames", "/"], 0.4, 1)),
        ("/docs/tasks", page(&["/docs"], 1.2, 0)),
        ("/docs/frames", page(&["/docs", "/old"], 0.7, 0)),
        ("/blog", page(&["/blog/1", "/blog/2"], 0.2, 0)),
        ("/blog/1", page(&["/blog/2"], 0.9, 2)),
        ("/blog/2", page(&[], 60.0, 0)), // never comes in time
        ("/about", page(&["/"], 0.1, 0)),
    ])
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(exception) => {
            eprintln!("crawler: {exception:?}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Exception> {
    let event_loop = EventLoop::with_virtual_clock()?;
    let everything = site();
    let found: Found = event_loop.run_until_complete(crawl(everything.clone(), "/", 4, LIMITS))?;
    event_loop.close()?;
    everything.log().iter().for_each(|line| println!("{line}"));
    println!("{} pages; not read:", found.len());
    for (path, error) in found.iter().filter_map(|(path, links)| Some((path, links.as_ref().err()?))) {
        println!("  {path}: {error}");
    }

    println!("\nthe same with a limit of two seconds for all of it:");
    let event_loop = EventLoop::with_virtual_clock()?;
    let hurried = site();
    let outcome = event_loop.run_until_complete(timeout(2.0, crawl(hurried.clone(), "/", 4, LIMITS)));
    let took = event_loop.time().as_secs_f64();
    event_loop.close()?;
    hurried.log().iter().for_each(|line| println!("{line}"));
    match outcome {
        Ok(found) => println!("{} pages", found.len()),
        Err(exception) => println!("{exception}, after {took:.1} s with the goodbyes"),
    }
    println!("clients that are still logged in: {}", hurried.clients.get());
    Ok(())
}
