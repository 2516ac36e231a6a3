//! Ports of the Python programs about the loop. What they must print is in `expected`.

use std::fmt;

use coframe::event_loop::{EventLoop, Origin, Report};
use coframe::{Exception, raise, sleep, spawn, yield_from};

use crate::support::{Trace, ValueError, compare, yes};

type Raises = Result<(), Exception>;

/// Runs a program on a loop with a virtual clock.
#[track_caller]
fn compare_on_loop(expected: &str, program: fn(&EventLoop, &Trace) -> Raises) {
    compare(expected, |trace| program(&EventLoop::with_virtual_clock()?, trace));
}

#[test]
fn l01_call_soon_order() {
    fn mark(event_loop: EventLoop, trace: Trace, batch: u32) -> Raises {
        trace.say(format!("-- batch {batch}"));
        if batch < 5 {
            event_loop.clone().call_soon(move || mark(event_loop, trace, batch + 1))?;
        }
        Ok(())
    }

    fn spawner(event_loop: EventLoop, trace: Trace, n: u32) -> Raises {
        trace.say(format!("spawner {n}"));
        if n > 0 {
            let (inner, inner_trace) = (event_loop.clone(), trace.clone());
            event_loop.call_soon(move || spawner(inner, inner_trace, n - 1))?;
            event_loop.call_soon(trace.saying(format!("  child of {n}")))?;
        }
        Ok(())
    }

    fn canceller(event_loop: &EventLoop, trace: &Trace) -> Raises {
        let later = event_loop.call_soon(trace.saying("cancelled before its batch"))?;
        let same = event_loop.call_soon(trace.saying("kept"))?;
        later.cancel();
        later.cancel();
        trace.say(format!("cancelled {} / kept cancelled {}", yes(later.cancelled()), yes(same.cancelled())));
        Ok(())
    }

    fn stopper(event_loop: &EventLoop, trace: &Trace) -> Raises {
        trace.say("stop requested");
        event_loop.stop();
        event_loop.call_soon(trace.saying("scheduled after stop: next run"))?;
        Ok(())
    }

    compare_on_loop(include_str!("expected/l01_call_soon_order.out"), |event_loop, trace| {
        let both = || (event_loop.clone(), trace.clone());
        let (inner, inner_trace) = both();
        event_loop.call_soon(move || mark(inner, inner_trace, 1))?;
        event_loop.call_soon(trace.saying("first"))?;
        let (inner, inner_trace) = both();
        event_loop.call_soon(move || spawner(inner, inner_trace, 2))?;
        let handle = event_loop.call_soon(trace.saying("never shown"))?;
        event_loop.call_soon(trace.saying("second"))?;
        let (inner, inner_trace) = both();
        event_loop.call_soon(move || canceller(&inner, &inner_trace))?;
        handle.cancel();
        let (inner, inner_trace) = both();
        event_loop.call_soon(move || inner.clone().call_soon(move || stopper(&inner, &inner_trace)))?;
        event_loop.call_soon(trace.saying("last of batch 1"))?;
        trace.say("run 1");
        event_loop.run_forever()?;
        trace.say("run 2");
        let inner = event_loop.clone();
        event_loop.call_soon(move || inner.stop())?;
        event_loop.run_forever()?;
        event_loop.close()
    });
}

