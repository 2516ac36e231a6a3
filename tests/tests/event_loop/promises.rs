//! Promises: FUT-01 to FUT-05, MIS-08 and MIS-09, and those who await them under another executor.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

use coframe::event_loop::EventLoop;
use coframe::{Cancelled, Exception, Promise, PromiseError};

use crate::support::{ValueError, virtual_loop};

#[derive(Debug)]
struct Mishap(&'static str);

impl std::fmt::Display for Mishap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Mishap {}

fn refusal(result: Result<(), Exception>) -> Option<PromiseError> {
    result.unwrap_err().downcast_ref().copied()
}

#[test]
fn fut_01_it_is_done_once() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise();
    assert!(!promise.done() && !promise.cancelled());
    assert_eq!(promise.result().unwrap_err().downcast_ref(), Some(&PromiseError::NotReady));
    assert_eq!(promise.exception().unwrap_err().downcast_ref(), Some(&PromiseError::ExceptionNotReady));
    promise.set_result(1).unwrap();
    assert_eq!(refusal(promise.set_result(2)), Some(PromiseError::AlreadyDone));
    assert_eq!(refusal(promise.set_exception(Mishap("late"))), Some(PromiseError::AlreadyDone));
    assert!(!promise.cancel());
    assert_eq!(promise.result().unwrap(), 1);
    assert!(promise.exception().unwrap().is_none());

    let promise = event_loop.create_promise::<u32>();
    assert!(promise.cancel_with(Cancelled::new("why")) && !promise.cancel());
    assert!(promise.done() && promise.cancelled());
    assert_eq!(promise.result().unwrap_err().to_string(), "why");
    assert_eq!(refusal(promise.set_result(1)), Some(PromiseError::AlreadyDone));
}

// Those of CPython 3.11 and 3.13.
#[test]
fn fut_01_misuse_has_the_texts_of_asyncio() {
    use PromiseError::{AlreadyDone, ExceptionNotReady, NotReady, NothingToAwait};
    let texts = [NotReady, ExceptionNotReady, AlreadyDone, NothingToAwait].map(|misuse| misuse.to_string());
    let expected = ["Result is not set.", "Exception is not set.", "invalid state", "Set of Tasks/Futures is empty."];
    assert_eq!(texts, expected);
}

#[test]
fn fut_02_callbacks_run_through_the_loop_in_order_and_once() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    let say = |line: &'static str| {
        let trace = trace.clone();
        move |promise: &Promise<u32>| trace.say(format_args!("{line} {}", promise.result().unwrap()))
    };
    promise.add_done_callback(say("one")).unwrap();
    let removed = promise.add_done_callback(say("never")).unwrap();
    promise.add_done_callback(say("two")).unwrap();
    assert!(promise.remove_done_callback(removed) && !promise.remove_done_callback(removed));
    let (inner, later) = (trace.clone(), say("added while they run"));
    promise
        .add_done_callback(move |promise| {
            inner.say("three");
            promise.add_done_callback(later).map(drop)
        })
        .unwrap();
    promise.set_result(7).unwrap();
    trace.say("set");
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "set one 7 two 7 three");
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "added while they run 7");
}

#[test]
fn fut_02_a_failing_callback_goes_to_the_handler_and_the_others_run() {
    let (event_loop, trace) = virtual_loop();
    let reported = trace.clone();
    event_loop.set_exception_handler(move |_, report| reported.say(report.exception().unwrap()));
    let promise = event_loop.create_promise::<u32>();
    promise.add_done_callback(|_| Err::<(), _>(Mishap("failed"))).unwrap();
    let after = trace.saying("after");
    promise.add_done_callback(move |_| after()).unwrap();
    promise.cancel();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "failed after");
}

#[test]
fn fut_04_an_exception_that_nobody_saw_is_reported() {
    let (event_loop, trace) = virtual_loop();
    let reported = trace.clone();
    event_loop.set_exception_handler(move |_, report| {
        reported.say(format_args!("{}: {}", report.message(), report.exception().unwrap()));
    });
    let failed = |how: fn(&Promise<u32>)| {
        let promise = event_loop.create_promise();
        promise.set_exception(Mishap("lost")).unwrap();
        let other = promise.clone();
        drop(promise);
        how(&other);
        trace.say("dropped");
    };
    failed(|_| ());
    failed(|promise| assert!(promise.result().is_err()));
    failed(|promise| assert!(promise.exception().unwrap().is_some()));
    assert_eq!(
        trace.lines(),
        ["dropped", "Promise exception was never retrieved: lost", "dropped", "dropped"],
        "looking at it, by either way, clears the report"
    );
    drop(event_loop.create_promise::<u32>());
    assert_eq!(trace.line(), "", "nor is there a report of what is still open");
}

#[test]
fn fut_05_several_wait_for_one_and_see_the_same_error() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise::<String>();
    let (mut one, mut two) = (pin!(promise.clone()), pin!(promise.clone()));
    let mut context = Context::from_waker(Waker::noop());
    assert!(one.as_mut().poll(&mut context).is_pending());
    assert!(two.as_mut().poll(&mut context).is_pending());
    promise.set_exception(Mishap("for both")).unwrap();
    for waiting in [one, two] {
        let Poll::Ready(Err(exception)) = waiting.poll(&mut context) else { panic!("it failed") };
        assert_eq!(exception.downcast_ref::<Mishap>().unwrap().0, "for both");
        assert!(exception.source().is_none());
    }
}

