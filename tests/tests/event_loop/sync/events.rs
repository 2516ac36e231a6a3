//! Events: PRM-03.

use coframe::sync::Event;
use coframe::{or_raise, spawn, yield_from};

use super::support::{all_over, cancel_soon, run, turns};
use crate::support::Trace;

#[coframe::coroutine(task)]
fn waits(name: u32, event: Event, trace: Trace) {
    yield_from!(event.wait());
    trace.say(name);
}

/// `test_wait`.
#[coframe::coroutine(task)]
fn wait(trace: Trace) {
    let event = Event::new();
    let one = spawn(waits(1, event.clone(), trace.clone()));
    let two = spawn(waits(2, event.clone(), trace.clone()));
    yield_from!(turns(1));
    let three = spawn(waits(3, event.clone(), trace.clone()));
    event.set();
    yield_from!(turns(1));
    assert_eq!(trace.line(), "3 1 2");
    assert!(one.done() && two.done() && three.done());
    yield_from!(event.wait());
}

#[test]
fn prm_03_it_wakes_all_in_order() {
    run(wait);
}

/// `test_clear_with_waiters`.
#[coframe::coroutine(task)]
fn clear_with_waiters(trace: Trace) {
    let event = Event::new();
    let task = spawn(waits(1, event.clone(), trace.clone()));
    yield_from!(turns(1));
    event.set();
    event.clear();
    assert!(!event.is_set());
    event.set();
    event.set();
    event.clear();
    assert_eq!(format!("{event:?}"), "<Event [unset, waiters:1]>");
    yield_from!(turns(1));
    assert_eq!(trace.line(), "1");
    assert!(task.done());
    assert_eq!(format!("{event:?}"), "<Event [unset]>");
}

#[test]
fn prm_03_who_waited_is_woken_even_if_it_is_cleared_at_once() {
    run(clear_with_waiters);
}

/// `test_wait_cancel`.
#[coframe::coroutine(task)]
fn wait_cancel(_trace: Trace) {
    let event = Event::new();
    let task = spawn(event.wait());
    or_raise!(cancel_soon(&task));
    yield_from!(task.handle().clone());
    assert!(task.cancelled());
    assert_eq!(format!("{event:?}"), "<Event [unset]>");
}

#[test]
fn prm_03_a_cancelled_waiter_leaves_the_line() {
    run(wait_cancel);
}

#[coframe::coroutine(task)]
fn woken_then_cancelled(trace: Trace) {
    let event = Event::new();
    let tasks = [1, 2, 3].map(|name| spawn(waits(name, event.clone(), trace.clone())));
    yield_from!(turns(1));
    event.set();
    tasks[0].cancel();
    assert!(tasks.iter().all(|task| !task.done()));
    yield_from!(all_over(tasks.into()));
    assert_eq!(trace.line(), "2 3");
}

#[test]
fn prm_03_woken_then_cancelled_is_cancelled_and_the_others_hear_of_it() {
    run(woken_then_cancelled);
}
