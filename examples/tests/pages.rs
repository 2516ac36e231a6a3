//! The client that reads page by page: what it asks for and when, and that it gives its cursor back however it ends.

use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{Exception, Runner, TimeoutError, for_await, sleep, spawn, timeout};
use coframe_examples::pages::{Patience, RequestError, Server, orders};

const PATIENCE: Patience = Patience { attempts: 3, seconds: 2.0 };

/// The numbers of the first `limit` orders.
#[coframe::coroutine]
async fn first(server: Rc<Server>, limit: usize, pause: f64) -> Vec<u32> {
    let mut numbers = Vec::new();
    for_await!(order in orders(server, PATIENCE) {
        numbers.push(order.number);
        if numbers.len() == limit {
            break;
        }
        sleep(pause).await;
    });
    numbers
}

#[track_caller]
fn run(server: &Rc<Server>, limit: usize, pause: f64) -> Result<Vec<u32>, Exception> {
    let runner = Runner::of(EventLoop::with_virtual_clock().unwrap());
    let numbers = runner.run(first(Rc::clone(server), limit, pause));
    runner.close().unwrap();
    assert_eq!(server.open(), 0, "a cursor is left");
    numbers
}

#[test]
fn it_reads_all_pages() {
    let server = Rc::new(Server::new(5, 2, 0.5));
    assert_eq!(run(&server, 100, 0.0).unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(server.log(), ["  0.5  open", "  1.0  page 1", "  1.5  page 2", "  2.0  page 3", "  2.5  closed"]);
}

#[test]
fn a_page_is_fetched_when_it_is_needed_and_no_more_of_them() {
    let server = Rc::new(Server::new(1000, 2, 0.5));
    assert_eq!(run(&server, 3, 10.0).unwrap(), [1, 2, 3]);
    assert_eq!(server.log(), ["  0.5  open", "  1.0  page 1", " 21.5  page 2", " 22.0  closed"]);
}

#[test]
fn a_busy_server_is_asked_again() {
    let server = Rc::new(Server::new(2, 2, 0.5).busy(1, 2));
    assert_eq!(run(&server, 100, 0.0).unwrap(), [1, 2]);
    assert_eq!(
        server.log(),
        ["  0.5  open", "  1.0  page 1: busy", "  2.0  page 1: busy", "  3.5  page 1", "  4.0  closed"]
    );
}

#[test]
fn what_cannot_be_read_is_raised_behind_what_could() {
    let server = Rc::new(Server::new(100, 2, 0.5).lost(2));
    let error = run(&server, 100, 0.0).unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&RequestError::NoSuchPage(3)));
    let server = Rc::new(Server::new(100, 2, 0.5).busy(1, 100));
    assert_eq!(run(&server, 100, 0.0).unwrap_err().downcast_ref(), Some(&RequestError::Busy));
    let server = Rc::new(Server::new(100, 2, 60.0));
    assert!(run(&server, 100, 0.0).unwrap_err().is::<TimeoutError>());
}

#[test]
fn a_consumer_that_is_cancelled_gives_the_cursor_back() {
    let server = Rc::new(Server::new(1000, 2, 0.5));
    let runner = Runner::of(EventLoop::with_virtual_clock().unwrap());
    let reading = Rc::clone(&server);
    let ended = runner.run(async move { timeout(4.2, first(reading, 1000, 1.0)).await });
    assert!(ended.unwrap_err().is::<TimeoutError>());
    runner.close().unwrap();
    assert_eq!((server.open(), server.log().pop().unwrap()), (0, "  4.7  closed".to_owned()));
}

#[test]
fn one_that_a_shutdown_finds_gives_the_cursor_back() {
    let server = Rc::new(Server::new(1000, 2, 0.5));
    let runner = Runner::of(EventLoop::with_virtual_clock().unwrap());
    let reading = Rc::clone(&server);
    runner
        .run(async move {
            drop(spawn(first(reading, 1000, 1.0)));
            sleep(3.2).await
        })
        .unwrap();
    runner.close().unwrap();
    assert_eq!(server.open(), 0);
}
