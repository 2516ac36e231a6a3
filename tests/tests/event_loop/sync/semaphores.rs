//! Semaphores: PRM-02.

use std::cell::RefCell;
use std::rc::Rc;

use coframe::sync::{BoundedSemaphore, Semaphore, SyncError};
use coframe::{Task, or_raise, sleep, spawn, yield_from};

use super::support::{all_over, cancel_soon, run, turns};
use crate::support::Trace;

#[coframe::coroutine(task)]
fn takes(name: u32, semaphore: Semaphore, trace: Trace) {
    yield_from!(semaphore.acquire()).forget();
    trace.say(name);
}

fn takers<const N: usize>(semaphore: &Semaphore, trace: &Trace) -> [Task<()>; N] {
    std::array::from_fn(|n| spawn(takes(n as u32 + 1, semaphore.clone(), trace.clone())))
}

/// `test_acquire`.
#[coframe::coroutine(task)]
fn acquire(trace: Trace) {
    let semaphore = Semaphore::new(3);
    yield_from!(semaphore.acquire()).forget();
    yield_from!(semaphore.acquire()).forget();
    assert!(!semaphore.locked());
    let [_one, _two, _three] = takers(&semaphore, &trace);
    yield_from!(turns(1));
    assert_eq!(trace.line(), "1");
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [locked, waiters:2]>");
    let four = spawn(takes(4, semaphore.clone(), trace.clone()));
    semaphore.release();
    semaphore.release();
    yield_from!(turns(1));
    assert_eq!(trace.line(), "2 3");
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [locked, waiters:1]>");
    semaphore.release();
    yield_from!(four);
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [locked]>");
    semaphore.release();
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [unlocked, value:1]>");
}

#[test]
fn prm_02_who_comes_first_is_served_first() {
    run(acquire);
}

/// `test_acquire_cancel`.
#[coframe::coroutine(task)]
fn acquire_cancel(_trace: Trace) {
    let semaphore = Semaphore::new(1);
    let permit = yield_from!(semaphore.acquire());
    let waiting = spawn(semaphore.acquire());
    or_raise!(cancel_soon(&waiting));
    yield_from!(waiting.handle().clone());
    assert!(waiting.cancelled());
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [locked]>");
    drop(permit);
    assert!(!semaphore.locked());
}

#[test]
fn prm_02_a_cancelled_waiter_leaves_the_line() {
    run(acquire_cancel);
}

/// `test_acquire_cancel_before_awoken`.
#[coframe::coroutine(task)]
fn cancel_before_awoken(trace: Trace) {
    let semaphore = Semaphore::new(0);
    let [one, two, three, four] = takers(&semaphore, &trace);
    yield_from!(turns(1));
    one.cancel();
    two.cancel();
    semaphore.release();
    yield_from!(turns(2));
    assert!(three.done() && !four.done());
    assert_eq!(trace.line(), "3");
    four.cancel();
}

#[test]
fn prm_02_cancelled_waiters_are_skipped() {
    run(cancel_before_awoken);
}

/// `test_acquire_hang`, and the same with the wake-up before the cancellation.
#[coframe::coroutine(task)]
fn acquire_hang(trace: Trace) {
    for release_first in [false, true] {
        let semaphore = Semaphore::new(0);
        let [one, two] = takers(&semaphore, &trace);
        yield_from!(turns(1));
        if release_first {
            semaphore.release();
            one.cancel();
        } else {
            one.cancel();
            semaphore.release();
        }
        yield_from!(turns(2));
        assert!(semaphore.locked() && one.cancelled() && two.done());
        assert_eq!(trace.line(), "2");
    }
}

#[test]
fn prm_02_a_woken_then_cancelled_waiter_passes_it_on() {
    run(acquire_hang);
}

type Victim = Rc<RefCell<Option<Task<()>>>>;

#[coframe::coroutine(task)]
fn cancels_the_next(semaphore: Semaphore, next: Victim) {
    {
        let _permit = yield_from!(semaphore.acquire());
        yield_from!(sleep(0));
    }
    let next = next.take();
    next.unwrap().cancel();
}

/// `test_acquire_no_hang`.
#[coframe::coroutine(task)]
fn acquire_no_hang(trace: Trace) {
    let (semaphore, next) = (Semaphore::new(1), Victim::default());
    let one = spawn(cancels_the_next(semaphore.clone(), next.clone()));
    let two = spawn(takes(2, semaphore.clone(), trace.clone()));
    next.replace(Some(two.clone()));
    yield_from!(one);
    yield_from!(two.handle().clone());
    assert!(two.cancelled());
    assert_eq!(trace.line(), "");
    let _permit = yield_from!(semaphore.acquire());
}

