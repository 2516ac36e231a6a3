//! `wait_for`: CMB-06, after asyncio's `test_waitfor`, and the port of `k05_wait_for.py`.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use coframe::event_loop::LoopError;
use coframe::{
    Cancelled, Exception, Limit, TimeoutError, attempt, current_task, or_raise, raise, sleep, spawn, timeout,
    try_yield_from, wait_for, yield_from,
};

use crate::support::{Trace, ValueError, virtual_loop};

#[derive(Debug)]
struct OsError(&'static str);

impl fmt::Display for OsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for OsError {}

fn is_timeout(exception: &Exception) -> bool {
    exception.is::<TimeoutError>() && matches!(exception.source(), Some(Exception::Cancelled(_)))
}

#[test]
fn k05_wait_for() {
    type Log = Rc<RefCell<Vec<&'static str>>>;

    #[derive(Clone, Copy)]
    enum OnCancel {
        Raise,
        Return,
        Slow,
        Error,
    }

    #[coframe::coroutine(task)]
    fn job(log: Log, delay: f64, on_cancel: OnCancel) -> &'static str {
        log.borrow_mut().push("start");
        let result = attempt! {
            yield_from!(sleep(delay));
            log.borrow_mut().push("slept");
            "value"
        };
        match result {
            Err(Exception::Cancelled(cancelled)) => {
                log.borrow_mut().push("cancelled");
                match on_cancel {
                    OnCancel::Return => return "too late value",
                    OnCancel::Slow => {
                        yield_from!(sleep(0.01));
                        log.borrow_mut().push("slow cleanup");
                    }
                    OnCancel::Error => raise!(OsError("cleanup failed")),
                    OnCancel::Raise => {}
                }
                raise!(Exception::Cancelled(cancelled))
            }
            other => or_raise!(other),
        }
    }

    fn words(log: &Log) -> String {
        if log.borrow().is_empty() { "-".to_owned() } else { log.borrow().join(", ") }
    }

    #[coframe::coroutine(task)]
    fn try_it(trace: Trace, label: &'static str, limit: Limit, delay: f64, on_cancel: OnCancel) {
        let log = Log::default();
        let result = match try_yield_from!(wait_for(job(log.clone(), delay, on_cancel), limit)) {
            Ok(value) => value.to_owned(),
            Err(e) if is_timeout(&e) => "TimeoutError, cause CancelledError".to_owned(),
            Err(e) if e.is::<OsError>() => format!("OSError {e}"),
            Err(e) => raise!(e),
        };
        trace.say(format!("{label} -> {result} | log: {}", words(&log)));
    }

    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        use OnCancel::{Error, Raise, Return, Slow};
        let seconds = |seconds: f64| Limit::from(seconds);
        yield_from!(try_it(trace.clone(), "fast enough", seconds(5.0), 0.0, Raise));
        yield_from!(try_it(trace.clone(), "no limit", Limit::NONE, 0.0, Raise));
        yield_from!(try_it(trace.clone(), "timeout", seconds(0.01), 3600.0, Raise));
        yield_from!(try_it(trace.clone(), "slow cleanup is awaited", seconds(0.01), 3600.0, Slow));
        yield_from!(try_it(trace.clone(), "stubborn return wins", seconds(0.01), 3600.0, Return));
        yield_from!(try_it(trace.clone(), "cleanup error wins", seconds(0.01), 3600.0, Error));
        yield_from!(try_it(trace.clone(), "zero: never started", seconds(0.0), 3600.0, Raise));

        let done = spawn(job(Log::default(), 0.0, Raise));
        yield_from!(done.clone());
        let value = yield_from!(wait_for(done, 0));
        trace.say(format!("zero on a finished task -> {value}"));

        let log = Log::default();
        let outer = spawn(wait_for(job(log.clone(), 3600.0, Raise), 100));
        yield_from!(sleep(0.01));
        outer.cancel();
        if let Err(Exception::Cancelled(_)) = try_yield_from!(outer) {
            trace.say(format!("outer cancelled -> CancelledError | log: {}", words(&log)));
        }
    }

    let (event_loop, trace) = virtual_loop();
    event_loop.run_until_complete(main(trace.clone())).unwrap();
    let expected: Vec<&str> = include_str!("expected/k05_wait_for.out").lines().collect();
    assert_eq!(trace.lines(), expected);
}

/// Work that is not to be stopped.
#[coframe::coroutine(task)]
fn stubborn(trace: Trace) -> u32 {
    while let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(1.0)) {
        trace.say("refused");
    }
    trace.say("slept");
    42
}

#[test]
fn cmb_06_the_cancelled_work_is_waited_for_and_its_value_wins() {
    let (event_loop, trace) = virtual_loop();
    assert_eq!(event_loop.run_until_complete(wait_for(stubborn(trace.clone()), 0.5)).unwrap(), 42);
    assert_eq!(trace.line(), "refused slept");
    assert_eq!(event_loop.time().as_secs_f64(), 1.5);

    let task = event_loop.create_task(stubborn(trace.clone()));
    assert_eq!(event_loop.run_until_complete(wait_for(task, 0.5)).unwrap(), 42);
    assert_eq!(trace.line(), "refused slept", "a task of its own is waited for too");
}

