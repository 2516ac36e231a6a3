//! Callbacks that have a time to run at.

use std::time::Duration;

use coframe::event_loop::{Delay, EventLoop, LoopError};

use crate::support::{run_out, virtual_loop};

#[test]
fn lop_03_negative_delays_sort_earlier() {
    let (event_loop, trace) = virtual_loop();
    for delay in [0.0, -1.0, -2.0, -0.5] {
        event_loop.call_later(delay, trace.saying(delay)).unwrap();
    }
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "-2 -1 -0.5 0");
    assert_eq!(event_loop.time(), Duration::ZERO, "the clock does not go back");
}

#[test]
fn lop_03_negative_delays_on_a_real_clock() {
    let (_, trace) = virtual_loop();
    let event_loop = EventLoop::new().unwrap();
    let timer = event_loop.call_later(-1.0, trace.saying("second")).unwrap();
    event_loop.call_later(-2.0, trace.saying("first")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "first second");
    assert_eq!(timer.when(), Duration::ZERO);
}

#[test]
fn mis_03_all_due_timers_run_in_one_pass() {
    let (event_loop, trace) = virtual_loop();
    for n in 0..10 {
        event_loop.call_at(1.0, trace.saying(n)).unwrap();
    }
    event_loop.call_at(1.000_000_001, trace.saying("a nanosecond later")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "0 1 2 3 4 5 6 7 8 9");
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "a nanosecond later");
}

#[test]
fn mis_03_a_timer_is_due_at_its_very_deadline() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_later(0.0, trace.saying("now")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "now");
}

#[test]
fn mis_03_due_timers_run_after_what_was_ready_before() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_later(0.0, trace.saying("timer")).unwrap();
    event_loop.call_soon(trace.saying("soon")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "soon timer");
}

#[test]
fn mis_04_equal_deadlines_are_first_in_first_out() {
    let (event_loop, trace) = virtual_loop();
    for n in 0..8 {
        event_loop.call_at(Duration::from_secs(if n % 2 == 0 { 2 } else { 1 }), trace.saying(n)).unwrap();
    }
    run_out(&event_loop);
    assert_eq!(trace.line(), "1 3 5 7 0 2 4 6");
}

#[test]
fn mis_06_a_pass_sleeps_until_the_next_deadline() {
    let event_loop = EventLoop::new().unwrap();
    let timer = event_loop.call_later(0.005, || ()).unwrap();
    event_loop.run_once().unwrap();
    // One pass was enough, so that it did not spin; and it did not run too early.
    assert!(event_loop.time() >= timer.when());
    assert!(format!("{event_loop:?}").contains("timers: 0"), "{event_loop:?}");
}

#[test]
fn a_delay_is_a_number() {
    let (event_loop, trace) = virtual_loop();
    let loud = trace.loud("dropped");
    let refused = event_loop.call_later(f64::NAN, move || drop(loud)).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotANumber)));
    assert_eq!(trace.line(), "dropped");
    assert!(event_loop.call_at(f64::NAN, || ()).is_err());
}

#[test]
fn delays_that_are_out_of_range_never_come() {
    let (event_loop, trace) = virtual_loop();
    let never = [Delay::from(f64::INFINITY), Duration::MAX.into(), 1e300.into()];
    for delay in never {
        assert_eq!(delay, never[0]);
        let timer = event_loop.call_later(delay, trace.saying("never")).unwrap();
        assert_eq!(timer.when().as_secs() / (365 * 24 * 3600), 292);
    }
    event_loop.call_later(f64::NEG_INFINITY, trace.saying("at once")).unwrap();
    run_out(&event_loop);
    assert_eq!((trace.line().as_str(), event_loop.time()), ("at once", Duration::ZERO));
}

#[test]
fn seconds_are_taken_to_the_nanosecond() {
    for (seconds, nanoseconds) in [(0.1 + 0.2, 300_000_000), (0.29, 290_000_000), (1e-9, 1), (4.4e-10, 0)] {
        assert_eq!(Delay::from(seconds), Delay::from(Duration::from_nanos(nanoseconds)));
    }
}