#[test]
fn l03_stop_and_rerun() {
    #[coframe::coroutine(task)]
    fn ticker(trace: Trace, n: u32) -> &'static str {
        for i in 0..n {
            trace.say(format!("  tick {i}"));
            yield_from!(sleep(0));
        }
        "ticker done"
    }

    #[coframe::coroutine(task)]
    fn quick() -> &'static str {
        yield_from!(sleep(0));
        "quick done"
    }

    #[coframe::coroutine(task)]
    fn stops_the_loop(event_loop: EventLoop) -> &'static str {
        event_loop.stop();
        yield_from!(sleep(0.01));
        "late"
    }

    compare_on_loop(include_str!("expected/l03_stop_and_rerun.out"), |event_loop, trace| {
        trace.say("stop in the middle of a batch");
        event_loop.call_soon(trace.saying("  a"))?;
        let inner = event_loop.clone();
        event_loop.call_soon(move || inner.stop())?;
        event_loop.call_soon(trace.saying("  b: same batch, still runs"))?;
        let (inner, line) = (event_loop.clone(), trace.saying("  c: scheduled during the batch"));
        event_loop.call_soon(move || inner.call_soon(line))?;
        event_loop.run_forever()?;
        trace.say("returned");
        trace.say("stop before run_forever: exactly one batch");
        event_loop.call_soon(trace.saying("  d"))?;
        let (inner, line) = (event_loop.clone(), trace.saying("  e"));
        event_loop.call_soon(move || inner.call_soon(line))?;
        event_loop.stop();
        event_loop.run_forever()?;
        trace.say("returned");
        let t = event_loop.create_task(ticker(trace.clone(), 6));
        let quick = event_loop.run_until_complete(quick())?;
        trace.say(format!("{quick} | ticker done: {}", yes(t.done())));
        trace.say(event_loop.run_until_complete(t.clone())?);
        trace.say(format!("asking again: {}", event_loop.run_until_complete(t)?));
        let late = event_loop.create_task(stops_the_loop(event_loop.clone()));
        if let Err(e) = event_loop.run_until_complete(late.clone()) {
            trace.say(format!("error: {e}"));
        }
        trace.say(format!("the task survives: {}", event_loop.run_until_complete(late)?));
        trace.say(format!("running: {}", yes(event_loop.is_running())));
        event_loop.close()?;
        trace.say(format!("closed: {}", yes(event_loop.is_closed())));
        if let Err(e) = event_loop.call_soon(trace.saying("  x")) {
            trace.say(format!("error: {e}"));
        }
        Ok(())
    });
}

#[test]
fn l05_exception_handler() {
    #[coframe::coroutine(task)]
    fn nobody_waits() {
        raise!(LookupError);
    }

    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        let t = spawn(nobody_waits());
        yield_from!(sleep(0));
        trace.say(format!("done: {} - dropping the only reference", yes(t.done())));
        drop(t);
        let u = spawn(nobody_waits());
        yield_from!(sleep(0));
        trace.say(format!("looked at: {}", name(u.exception().ok().flatten().as_ref())));
        drop(u);
        yield_from!(sleep(0));
    }

    compare_on_loop(include_str!("expected/l05_exception_handler.out"), |event_loop, trace| {
        let inner = trace.clone();
        event_loop.set_exception_handler(move |_, report| {
            let kind = if *report.origin() == Origin::Callback { "callback" } else { "task" };
            let text = report.exception().map_or(report.message().to_owned(), ToString::to_string);
            inner.say(format!("  handler: {kind} | {} | {text}", name(report.exception())));
        });
        let boom = |n: u32| {
            let trace = trace.clone();
            move || {
                trace.say(format!("boom {n}"));
                Err::<(), _>(ValueError(format!("callback {n}")))
            }
        };
        event_loop.call_soon(boom(1))?;
        event_loop.call_soon(trace.saying("next callback still runs"))?;
        event_loop.call_later(0.01, boom(2))?;
        let stop_later = || {
            let inner = event_loop.clone();
            event_loop.call_later(0.02, move || inner.stop())
        };
        stop_later()?;
        event_loop.run_forever()?;
        let f = event_loop.create_promise();
        f.add_done_callback(|_| Err::<(), _>(TypeError))?;
        let inner = trace.clone();
        f.add_done_callback(move |f| f.result().map(|n: u32| inner.say(format!("second done callback, result {n}"))))?;
        f.set_result(7)?;
        stop_later()?;
        event_loop.run_forever()?;
        event_loop.run_until_complete(main(trace.clone()))?;
        event_loop.call_exception_handler(Report::new("reported by hand"));
        event_loop.close()
    });
}

fn name(exception: Option<&Exception>) -> &'static str {
    match exception {
        None => "no exception",
        Some(e) if e.is::<ValueError>() => "ValueError",
        Some(e) if e.is::<TypeError>() => "TypeError",
        Some(e) if e.is::<LookupError>() => "LookupError",
        Some(_) => "another one",
    }
}

#[derive(Debug)]
struct TypeError;

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("in a done callback")
    }
}

impl std::error::Error for TypeError {}

#[derive(Debug)]
struct LookupError;

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unseen")
    }
}

impl std::error::Error for LookupError {}
