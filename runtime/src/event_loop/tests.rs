//! Tests of what cannot be seen from outside: how much the heap of timers holds.

use super::{EventLoop, TimerHandle};

fn timers(event_loop: &EventLoop, delay: f64, n: usize) -> Vec<TimerHandle> {
    (0..n).map(|_| event_loop.call_later(delay, || ()).unwrap()).collect()
}

fn heap(event_loop: &EventLoop) -> usize {
    event_loop.0.timers.len()
}

/// A loop with `live` timers, the first of which is due first, and then `cancelled` ones.
fn loop_with(live: usize, cancelled: usize) -> EventLoop {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    timers(&event_loop, 1.0, 1);
    timers(&event_loop, 1000.0, live - 1);
    timers(&event_loop, 2000.0, cancelled).iter().for_each(TimerHandle::cancel);
    event_loop
}

#[test]
fn lop_04_half_of_the_timers_cancelled_stay_in_the_heap() {
    let event_loop = loop_with(101, 101);
    event_loop.run_once().unwrap();
    assert_eq!(heap(&event_loop), 201, "only the one that was due is gone");
}

#[test]
fn lop_04_more_than_half_cancelled_leave_in_bulk() {
    let event_loop = loop_with(101, 102);
    event_loop.run_once().unwrap();
    assert_eq!(heap(&event_loop), 100);
}

#[test]
fn lop_04_few_timers_are_not_cleaned() {
    let event_loop = loop_with(2, 98);
    event_loop.run_once().unwrap();
    assert_eq!(heap(&event_loop), 99);
    event_loop.run_once().unwrap();
    assert_eq!(heap(&event_loop), 98, "the second live one came before them");
}

#[test]
fn lop_04_cancelled_timers_leave_from_the_top_of_a_small_heap() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    timers(&event_loop, 1.0, 10).iter().for_each(TimerHandle::cancel);
    timers(&event_loop, 2.0, 1);
    event_loop.run_once().unwrap();
    assert_eq!(heap(&event_loop), 0);
}

#[test]
fn lop_04_a_million_timers_cancelled_one_by_one_take_no_room() {
    let event_loop = loop_with(1000, 0);
    for _ in 0..1_000_000 {
        event_loop.call_later(5.0, || ()).unwrap().cancel();
        assert!(heap(&event_loop) <= 2 * 1000 + 1);
    }
}

#[test]
fn lop_04_a_million_timers_cancelled_at_once_are_forgotten_in_one_pass() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let many = timers(&event_loop, 5.0, 1_000_000);
    event_loop.call_soon(move || many.iter().for_each(TimerHandle::cancel)).unwrap();
    event_loop.run_once().unwrap();
    event_loop.stop();
    event_loop.run_once().unwrap();
    assert_eq!(heap(&event_loop), 0);
}

#[test]
fn lop_04_cancelling_what_is_due_or_done_or_closed_is_not_counted() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let done = timers(&event_loop, 1.0, 3);
    let victim = event_loop.call_later(1.0, || unreachable!("cancelled when it was due") as ()).unwrap();
    let canceller = {
        let victim = victim.clone();
        event_loop.call_later(0.5, move || victim.cancel()).unwrap()
    };
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    for timer in done.iter().chain([&victim, &canceller]) {
        timer.cancel();
        assert!(timer.cancelled());
    }
    let closed = timers(&event_loop, 1.0, 3);
    event_loop.close().unwrap();
    closed.iter().for_each(TimerHandle::cancel);
    assert_eq!(event_loop.0.timers.cancelled().count(), 0);
}
