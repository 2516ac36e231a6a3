//! Reads a long list of orders from a server that hands it out by pages, until their prices make up a sum.
//!
//! ```sh
//! cargo run --example pages
//! ```
//!
//! `src/pages.rs` is the client: an async generator that fetches a page when it is needed, asks a busy server again, and
//! gives its cursor back however it ends. It runs on a virtual clock, so that its seconds pass at once.

use std::process::ExitCode;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{Exception, for_await};
use coframe_examples::pages::{Order, Patience, Server, orders};
use futures::TryStreamExt;

const PATIENCE: Patience = Patience { attempts: 3, seconds: 2.0 };

/// The first orders that make up this sum.
#[coframe::coroutine]
async fn first_worth(server: Rc<Server>, cents: u32) -> Vec<Order> {
    let (mut found, mut sum) = (Vec::new(), 0);
    let mut orders = orders(server, PATIENCE);
    for_await!(order in &mut orders {
        sum += order.cents;
        found.push(order);
        if sum >= cents {
            break;
        }
    });
    orders.aclose().await;
    found
}

/// With what there is for streams.
#[coframe::coroutine]
async fn sum_of_even(server: Rc<Server>) -> u32 {
    let even = orders(server, PATIENCE).try_filter(|order| std::future::ready(order.number % 2 == 0));
    even.try_fold(0, async |sum, order| Ok(sum + order.cents)).await
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(exception) => {
            eprintln!("pages: {exception:?}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Exception> {
    let event_loop = EventLoop::with_virtual_clock()?;
    let server = Rc::new(Server::new(1000, 3, 0.1).busy(2, 2));
    let found = event_loop.run_until_complete(first_worth(Rc::clone(&server), 5000))?;
    server.log().iter().for_each(|line| println!("{line}"));
    println!("{} orders are worth {} cents", found.len(), found.iter().map(|order| order.cents).sum::<u32>());

    let server = Rc::new(Server::new(10, 3, 0.1));
    let sum = event_loop.run_until_complete(sum_of_even(Rc::clone(&server)))?;
    println!("those with an even number are worth {sum} cents; {} cursors are open", server.open());
    event_loop.close()?;
    Ok(())
}
