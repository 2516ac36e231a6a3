//! Ports of the Python programs for `gather` and `as_completed`: w01 as coroutines and once more with `async` blocks, w03
//! as coroutines.

use std::future::IntoFuture;
use std::io;

use coframe::event_loop::EventLoop;
use coframe::{
    Exception, TaskBuilder, TaskOutput, TimeoutError, as_completed, attempt, gather, gather_results, or_raise, raise,
    sleep, spawn, try_yield_from, wait, yield_from,
};

use crate::support::{Trace, ValueError};

#[track_caller]
fn compare<F>(expected: &str, main: fn(Trace) -> F)
where
    F: IntoFuture<Output: TaskOutput<Value = ()>, IntoFuture: 'static>,
{
    let (event_loop, out) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    event_loop.run_until_complete(main(out.clone())).unwrap();
    assert_eq!(out.lines(), expected.lines().collect::<Vec<_>>());
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

/// Python's `KeyError`.
#[derive(Debug)]
struct KeyError(&'static str);

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for KeyError {}

fn value(text: &str) -> Option<Exception> {
    Some(ValueError(text.to_owned()).into())
}

/// How the program prints what was collected.
fn shown(result: &Result<String, Exception>) -> String {
    match result {
        Ok(value) => value.clone(),
        Err(exception) if exception.is::<io::Error>() => format!("OSError {exception}"),
        Err(exception) => format!("{exception:?}"),
    }
}

fn type_of_key_error(exception: &Exception) -> &'static str {
    if exception.is::<KeyError>() { "KeyError" } else { "something else" }
}

mod w01_as_coroutines {
    use super::*;

    #[coframe::coroutine(task)]
    fn job(name: &'static str, turns: u32, log: Trace, error: Option<Exception>) -> String {
        let worked = attempt! {
            for _ in 0..turns {
                yield_from!(sleep(0));
            }
            log.say(format!("end {name}"));
            if let Some(error) = error {
                raise!(error);
            }
            name.to_uppercase()
        };
        match worked {
            Ok(name) => name,
            Err(exception) => {
                if let Exception::Cancelled(_) = exception {
                    log.say(format!("cancelled {name}"));
                }
                raise!(exception)
            }
        }
    }

    #[coframe::coroutine(task)]
    fn main(out: Trace) {
        let log = Trace::default();
        let names = [("slow", 5), ("fast", 1), ("mid", 3)];
        let all = yield_from!(gather(names.map(|(name, turns)| job(name, turns, log.clone(), None))));
        out.say(all.join(" "));
        out.say(format!("  {}", log.lines().join(", ")));
        let none = yield_from!(gather(Vec::<coframe::Task<()>>::new()));
        out.say(format!("empty: {}", none.len()));

        let jobs = [("a", 4, None), ("b", 1, value("b failed")), ("c", 2, Some(KeyError("c failed").into()))];
        let tasks = jobs.map(|(name, turns, error)| spawn(job(name, turns, log.clone(), error)));
        match try_yield_from!(gather(tasks.clone())) {
            Err(e) if e.is::<ValueError>() => {
                out.say(format!("first error: {e} | a done {} | log {}", yes(tasks[0].done()), log.lines().join(", ")));
            }
            other => panic!("{other:?}"),
        }
        let [a, _b, c] = tasks;
        let a = yield_from!(a);
        let c = or_raise!(c.exception()).unwrap();
        out.say(format!("the others went on: {a} | {}", type_of_key_error(&c)));
        log.lines();

        let failed = Exception::from(io::Error::other("y failed"));
        let jobs = [("x", 2, None), ("y", 1, Some(failed)), ("z", 0, None)];
        let results =
            yield_from!(gather_results(jobs.map(|(name, turns, error)| job(name, turns, log.clone(), error))));
        out.say(format!("collected: {}", results.iter().map(shown).collect::<Vec<_>>().join(" | ")));
        log.lines();

        let tasks = ["p", "q"].map(|name| spawn(job(name, 99, log.clone(), None)));
        let both = gather(tasks.clone());
        yield_from!(sleep(0));
        out.say(format!("cancel the gather: {}", yes(both.cancel())));
        if let Err(Exception::Cancelled(_)) = try_yield_from!(both) {
            let [p, q] = tasks.map(|task| yes(task.cancelled()));
            out.say(format!("children cancelled: {p} {q} | {}", log.lines().join(", ")));
        }

        let tasks = [("m", 3), ("n", 99)].map(|(name, turns)| spawn(job(name, turns, log.clone(), None)));
        let n = tasks[1].clone();
        or_raise!(EventLoop::running().unwrap().call_soon(move || _ = n.cancel()));
        if let Err(Exception::Cancelled(_)) = try_yield_from!(gather(tasks.clone())) {
            out.say(format!("one child cancelled: sibling done {}", yes(tasks[0].done())));
        }
        let [m, _n] = tasks;
        let m = yield_from!(m);
        out.say(format!("sibling: {m}"));
        let same = spawn(job("same", 1, log.clone(), None));
        let both = yield_from!(gather([same.clone(), same]));
        out.say(format!("duplicates: {}", both.join(" ")));
    }

    #[test]
    fn w01_gather() {
        compare(include_str!("expected/w01_gather.out"), main);
    }
}

/// A plain future cannot catch its own cancellation, so that the jobs say from a `Drop` that they were cancelled.
mod w01_with_async_blocks {
    use super::*;

    struct Running(&'static str, Trace, bool);

    impl Drop for Running {
        fn drop(&mut self) {
            if !self.2 {
                self.1.say(format!("cancelled {}", self.0));
            }
        }
    }

    async fn job(name: &'static str, turns: u32, log: Trace, error: Option<Exception>) -> Result<String, Exception> {
        let mut running = Running(name, log.clone(), false);
        for _ in 0..turns {
            sleep(0).await?;
        }
        running.2 = true;
        log.say(format!("end {name}"));
        error.map_or(Ok(name.to_uppercase()), Err)
    }

    async fn main(out: Trace) -> Result<(), Exception> {
        let log = Trace::default();
        let names = [("slow", 5), ("fast", 1), ("mid", 3)];
        let all = gather(names.map(|(name, turns)| job(name, turns, log.clone(), None))).await?;
        out.say(all.join(" "));
        out.say(format!("  {}", log.lines().join(", ")));
        out.say(format!("empty: {}", gather(Vec::<coframe::Task<()>>::new()).await?.len()));

        let jobs = [("a", 4, None), ("b", 1, value("b failed")), ("c", 2, Some(KeyError("c failed").into()))];
        let tasks = jobs.map(|(name, turns, error)| spawn(job(name, turns, log.clone(), error)));
        match gather(tasks.clone()).await {
            Err(e) if e.is::<ValueError>() => {
                out.say(format!("first error: {e} | a done {} | log {}", yes(tasks[0].done()), log.lines().join(", ")));
            }
            other => panic!("{other:?}"),
        }
        let [a, _, c] = tasks;
        let a = a.await?;
        out.say(format!("the others went on: {a} | {}", type_of_key_error(&c.exception()?.unwrap())));
        log.lines();

        let failed = Exception::from(io::Error::other("y failed"));
        let jobs = [("x", 2, None), ("y", 1, Some(failed)), ("z", 0, None)];
        let results = gather_results(jobs.map(|(name, turns, error)| job(name, turns, log.clone(), error))).await?;
        out.say(format!("collected: {}", results.iter().map(shown).collect::<Vec<_>>().join(" | ")));
        log.lines();

        let tasks = ["p", "q"].map(|name| spawn(job(name, 99, log.clone(), None)));
        let both = gather(tasks.clone());
        sleep(0).await?;
        out.say(format!("cancel the gather: {}", yes(both.cancel())));
        if let Err(Exception::Cancelled(_)) = both.await {
            let [p, q] = tasks.map(|task| yes(task.cancelled()));
            out.say(format!("children cancelled: {p} {q} | {}", log.lines().join(", ")));
        }

        let tasks = [("m", 3), ("n", 99)].map(|(name, turns)| spawn(job(name, turns, log.clone(), None)));
        let n = tasks[1].clone();
        EventLoop::running().unwrap().call_soon(move || _ = n.cancel())?;
        if let Err(Exception::Cancelled(_)) = gather(tasks.clone()).await {
            out.say(format!("one child cancelled: sibling done {}", yes(tasks[0].done())));
        }
        let [m, _] = tasks;
        out.say(format!("sibling: {}", m.await?));
        let same = spawn(job("same", 1, log.clone(), None));
        out.say(format!("duplicates: {}", gather([same.clone(), same]).await?.join(" ")));
        Ok(())
    }

    #[test]
    fn w01_gather() {
        compare(include_str!("expected/w01_gather.out"), main);
    }
}

mod w03_as_coroutines {
    use super::*;

    #[coframe::coroutine(task)]
    fn job(name: &'static str, delay: f64, fail: bool) -> &'static str {
        yield_from!(sleep(delay));
        if fail {
            raise!(ValueError(format!("{name} failed")));
        }
        name
    }

    #[coframe::coroutine(task)]
    fn main(out: Trace) {
        let jobs = [job("slow", 0.06, false), job("fast", 0.0, false), job("mid", 0.03, true)];
        for (i, next) in as_completed(jobs).enumerate() {
            match try_yield_from!(next) {
                Ok(name) => out.say(format!("{i} {name}")),
                Err(e) if e.is::<ValueError>() => out.say(format!("{i} error {e}")),
                Err(other) => raise!(other),
            }
        }

        let named = |(name, delay)| TaskBuilder::new().name(format!("T{name}")).spawn(job(name, delay, false));
        let all = as_completed([("x", 0.04), ("y", 0.02), ("z", 0.0)].map(named)).tasks();
        for next in all {
            let task = yield_from!(next);
            let task_name = task.name();
            let name = yield_from!(task);
            out.say(format!("task object {task_name} {name}"));
        }

        let slow = spawn(job("never", 3600.0, false));
        let quick = spawn(job("quick", 0.0, false));
        let all = attempt! {
            let both = as_completed([slow.clone(), quick]).timeout(0.02);
            for next in both {
                let name = yield_from!(next);
                out.say(format!("got {name}"));
            }
        };
        match all {
            Err(e) if e.is::<TimeoutError>() => {
                let (cancelled, done) = (yes(slow.cancelled()), yes(slow.done()));
                out.say(format!("timed out; slow cancelled {cancelled} done {done}"));
            }
            other => panic!("{other:?}"),
        }
        slow.cancel();

        let done = ["p", "q", "r"].map(|name| spawn(job(name, 0.0, false)));
        yield_from!(wait(done.clone()));
        let mut count = 0;
        for next in as_completed(done) {
            yield_from!(next);
            count += 1;
        }
        out.say(format!("already finished: {count}"));
        out.say(format!("none: {}", as_completed(Vec::<coframe::Task<()>>::new()).count()));
    }

    #[test]
    fn w03_as_completed() {
        compare(include_str!("expected/w03_as_completed.out"), main);
    }
}
