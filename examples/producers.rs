//! Producers that are faster than their consumers, and a queue between them that holds them back.
//!
//! ```sh
//! cargo run --example producers
//! ```
//!
//! The queue has room for three. A producer that finds it full waits, and the first one that waits is the first to go on.
//! When all is made the queue is shut down: what is in it is still consumed, and then consumers that wait hear of the end,
//! so that no message of a special kind has to be passed. The clock is a virtual one.

use coframe::event_loop::EventLoop;
use coframe::sync::{Queue, QueueShutDown};
use coframe::{Exception, TaskGroup, raise, sleep, try_yield_from, yield_from};

/// Says when it happened.
fn say(line: impl std::fmt::Display) {
    let time = EventLoop::running().map_or(0.0, |event_loop| event_loop.time().as_secs_f64());
    println!("{time:4.1}  {line}");
}

#[coframe::coroutine(task)]
fn producer(name: &'static str, count: u32, queue: Queue<String>) {
    for n in 1..=count {
        yield_from!(sleep(0.1)); // making one takes a tenth of a second
        let item = format!("{name}{n}");
        if queue.full() {
            say(format_args!("{item} has to wait"));
        }
        yield_from!(queue.put(item));
    }
    say(format_args!("{name} has made all"));
}

#[coframe::coroutine(task)]
fn consumer(name: &'static str, queue: Queue<String>) -> u32 {
    let mut consumed = 0;
    loop {
        match try_yield_from!(queue.get()) {
            Ok(item) => {
                yield_from!(sleep(0.5)); // and using one half a second
                say(format_args!("{name} has used {item}; {} are waiting", queue.qsize()));
                consumed += 1;
            }
            Err(end) if end.is::<QueueShutDown>() => return consumed,
            Err(other) => raise!(other),
        }
    }
}

/// The producers are a group, after which there is no more to come.
#[coframe::coroutine(task)]
fn production(queue: Queue<String>) {
    let products = queue.clone();
    yield_from!(TaskGroup::scope(move |group| async move {
        for name in ["a", "b"] {
            drop(group.create_task(producer(name, 4, products.clone())));
        }
    }));
    queue.shutdown(false);
}

#[coframe::coroutine(task)]
fn program() -> u32 {
    let queue = Queue::new(3);
    let production = coframe::spawn(production(queue.clone()));
    let consumers = ["x", "y"].map(|name| coframe::spawn(consumer(name, queue.clone())));
    yield_from!(production);
    let mut consumed = 0;
    for consumer in consumers {
        consumed += yield_from!(consumer);
    }
    consumed
}

fn main() -> Result<(), Exception> {
    let event_loop = EventLoop::with_virtual_clock()?;
    let consumed = event_loop.run_until_complete(program())?;
    println!("{consumed} made and used in {:.1} s", event_loop.time().as_secs_f64());
    event_loop.close()
}
