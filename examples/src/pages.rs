//! A client that reads a long list page by page, as an async generator, and a server for it that is in the same process.
//!
//! ```text
//! consumer ──next──▶ orders ──fetch──▶ server
//!          ◀─order──        ◀──page──
//! ```
//!
//! The consumer sees orders and no pages: it asks for one after the other, and stops when it has seen enough. A page is
//! fetched when the one before it is used up, and not earlier, so that a slow consumer slows the client down. The server has
//! to be told when a cursor is not needed any more, which takes time as well: that is what the generator does when it is
//! closed, wherever it stands.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{attempt, or_raise, raise, sleep, timeout, try_await, yield_};

/// What is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its number, counted from 1.
    pub number: u32,
    /// The price in cents.
    pub cents: u32,
}

/// Where a client is in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(u32);

/// What the server answers.
#[derive(Clone, Debug)]
pub struct Page {
    /// The orders of this page.
    pub orders: Vec<Order>,
    /// Where the next one begins, if there is one.
    pub next: Option<Cursor>,
}

/// What can go wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The server has too much to do. It may be asked again.
    Busy,
    /// There is no such page.
    NoSuchPage(u32),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RequestError::Busy => f.write_str("the server is busy"),
            RequestError::NoSuchPage(number) => write!(f, "there is no page {number}"),
        }
    }
}

impl std::error::Error for RequestError {}

/// The server: so many orders, so many on a page, and a log of what it was asked.
#[derive(Debug)]
pub struct Server {
    orders: u32,
    on_a_page: u32,
    /// In seconds.
    latency: f64,
    /// The page at which it is busy, and how often it still is.
    busy: Cell<(u32, u32)>,
    /// Behind this page it has lost its list.
    lost: Option<u32>,
    open: Cell<u32>,
    log: RefCell<Vec<String>>,
}

impl Server {
    /// One that answers after `latency` seconds.
    ///
    /// # Panics
    ///
    /// If there is no order on a page.
    #[must_use]
    pub fn new(orders: u32, on_a_page: u32, latency: f64) -> Self {
        assert!(on_a_page > 0, "a page has orders");
        let (busy, open, log) = (Cell::new((0, 0)), Cell::new(0), RefCell::default());
        Server { orders, on_a_page, latency, busy, lost: None, open, log }
    }

    /// It is busy when it is asked for this page, counted from 1, so many times.
    #[must_use]
    pub fn busy(self, page: u32, times: u32) -> Self {
        self.busy.set((page, times));
        self
    }

    /// It knows no page behind this one, though it says that there is one.
    #[must_use]
    pub fn lost(self, page: u32) -> Self {
        Server { lost: Some(page), ..self }
    }

    /// How many cursors it keeps for clients.
    #[must_use]
    pub fn open(&self) -> u32 {
        self.open.get()
    }

    /// What it was asked so far, each with the second in which it answered.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.borrow().clone()
    }

    fn note(&self, line: fmt::Arguments<'_>) {
        let seconds = EventLoop::running().map_or(0.0, |event_loop| event_loop.time().as_secs_f64());
        self.log.borrow_mut().push(format!("{seconds:5.1}  {line}"));
    }

    #[coframe::coroutine]
    async fn open_cursor(&self) -> Cursor {
        sleep(self.latency).await;
        self.open.set(self.open.get() + 1);
        self.note(format_args!("open"));
        Cursor(1)
    }

    #[coframe::coroutine]
    async fn close_cursor(&self) {
        sleep(self.latency).await;
        self.open.set(self.open.get() - 1);
        self.note(format_args!("closed"));
    }

    #[coframe::coroutine]
    async fn fetch(&self, Cursor(page): Cursor) -> Page {
        sleep(self.latency).await;
        let (busy_at, times) = self.busy.get();
        if page == busy_at && times > 0 {
            self.busy.set((page, times - 1));
            self.note(format_args!("page {page}: busy"));
            raise!(RequestError::Busy);
        }
        if self.lost.is_some_and(|last| page > last) {
            self.note(format_args!("page {page}: lost"));
            raise!(RequestError::NoSuchPage(page));
        }
        self.note(format_args!("page {page}"));
        let first = (page - 1) * self.on_a_page;
        let last = (first + self.on_a_page).min(self.orders);
        let orders = (first + 1..=last).map(|number| Order { number, cents: number * 250 }).collect();
        Page { orders, next: (last < self.orders).then_some(Cursor(page + 1)) }
    }
}

/// How often a request is made before its error is the client's, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Of one request.
    pub attempts: u32,
    /// Of one request, in seconds.
    pub seconds: f64,
}

/// All orders, in their order. Raises what a page cannot be read for.
#[coframe::coroutine(yield = Order)]
pub async fn orders(server: Rc<Server>, patience: Patience) {
    let mut cursor = server.open_cursor().await;
    let read = attempt! {
        loop {
            let page = page(&server, cursor, patience).await;
            for order in page.orders {
                yield_!(order);
            }
            match page.next {
                Some(next) => cursor = next,
                None => break,
            }
        }
    };
    // However it ends: by the last page, by an error, or because nobody wants more.
    server.close_cursor().await;
    or_raise!(read);
}

/// One page. A busy server is asked again, each time after twice as long.
#[coframe::coroutine]
async fn page(server: &Server, cursor: Cursor, patience: Patience) -> Page {
    let mut pause = 0.5;
    for attempt in 1.. {
        match try_await!(timeout(patience.seconds, server.fetch(cursor))) {
            Ok(page) => return page,
            Err(exception) => {
                let is_busy = exception.downcast_ref() == Some(&RequestError::Busy);
                if !is_busy || attempt == patience.attempts {
                    raise!(exception);
                }
            }
        }
        sleep(pause).await;
        pause *= 2.0;
    }
    unreachable!("there is always a next attempt")
}
