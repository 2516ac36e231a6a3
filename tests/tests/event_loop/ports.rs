//! Ports of the Python programs that need a loop and no tasks; of the others, the parts that need none. What they must
//! print is in `expected`.

use coframe::Exception;
use coframe::event_loop::{EventLoop, Report};

use crate::support::{Trace, ValueError};

type Raises = Result<(), Exception>;

/// Compares with the lines that are expected, apart from those from `first` to `last`, which tasks would print.
#[track_caller]
fn compare(expected: &str, without: Option<[&str; 2]>, program: fn(&EventLoop, &Trace) -> Raises) {
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    program(&event_loop, &trace).unwrap();
    let mut expected: Vec<&str> = expected.lines().collect();
    if let Some(lines) = without {
        let [first, last] = lines.map(|line| expected.iter().position(|it| *it == line).unwrap());
        expected.drain(first..=last);
    }
    assert_eq!(trace.lines(), expected);
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
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

    compare(include_str!("expected/l01_call_soon_order.out"), None, |event_loop, trace| {
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
    let of_tasks = Some(["  tick 0", "the task survives: late"]);
    compare(include_str!("expected/l03_stop_and_rerun.out"), of_tasks, |event_loop, trace| {
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
        event_loop.run_once()?;
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
    let of_tasks = Some(["  handler: callback | TypeError | in a done callback", "looked at: LookupError"]);
    compare(include_str!("expected/l05_exception_handler.out"), of_tasks, |event_loop, trace| {
        let inner = trace.clone();
        event_loop.set_exception_handler(move |_, report| match report.exception() {
            Some(e) if e.is::<ValueError>() => inner.say(format!("  handler: callback | ValueError | {e}")),
            Some(e) => panic!("another exception than was raised: {e:?}"),
            None => inner.say(format!("  handler: callback | no exception | {}", report.message())),
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
        let inner = event_loop.clone();
        event_loop.call_later(0.02, move || inner.stop())?;
        event_loop.run_forever()?;
        event_loop.call_exception_handler(Report::new("reported by hand"));
        event_loop.close()
    });
}