#[test]
fn cmb_06_the_same_when_the_wait_itself_is_cancelled() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let waiting = event_loop.create_task(wait_for(stubborn(trace.clone()), 9.0));
    let cancel = move || inner.say(format!("asked {}", waiting.cancel_with(Cancelled::new("stop"))));
    event_loop.call_later(0.5, cancel).unwrap();
    event_loop.run_until_complete(sleep(3.0)).unwrap();
    assert_eq!(trace.line(), "asked true refused slept");
}

#[test]
fn cmb_06_an_error_that_is_raised_while_being_cancelled_wins() {
    #[coframe::coroutine(task)]
    fn fails() {
        if let Ok(()) = try_yield_from!(sleep(1.0)) {
            return;
        }
        raise!(ValueError("in the clean-up".to_owned()))
    }
    let (event_loop, _) = virtual_loop();
    for limit in [0.5, 0.0] {
        let task = event_loop.create_task(fails());
        let failed = event_loop.run_until_complete(async move {
            sleep(0.1).await?;
            wait_for(task, limit).await
        });
        assert!(failed.unwrap_err().is::<ValueError>(), "limit {limit}");
    }
}

#[test]
fn cmb_06_with_no_time_nothing_begins_and_what_is_done_is_given() {
    let (event_loop, trace) = virtual_loop();
    for limit in [0.0, -1.0] {
        let (inner, loud) = (trace.clone(), trace.loud("dropped"));
        let body = async move {
            inner.say("begun");
            drop(loud);
        };
        let late = event_loop.run_until_complete(wait_for(body, limit)).unwrap_err();
        assert!(is_timeout(&late), "{late:?}");
        assert_eq!(trace.line(), "dropped");

        let promise = event_loop.create_promise();
        promise.set_result(7).unwrap();
        assert_eq!(event_loop.run_until_complete(wait_for(promise, limit)).unwrap(), 7);
        let promise = event_loop.create_promise::<u32>();
        assert!(is_timeout(&event_loop.run_until_complete(wait_for(promise.clone(), limit)).unwrap_err()));
        assert!(promise.cancelled());
    }
}

#[test]
fn cmb_06_with_no_time_a_task_that_runs_cleans_up_first() {
    #[coframe::coroutine(task)]
    fn cleans_up(trace: Trace) {
        let result = try_yield_from!(sleep(10.0));
        yield_from!(sleep(0.5));
        trace.say("clean");
        or_raise!(result)
    }
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let late = event_loop.run_until_complete(async move {
        let task = spawn(cleans_up(inner));
        sleep(0.1).await?;
        wait_for(task, 0).await
    });
    assert!(is_timeout(&late.unwrap_err()));
    assert_eq!(trace.line(), "clean");
    assert_eq!(event_loop.time().as_secs_f64(), 0.6);
}

/// `_cancel_and_wait` can be cancelled: it does not wait for the work itself.
#[test]
fn cmb_06_with_no_time_the_wait_can_be_cancelled_though_the_work_refuses() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let work = spawn(stubborn(inner));
            sleep(0.5).await?;
            let waiting = spawn(wait_for(work.clone(), 0));
            sleep(0.1).await?;
            waiting.cancel();
            assert!(matches!(waiting.await, Err(Exception::Cancelled(_))));
            assert!(!work.done());
            assert_eq!(work.await?, 42);
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "refused slept");
}

#[test]
fn cmb_06_cancelling_the_wait_cancels_the_task() {
    let (event_loop, _) = virtual_loop();
    for limit in [Limit::NONE, 60.0.into()] {
        let task = event_loop.create_task(sleep(3600.0));
        let waiting = event_loop.create_task(wait_for(task.clone(), limit));
        let inner = waiting.clone();
        event_loop.call_soon(move || _ = inner.cancel()).unwrap();
        assert!(matches!(event_loop.run_until_complete(waiting), Err(Exception::Cancelled(_))));
        assert!(task.cancelled());
    }
}

/// GH-86296: what is done before the cancellation is lost to the waiting task, but not to others.
#[test]
fn cmb_06_a_cancellation_in_the_pass_of_the_result_is_not_lost() {
    #[coframe::coroutine(task)]
    fn waits(inner: coframe::Task<&'static str>, trace: Trace) {
        yield_from!(wait_for(inner, 100.0));
        yield_from!(sleep(1.0));
        trace.say("reached");
    }
    let (event_loop, trace) = virtual_loop();
    let inner = event_loop.create_task(async { "done" });
    let task = event_loop.create_task(waits(inner.clone(), trace.clone()));
    event_loop.run_once().unwrap();
    task.cancel();
    assert!(matches!(event_loop.run_until_complete(task), Err(Exception::Cancelled(_))));
    assert_eq!(inner.result().unwrap(), "done");
    assert_eq!(trace.line(), "");
}

#[test]
fn cmb_06_the_work_runs_in_the_waiting_task() {
    let (event_loop, _) = virtual_loop();
    let same = event_loop.run_until_complete(async {
        let outer = current_task();
        let inner = wait_for(async { Ok(current_task()) }, 1.0).await?;
        Ok(inner == outer)
    });
    assert!(same.unwrap());
}

#[test]
fn cmb_06_there_is_no_limit_that_is_no_number() {
    let (event_loop, trace) = virtual_loop();
    let loud = trace.loud("dropped");
    let refused = event_loop.run_until_complete(wait_for(async move { drop(loud) }, f64::NAN)).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotANumber)));
    assert_eq!(trace.line(), "dropped");
    let refused = event_loop.run_until_complete(timeout(f64::NAN, async {})).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotANumber)));
}
