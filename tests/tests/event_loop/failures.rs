//! Errors of callbacks and the handler that is told of them; slow callbacks.

use std::fmt;
use std::time::Duration;

use coframe::event_loop::{EventLoop, Report};

use crate::support::{ValueError, trace_reports, value_error, virtual_loop};

#[test]
fn lop_05_an_error_goes_to_the_handler_and_the_loop_goes_on() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop.set_exception_handler(move |_, report| {
        let ValueError(text) = report.exception().unwrap().downcast_ref().unwrap();
        inner.say(format!("{text}: {}", report.message()));
    });
    event_loop.call_soon(|| value_error("wrong")).unwrap();
    let line = line!() - 1;
    event_loop.call_soon(trace.saying("next")).unwrap();
    event_loop.run_once().unwrap();
    let file = file!();
    assert_eq!(
        trace.lines(),
        [format!("wrong: Exception in callback scheduled at {file}:{line}:16"), "next".to_owned()]
    );
}

#[test]
fn lop_05_errors_of_timers_and_of_other_threads_as_well() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    event_loop.call_later(1.0, || value_error("timer")).unwrap();
    event_loop.remote().call_soon_threadsafe(|| value_error("remote")).unwrap();
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "<remote> <timer>");
}

#[test]
fn lop_05_without_a_handler_the_loop_goes_on_too() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_soon(|| value_error("this line belongs on the standard error")).unwrap();
    event_loop.call_soon(trace.saying("next")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "next");
    assert!(event_loop.take_exception_handler().is_none());
}

#[test]
fn lop_05_a_panicking_handler_falls_back_to_the_default_one() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop.set_exception_handler(move |_, _| {
        inner.say("handler");
        panic!("on purpose");
    });
    event_loop.call_soon(|| value_error("this line belongs on the standard error")).unwrap();
    event_loop.call_soon(trace.saying("next")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "handler next");
}

/// An error that panics wherever it can.
#[derive(Debug)]
struct Hostile;

impl fmt::Display for Hostile {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("while it is printed")
    }
}

impl std::error::Error for Hostile {}

impl Drop for Hostile {
    fn drop(&mut self) {
        panic!("while it is dropped")
    }
}

#[test]
fn lop_05_a_failing_default_handler_does_not_end_the_loop() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_soon(|| Err::<(), _>(Hostile)).unwrap();
    event_loop.call_soon(trace.saying("next")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "next");
}

#[test]
fn lop_05_a_handler_may_use_the_loop_and_replace_itself() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop.set_exception_handler(move |event_loop: &EventLoop, _: &Report| {
        inner.say("first handler");
        trace_reports(event_loop, &inner);
        event_loop.call_soon(inner.saying("scheduled by it")).unwrap();
    });
    for n in 1..3 {
        event_loop.call_soon(move || value_error(n.to_string())).unwrap();
    }
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.lines(), ["first handler", "<2>", "scheduled by it"]);
}

#[test]
fn lop_05_a_handler_that_was_taken_can_be_called() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    event_loop.call_exception_handler(Report::new("by hand"));
    let previous = event_loop.take_exception_handler().unwrap();
    let inner = trace.clone();
    event_loop.set_exception_handler(move |event_loop, report| {
        inner.say("mine");
        previous(event_loop, report);
    });
    event_loop.call_exception_handler(Report::new("again"));
    assert_eq!(trace.lines(), ["<by hand>", "mine", "<again>"]);
}

#[test]
fn lop_05_a_report_prints_its_sources() {
    let exception = coframe::Exception::from(ValueError("outer".into())).with_source(ValueError("inner".into()));
    let report = Report::new("It failed").with_exception(exception);
    assert_eq!(report.to_string(), "It failed: outer\ncaused by: inner");
}

#[test]
fn lop_09_slow_callbacks_are_reported_in_debug_mode() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    assert!(!event_loop.debug());
    assert_eq!(event_loop.slow_callback_duration(), Duration::from_millis(100));
    // On a virtual clock every callback takes no time at all, which is as long as is allowed.
    event_loop.set_slow_callback_duration(Duration::ZERO);
    event_loop.call_soon(trace.saying("not in debug mode")).unwrap();
    event_loop.run_once().unwrap();
    event_loop.set_debug(true);
    event_loop.call_soon(trace.saying("slow")).unwrap();
    let (file, line) = (file!(), line!() - 1);
    event_loop.run_once().unwrap();
    event_loop.set_slow_callback_duration(Duration::from_nanos(1));
    event_loop.call_soon(trace.saying("fast")).unwrap();
    event_loop.run_once().unwrap();
    let report = format!("<Executing callback scheduled at {file}:{line}:16 took 0.000 seconds>");
    assert_eq!(trace.lines(), ["not in debug mode", "slow", &report, "fast"]);
}
