//! Three tasks that wait for threads: the last program of many a tutorial on coroutines.
//!
//! ```sh
//! cargo run --example from_threads
//! ```
//!
//! Each task asks a thread for a number and awaits a promise of it. The thread answers when it likes, and the task that
//! hears first goes on first. The loop runs until a timer stops it. All that twice: the tasks are coroutines, and then they
//! are `async fn`s, which the same loop runs as well.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use coframe::event_loop::EventLoop;
use coframe::{Exception, Promise, RemotePromise, yield_from};

/// Some number below `bound`.
fn random(bound: u64) -> u64 {
    RandomState::new().hash_one(0) % bound
}

/// What a thread does with its end of a promise: it works for a while, and answers.
fn think(answer: RemotePromise<u64>) {
    thread::sleep(Duration::from_millis(random(100)));
    // If the loop is closed by now, nobody is left to be told.
    _ = answer.set_result(random(1000));
}

/// Has a thread think. The promise stays in this thread, as all of the loop does.
fn ask(event_loop: &EventLoop) -> Promise<u64> {
    let promise = event_loop.create_promise();
    let answer = promise.remote();
    thread::spawn(|| think(answer));
    promise
}

#[coframe::coroutine(task)]
fn curious(name: &'static str, event_loop: EventLoop) -> u64 {
    println!("{name} asks");
    let number = yield_from!(ask(&event_loop)); // the others run meanwhile
    println!("{name} has got {number}");
    number
}

async fn curious_future(name: &'static str, event_loop: EventLoop) -> Result<u64, Exception> {
    println!("{name} asks");
    let number = ask(&event_loop).await?;
    println!("{name} has got {number}");
    Ok(number)
}

fn main() -> Result<(), Exception> {
    let event_loop = EventLoop::new()?;
    let began = Instant::now();

    println!("coroutines:");
    let tasks = ["one", "two", "three"].map(|name| event_loop.create_task(curious(name, event_loop.clone())));
    run_for(&event_loop, 0.5)?;
    let sum: u64 = tasks.iter().map(|task| task.result()).sum::<Result<_, _>>()?;
    println!("their sum is {sum}");

    println!("async functions:");
    let tasks = ["four", "five", "six"].map(|name| event_loop.create_task(curious_future(name, event_loop.clone())));
    run_for(&event_loop, 0.5)?;
    let sum: u64 = tasks.iter().map(|task| task.result()).sum::<Result<_, _>>()?;
    println!("their sum is {sum}");

    println!("all of it took {:.1} s", began.elapsed().as_secs_f64());
    event_loop.close()
}

/// Runs the loop until a timer stops it.
fn run_for(event_loop: &EventLoop, seconds: f64) -> Result<(), Exception> {
    let stopping = event_loop.clone();
    event_loop.call_later(seconds, move || stopping.stop())?;
    event_loop.run_forever()
}
