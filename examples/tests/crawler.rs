//! The crawler: retries, limits, and that nobody stays logged in however it ends.

use std::rc::Rc;
use std::time::Duration;

use coframe::event_loop::EventLoop;
use coframe::{Cancelled, Exception, TimeoutError, timeout};
use coframe_examples::crawler::{Found, Limits, Page, Site, crawl};

const LIMITS: Limits = Limits { seconds: 2.0, attempts: 3 };

fn site() -> Rc<Site> {
    let page = |links: &[&'static str], latency, refusals| Page { links: links.to_vec(), latency, refusals };
    Site::new([
        ("/", page(&["/a", "/b"], 0.5, 0)),
        ("/a", page(&["/", "/gone"], 0.5, 1)),
        ("/b", page(&[], 60.0, 0)),
        ("/gone", page(&[], 0.5, 9)),
    ])
}

fn found(found: &Found) -> String {
    let show = |(path, links): (&&str, &Result<Vec<&str>, String>)| match links {
        Ok(links) => format!("{path}: {}", links.len()),
        Err(error) => format!("{path}: {error}"),
    };
    found.iter().map(show).collect::<Vec<_>>().join(", ")
}

#[test]
fn it_finds_what_can_be_found() {
    let (event_loop, site) = (EventLoop::with_virtual_clock().unwrap(), site());
    let all = event_loop.run_until_complete(crawl(site.clone(), "/", 2, LIMITS)).unwrap();
    assert_eq!(found(&all), "/: 2, /a: 2, /b: timed out, /gone: refused");
    assert_eq!(
        site.log(),
        [
            "  0.5  worker 1: /: 2 links", "  1.0  /a: refused, again in 0.5 s", "  2.0  worker 1: /a: 2 links",
            "  2.5  /b: timed out, again in 0.5 s", "  2.5  /gone: refused, again in 0.5 s",
            "  3.5  /gone: refused, again in 1 s", "  5.0  /b: timed out, again in 1 s",
            "  5.0  worker 1: /gone: refused", "  8.0  worker 2: /b: timed out", "  8.0  all pages are read",
            "  8.2  worker 1: logged out", "  8.2  worker 2: logged out",
        ]
    );
    assert_eq!((site.clients.get(), event_loop.all_tasks().len()), (0, 0));
}

#[test]
fn who_is_late_or_cancelled_logs_out_all_the_same() {
    for moment in [100, 500, 750, 1200, 2500, 4000, 7900].map(Duration::from_millis) {
        let (event_loop, site) = (EventLoop::with_virtual_clock().unwrap(), site());
        let late = event_loop.run_until_complete(timeout(moment, crawl(site.clone(), "/", 2, LIMITS))).unwrap_err();
        assert!(late.is::<TimeoutError>(), "{moment:?}: {late:?}");
        assert_eq!(event_loop.time(), moment + Duration::from_millis(200), "the goodbyes are waited for");
        assert_eq!((site.clients.get(), event_loop.all_tasks().len()), (0, 0), "{moment:?}");

        let (event_loop, site) = (EventLoop::with_virtual_clock().unwrap(), self::site());
        let task = event_loop.create_task(crawl(site.clone(), "/", 2, LIMITS));
        let cancelled = task.clone();
        event_loop.call_later(moment, move || assert!(cancelled.cancel_with(Cancelled::new("no more")))).unwrap();
        let end = event_loop.run_until_complete(task).unwrap_err();
        assert!(matches!(&end, Exception::Cancelled(cancelled) if cancelled.message() == Some("no more")), "{end:?}");
        assert_eq!((site.clients.get(), event_loop.all_tasks().len()), (0, 0), "{moment:?}");
    }
}