#[test]
fn mis_08_who_comes_late_is_served_too() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    promise.set_result("value").unwrap();
    let Poll::Ready(Ok("value")) = pin!(promise.clone()).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("what is done does not suspend")
    };
    let late = trace.clone();
    promise.add_done_callback(move |promise| late.say(promise.result().unwrap())).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "value", "MIS-09: it is called with the promise");
}

#[test]
fn a_promise_of_a_closed_loop_keeps_its_value() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    let loud = trace.loud("callback dropped");
    promise.add_done_callback(move |_| drop(loud)).unwrap();
    event_loop.close().unwrap();
    assert_eq!(promise.set_result(1).unwrap_err().to_string(), "Event loop is closed");
    assert_eq!(promise.result().unwrap(), 1);
    assert_eq!(trace.line(), "callback dropped");
}

#[test]
fn a_promise_wakes_those_who_await_it() {
    #[derive(Default)]
    struct Count(AtomicU32);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let promise = event_loop.create_promise();
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut waiting = pin!(promise.clone());
    for _ in 0..3 {
        assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    promise.set_result(1).unwrap();
    assert_eq!(count.0.load(Relaxed), 1, "one waker is woken once");
}

/// The port of `f01_future.py`. The stop signal at its end has no counterpart: an end is no exception here.
#[test]
fn f01_future() {
    fn yes(is_so: bool) -> &'static str {
        if is_so { "yes" } else { "no" }
    }
    let (event_loop, trace) = virtual_loop();
    let attempt = |label: &str, outcome: Result<String, Exception>| match outcome {
        Ok(value) => trace.say(format_args!("{label} -> {value}")),
        Err(e) if e.is::<PromiseError>() => trace.say(format_args!("{label} -> raised InvalidStateError")),
        Err(Exception::Cancelled(why)) => {
            trace.say(format_args!("{label} -> raised CancelledError | {}", why.message().unwrap_or_default()));
        }
        Err(e) => trace.say(format_args!("{label} -> raised ValueError | {e}")),
    };
    let text = |result: Result<u32, Exception>| result.map(|value| value.to_string());
    let none = |result: Result<(), Exception>| result.map(|()| "None".to_owned());
    let spin = || {
        let stopping = event_loop.clone();
        event_loop.call_soon(move || stopping.stop()).unwrap();
        event_loop.run_forever().unwrap();
    };

    let f = event_loop.create_promise();
    trace.say(format_args!("done {} cancelled {}", yes(f.done()), yes(f.cancelled())));
    attempt("result too early", text(f.result()));
    attempt("exception too early", f.exception().map(|_| String::new()));
    for tag in ["one", "two", "three"] {
        let trace = trace.clone();
        f.add_done_callback(move |f| trace.say(format_args!("  callback {tag} sees {}", f.result().unwrap()))).unwrap();
    }
    let extra = [(); 2].map(|()| f.add_done_callback(|_| unreachable!("never") as ()).unwrap());
    trace.say(format_args!("removed {}", extra.into_iter().filter(|id| f.remove_done_callback(*id)).count()));
    f.set_result(42).unwrap();
    trace.say(format_args!("set, callbacks have not run yet; result {}", f.result().unwrap()));
    let late = trace.saying("  added when done, still later");
    f.add_done_callback(|_| late()).unwrap();
    trace.say("spin");
    spin();
    attempt("set twice", none(f.set_result(1)));
    attempt("set exception after result", none(f.set_exception(ValueError("x".to_owned()))));
    trace.say(format_args!("cancel a finished one {}", yes(f.cancel())));

    let g = event_loop.create_promise();
    let cancelled = trace.clone();
    g.add_done_callback(move |g| cancelled.say(format_args!("  g cancelled {}", yes(g.cancelled())))).unwrap();
    trace.say(format_args!("cancel {} again {}", yes(g.cancel_with(Cancelled::new("why"))), yes(g.cancel())));
    spin();
    attempt("result of cancelled", text(g.result()));
    attempt("set after cancel", none(g.set_result(1)));

    let h = event_loop.create_promise();
    h.set_exception(ValueError("stored".to_owned())).unwrap();
    attempt("result", text(h.result()));
    attempt("result again", text(h.result()));
    let is_value_error = h.exception().unwrap().is_some_and(|e| e.is::<ValueError>());
    trace.say(format_args!("exception -> {}", if is_value_error { "ValueError" } else { "another" }));
    event_loop.close().unwrap();

    let expected: Vec<&str> = include_str!("expected/f01_future.out").lines().collect();
    let Some((stop_signal, expected)) = expected.split_last() else { panic!("the trace is there") };
    assert_eq!(*stop_signal, "a stop signal is stored as RuntimeError");
    assert_eq!(trace.lines(), expected);
}

/// Asks the promise that it is in while it is cloned.
struct Asking(std::rc::Rc<std::cell::RefCell<Option<Promise<Asking>>>>);

impl Clone for Asking {
    fn clone(&self) -> Self {
        if let Some(promise) = self.0.borrow().clone() {
            assert!(promise.done() && promise.exception().unwrap().is_none(), "it is lent");
        }
        Asking(self.0.clone())
    }
}

#[test]
fn fut_05_a_value_may_ask_its_promise_while_it_is_cloned() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise();
    let value = Asking(std::rc::Rc::default());
    *value.0.borrow_mut() = Some(promise.clone());
    let slot = value.0.clone();
    promise.set_result(value).unwrap();
    assert!(promise.result().is_ok() && promise.result().is_ok(), "and it is back afterwards");
    slot.take();
}
