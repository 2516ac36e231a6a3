//! Tests of what cannot be seen from outside: how much the heap of timers holds.

use std::cell::RefCell;
use std::rc::Rc;

use super::{EventLoop, TimerHandle};
use crate::{Task, sleep};

fn timers(event_loop: &EventLoop, delay: f64, n: usize) -> Vec<TimerHandle> {
    (0..n).map(|_| event_loop.call_later(delay, || ()).unwrap()).collect()
}

fn heap(event_loop: &EventLoop) -> usize {
    event_loop.0.timers.len()
}

/// Tasks that sleep.
fn sleepers(event_loop: &EventLoop, delay: f64, n: usize) -> Vec<Task<()>> {
    let tasks = (0..n).map(|_| event_loop.create_task(async move { sleep(delay).await })).collect();
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
    tasks
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

#[test]
fn sleeps_that_nobody_needs_leave_the_heap_as_timers_do() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    timers(&event_loop, 1000.0, 101);
    let sleepers = sleepers(&event_loop, 2000.0, 102);
    assert_eq!(heap(&event_loop), 203);
    sleepers.iter().for_each(|sleeper| _ = sleeper.cancel());
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!((heap(&event_loop), event_loop.0.timers.cancelled().count()), (203, 102));
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!((heap(&event_loop), event_loop.0.timers.cancelled().count()), (101, 0));
}

#[test]
fn a_sleep_that_nobody_needs_keeps_neither_its_loop_nor_its_task() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let counted = Rc::new(());
    let inner = counted.clone();
    let sleeper = event_loop.create_task(async move {
        let _inner = inner;
        sleep(2000.0).await
    });
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
    sleeper.cancel();
    event_loop.run_once().unwrap();
    drop(sleeper);
    assert_eq!((heap(&event_loop), Rc::strong_count(&counted)), (1, 1));
    let kept = Rc::downgrade(&event_loop.0);
    drop(event_loop);
    assert!(kept.upgrade().is_none());
}

/// So many that they are sorted, all or most of them; equal ones among them, and some that are cancelled.
#[test]
fn many_that_are_due_at_once_run_in_their_order() {
    for (due, later) in [(1000, 0), (1000, 300), (300, 1500), (1000, 6000)] {
        let event_loop = EventLoop::with_virtual_clock().unwrap();
        let ran = Rc::new(RefCell::new(Vec::new()));
        let mut expected = Vec::new();
        for number in 0..due {
            let (when, ran) = (-f64::from(number * 7919 % 100), ran.clone());
            let timer = event_loop.call_at(when, move || ran.borrow_mut().push(number)).unwrap();
            if number % 10 == 3 {
                timer.cancel();
            } else {
                expected.push((number * 7919 % 100, number));
            }
        }
        timers(&event_loop, 10.0, later);
        event_loop.run_once().unwrap();
        expected.sort_by_key(|(before, number)| (-before, *number));
        assert!(ran.borrow().iter().eq(expected.iter().map(|(_, number)| number)));
        assert_eq!((heap(&event_loop), event_loop.0.timers.cancelled().count()), (later, 0));
    }
}
