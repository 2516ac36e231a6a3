//! The virtual clock, and where it finds a deadlock.

use std::time::Duration;

use coframe::event_loop::{EventLoop, LoopError};

use crate::support::{run_out, virtual_loop};

#[test]
fn time_jumps_to_the_next_deadline_and_stands_in_between() {
    let (event_loop, trace) = virtual_loop();
    for seconds in [3600.0, 0.5, 86_400.0] {
        let (event_loop, trace) = (event_loop.clone(), trace.clone());
        let looking = event_loop.clone();
        event_loop.call_later(seconds, move || trace.say(looking.time().as_secs_f64())).unwrap();
    }
    assert_eq!(event_loop.time(), Duration::ZERO);
    run_out(&event_loop);
    assert_eq!(trace.line(), "0.5 3600 86400");
}

#[test]
fn time_does_not_jump_while_a_callback_is_ready() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_later(1.0, trace.saying("timer")).unwrap();
    event_loop.call_soon(trace.saying("ready")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!((trace.line().as_str(), event_loop.time()), ("ready", Duration::ZERO));
}

#[test]
fn time_does_not_jump_to_a_cancelled_timer() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_later(1.0, trace.saying("cancelled")).unwrap().cancel();
    event_loop.call_later(2.0, trace.saying("left")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!((trace.line().as_str(), event_loop.time()), ("left", Duration::from_secs(2)));
}

#[test]
fn time_does_not_jump_when_the_loop_was_stopped() {
    let (event_loop, trace) = virtual_loop();
    event_loop.call_later(1.0, trace.saying("timer")).unwrap();
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!((trace.line().as_str(), event_loop.time()), ("", Duration::ZERO));
}

#[test]
fn timers_made_by_timers_see_the_time_of_their_making() {
    fn tick(event_loop: &EventLoop, left: u32) -> Result<(), coframe::Exception> {
        let next = event_loop.clone();
        if left > 0 {
            event_loop.call_later(0.1, move || tick(&next, left - 1))?;
        }
        Ok(())
    }
    let (event_loop, _) = virtual_loop();
    tick(&event_loop, 1000).unwrap();
    run_out(&event_loop);
    assert_eq!(event_loop.time(), Duration::from_secs(100));
}

#[test]
fn a_loop_with_nothing_to_do_is_a_deadlock_and_can_be_used_on() {
    let (event_loop, trace) = virtual_loop();
    assert!(matches!(event_loop.run_once().unwrap_err().downcast(), Ok(LoopError::Deadlock)));
    run_out(&event_loop);
    event_loop.call_later(1.0, trace.saying("cancelled")).unwrap().cancel();
    run_out(&event_loop);
    assert!(!event_loop.is_running());
    event_loop.call_soon(trace.saying("runs")).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "runs");
}

#[test]
fn a_stopped_loop_with_nothing_to_do_is_none() {
    let (event_loop, _) = virtual_loop();
    event_loop.stop();
    event_loop.run_forever().unwrap();
}

#[test]
fn a_real_clock_does_not_go_back() {
    let event_loop = EventLoop::new().unwrap();
    let mut last = event_loop.time();
    for _ in 0..1000 {
        let now = event_loop.time();
        assert!(now >= last);
        last = now;
    }
}
