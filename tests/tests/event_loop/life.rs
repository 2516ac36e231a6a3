//! Running, stopping, closing; which loop runs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use coframe::Exception;
use coframe::event_loop::{EventLoop, LoopError};

use crate::support::{run_out, trace_reports, virtual_loop};

fn error<T>(result: Result<T, Exception>) -> LoopError {
    result.map(drop).unwrap_err().downcast().unwrap()
}

#[test]
fn lop_02_stop_ends_after_the_current_batch() {
    let (event_loop, trace) = virtual_loop();
    let (stopping, inner) = (event_loop.clone(), trace.clone());
    event_loop
        .call_soon(move || {
            stopping.stop();
            stopping.call_soon(inner.saying("next run"))
        })
        .unwrap();
    event_loop.call_soon(trace.saying("same batch")).unwrap();
    event_loop.run_forever().unwrap();
    assert_eq!(trace.line(), "same batch");
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(trace.line(), "next run");
}

#[test]
fn mis_05_a_stop_before_running_makes_exactly_one_pass() {
    let (event_loop, trace) = virtual_loop();
    let (inner, inner_trace) = (event_loop.clone(), trace.clone());
    event_loop.call_soon(move || inner.call_soon(inner_trace.saying("second pass"))).unwrap();
    event_loop.call_soon(trace.saying("first pass")).unwrap();
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(trace.line(), "first pass");
}

#[test]
fn mis_05_a_second_run_does_not_see_the_stop_of_the_first() {
    let (event_loop, trace) = virtual_loop();
    for _ in 0..3 {
        let stopping = event_loop.clone();
        event_loop.call_soon(trace.saying("soon")).unwrap();
        event_loop.call_later(1.0, trace.saying("later")).unwrap();
        event_loop.call_later(2.0, move || stopping.stop()).unwrap();
        event_loop.run_forever().unwrap();
        assert_eq!(trace.line(), "soon later");
    }
}

#[test]
fn mis_05_a_single_pass_uses_up_a_stop() {
    let (event_loop, trace) = virtual_loop();
    event_loop.stop();
    event_loop.run_once().unwrap();
    event_loop.call_soon(trace.saying("first pass")).unwrap();
    event_loop.call_later(1.0, trace.saying("a later pass")).unwrap();
    run_out(&event_loop);
    assert_eq!(trace.line(), "first pass a later pass");
}

#[test]
fn mis_11_a_program_may_end_by_a_timer_that_stops() {
    let (event_loop, trace) = virtual_loop();
    let stopping = event_loop.clone();
    event_loop.call_later(2.0, move || stopping.stop()).unwrap();
    event_loop.call_later(1.0, trace.saying("before")).unwrap();
    event_loop.call_later(3.0, trace.saying("after")).unwrap();
    event_loop.run_forever().unwrap();
    assert_eq!(trace.line(), "before");
}

#[test]
fn lop_06_a_running_loop_is_not_run_again() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    for run in [EventLoop::run_once, EventLoop::run_forever] {
        let same = event_loop.clone();
        event_loop.call_soon(move || run(&same)).unwrap();
    }
    event_loop.run_once().unwrap();
    assert_eq!(trace.lines(), ["<This event loop is already running>"; 2]);
    assert!(!event_loop.is_running());
}

#[test]
fn lop_06_another_loop_is_not_run_in_a_running_one() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let (other, _) = virtual_loop();
    let inner = other.clone();
    event_loop.call_soon(move || inner.run_forever()).unwrap();
    other.call_soon(trace.saying("the other")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.lines(), ["<Cannot run the event loop while another loop is running>"]);
    other.run_once().unwrap();
    assert_eq!(trace.line(), "the other");
}

#[test]
fn lop_08_a_running_loop_is_not_closed() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let inner = event_loop.clone();
    event_loop.call_soon(move || inner.close()).unwrap();
    event_loop.call_soon(trace.saying("goes on")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.lines(), ["<Cannot close a running event loop>", "goes on"]);
    assert!(!event_loop.is_closed());
}

#[test]
fn lop_08_a_closed_loop_refuses_everything() {
    let (event_loop, trace) = virtual_loop();
    let remote = event_loop.remote();
    event_loop.close().unwrap();
    event_loop.close().unwrap();
    assert!(event_loop.is_closed() && !event_loop.is_running());
    let loud = trace.loud("refused");
    let refusals = [
        error(event_loop.call_soon(move || drop(loud))),
        error(event_loop.call_soon_threadsafe(|| ())),
        error(event_loop.call_later(1.0, || ())),
        error(event_loop.call_at(1.0, || ())),
        error(event_loop.run_once()),
        error(event_loop.run_forever()),
        remote.call_soon_threadsafe(|| ()).unwrap_err(),
        event_loop.remote().call_soon_threadsafe(|| ()).unwrap_err(),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, LoopError::Closed), "{refusal:?}");
        assert_eq!(refusal.to_string(), "Event loop is closed");
    }
    assert_eq!(trace.line(), "refused");
}

#[test]
fn lop_08_closing_drops_what_waits() {
    let (event_loop, trace) = virtual_loop();
    let (a, b) = (trace.loud("ready"), trace.loud("timer"));
    // Each keeps the loop alive until it is closed.
    let (for_a, for_b) = (event_loop.clone(), event_loop.clone());
    let handle = event_loop.call_soon(move || drop((a, for_a))).unwrap();
    let timer = event_loop.call_later(1.0, move || drop((b, for_b))).unwrap();
    event_loop.close().unwrap();
    assert_eq!(trace.line(), "ready timer");
    assert!(!handle.cancelled() && !timer.cancelled());
}

#[test]
fn lop_08_a_loop_that_is_gone_is_closed_for_its_remote_handles() {
    let (event_loop, _) = virtual_loop();
    let remote = event_loop.remote();
    drop(event_loop);
    assert!(matches!(remote.call_soon_threadsafe(|| ()), Err(LoopError::Closed)));
}

#[test]
fn the_running_loop_is_known_while_it_runs() {
    let (event_loop, trace) = virtual_loop();
    let (inner, same) = (trace.clone(), event_loop.clone());
    event_loop
        .call_soon(move || {
            inner.say(EventLoop::running() == Some(same.clone()));
            inner.say(same.is_running());
        })
        .unwrap();
    assert_eq!(EventLoop::running(), None);
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "true true");
    assert_eq!(EventLoop::running(), None);
    assert!(!event_loop.is_running());
    assert_ne!(event_loop, virtual_loop().0);
}

#[test]
fn a_panic_passes_and_leaves_a_loop_that_can_be_run() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_soon(trace.saying("before")).unwrap();
    event_loop.call_soon(|| -> () { panic!("on purpose") }).unwrap();
    event_loop.call_soon(trace.saying("after")).unwrap();
    event_loop.stop();
    let payload = catch_unwind(AssertUnwindSafe(|| event_loop.run_forever())).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"on purpose"));
    assert_eq!(trace.line(), "before");
    assert!(!event_loop.is_running());
    assert_eq!(EventLoop::running(), None);
    run_out(&event_loop);
    assert_eq!(trace.line(), "after");
}