#[test]
fn prm_02_a_permit_is_not_lost_with_the_one_who_was_woken_for_it() {
    run(acquire_no_hang);
}

#[coframe::coroutine(task)]
fn twice(name: &'static str, semaphore: Semaphore, trace: Trace) {
    for n in 1..=2 {
        let _permit = yield_from!(semaphore.acquire());
        trace.say(format!("{name}_{n}"));
        yield_from!(sleep(0.01));
    }
}

/// `test_acquire_fifo_order`.
#[coframe::coroutine(task)]
fn fifo_order(trace: Trace) {
    let semaphore = Semaphore::new(1);
    let tasks = ["c1", "c2", "c3"].map(|name| spawn(twice(name, semaphore.clone(), trace.clone())));
    yield_from!(all_over(tasks.into()));
    assert_eq!(trace.line(), "c1_1 c2_1 c3_1 c1_2 c2_2 c3_2");
}

#[coframe::coroutine(task)]
fn again(semaphore: Semaphore, trace: Trace) {
    yield_from!(semaphore.acquire()).forget();
    trace.say(2);
    semaphore.release();
    yield_from!(semaphore.acquire()).forget();
    trace.say(4);
}

/// `test_acquire_fifo_order_2`.
#[coframe::coroutine(task)]
fn fifo_order_2(trace: Trace) {
    let semaphore = Semaphore::new(1);
    let one = spawn(takes(1, semaphore.clone(), trace.clone()));
    let two = spawn(again(semaphore.clone(), trace.clone()));
    let three = spawn(takes(3, semaphore.clone(), trace.clone()));
    yield_from!(turns(1));
    semaphore.release();
    semaphore.release();
    yield_from!(all_over(vec![one, two, three]));
    assert_eq!(trace.line(), "1 2 3 4");
}

/// `test_acquire_fifo_order_3`.
#[coframe::coroutine(task)]
fn fifo_order_3(trace: Trace) {
    let semaphore = Semaphore::new(0);
    let [one, two, three] = takers(&semaphore, &trace);
    yield_from!(turns(1));
    one.cancel();
    yield_from!(turns(1));
    semaphore.release();
    semaphore.release();
    yield_from!(all_over(vec![one, two, three]));
    assert_eq!(trace.line(), "2 3");
}

#[coframe::coroutine(task)]
fn first_of_four(semaphore: Semaphore, trace: Trace) -> Task<()> {
    yield_from!(semaphore.acquire()).forget();
    assert!(semaphore.locked());
    let inner = trace.clone();
    let four = spawn(async move { inner.say(4) });
    trace.say(1);
    four
}

#[coframe::coroutine(task)]
fn second_of_four(semaphore: Semaphore, trace: Trace) {
    for _ in 0..3 {
        semaphore.release();
    }
    assert!(semaphore.locked(), "the first has not woken up yet");
    yield_from!(semaphore.acquire()).forget();
    trace.say(2);
}

/// `test_acquire_fifo_order_4`.
#[coframe::coroutine(task)]
fn fifo_order_4(trace: Trace) {
    let semaphore = Semaphore::new(0);
    let one = spawn(first_of_four(semaphore.clone(), trace.clone()));
    let two = spawn(second_of_four(semaphore.clone(), trace.clone()));
    let three = spawn(takes(3, semaphore.clone(), trace.clone()));
    yield_from!(turns(1));
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [locked, waiters:3]>");
    let four = yield_from!(one);
    yield_from!(all_over(vec![two, three, four]));
    assert_eq!(trace.line(), "1 2 3 4");
}

#[test]
fn prm_02_nobody_who_comes_later_is_served_before() {
    run(fifo_order);
    run(fifo_order_2);
    run(fifo_order_3);
    run(fifo_order_4);
}

#[coframe::coroutine(task)]
fn bounded(_trace: Trace) {
    let semaphore = BoundedSemaphore::new(1);
    assert_eq!(semaphore.release(), Err(SyncError::ReleasedTooOften));
    let permit = yield_from!(semaphore.acquire());
    assert!(semaphore.locked());
    or_raise!(semaphore.release());
    drop(permit);
    assert_eq!(format!("{semaphore:?}"), "<BoundedSemaphore [unlocked, value:1]>", "it was there already");
    drop(yield_from!(semaphore.acquire()));
    assert_eq!(SyncError::ReleasedTooOften.to_string(), "BoundedSemaphore released too many times");
}

#[test]
fn prm_02_releasing_a_bounded_one_too_often_is_refused() {
    run(bounded);
}

#[test]
fn prm_02_permits_do_not_overflow() {
    let semaphore = Semaphore::new(usize::MAX);
    semaphore.release();
    assert_eq!(format!("{semaphore:?}"), format!("<Semaphore [unlocked, value:{}]>", usize::MAX));
}
