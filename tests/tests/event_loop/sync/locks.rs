//! Locks: PRM-01.

use coframe::sync::{Lock, SyncError};
use coframe::{Promise, Task, or_raise, spawn, try_yield_from, yield_from};

use super::support::{cancel_soon, run, running, turns};
use crate::support::{Trace, virtual_loop};

#[coframe::coroutine(task)]
fn takes(name: u32, lock: Lock, trace: Trace) {
    yield_from!(lock.acquire()).forget();
    trace.say(name);
}

fn takers<const N: usize>(lock: &Lock, trace: &Trace) -> [Task<()>; N] {
    std::array::from_fn(|n| spawn(takes(n as u32 + 1, lock.clone(), trace.clone())))
}

/// `test_acquire`.
#[coframe::coroutine(task)]
fn acquire(trace: Trace) {
    let lock = Lock::new();
    yield_from!(lock.acquire()).forget();
    let [one, two] = takers(&lock, &trace);
    yield_from!(turns(1));
    assert_eq!(trace.line(), "");
    or_raise!(lock.release());
    yield_from!(turns(1));
    assert_eq!(trace.line(), "1");
    yield_from!(turns(1));
    assert_eq!(trace.line(), "");
    let three = spawn(takes(3, lock.clone(), trace.clone()));
    or_raise!(lock.release());
    yield_from!(turns(1));
    assert_eq!(trace.line(), "2");
    or_raise!(lock.release());
    yield_from!(turns(1));
    assert_eq!(trace.line(), "3");
    assert!(one.done() && two.done() && three.done());
}

#[test]
fn prm_01_who_comes_first_is_served_first() {
    run(acquire);
}

/// `test_acquire_cancel`.
#[coframe::coroutine(task)]
fn acquire_cancel(_trace: Trace) {
    let lock = Lock::new();
    let _guard = yield_from!(lock.acquire());
    let waiting = spawn(lock.acquire());
    or_raise!(cancel_soon(&waiting));
    yield_from!(waiting.handle().clone());
    assert!(waiting.cancelled());
    assert_eq!(format!("{lock:?}"), "<Lock [locked]>", "nobody is left in line");
}

#[test]
fn prm_01_a_cancelled_waiter_leaves_the_line() {
    run(acquire_cancel);
}

#[coframe::coroutine(task)]
fn lock_it(lock: Lock, blocker: Option<Promise<()>>) {
    let _guard = yield_from!(lock.acquire());
    if let Some(blocker) = blocker {
        yield_from!(blocker);
    }
}

/// `test_cancel_race`.
#[coframe::coroutine(task)]
fn cancel_race(_trace: Trace) {
    let lock = Lock::new();
    let blocker = running().create_promise();
    let a = spawn(lock_it(lock.clone(), Some(blocker.clone())));
    yield_from!(turns(1));
    assert!(lock.locked());
    let b = spawn(lock_it(lock.clone(), None));
    yield_from!(turns(1));
    let c = spawn(lock_it(lock.clone(), None));
    yield_from!(turns(1));
    assert_eq!(format!("{lock:?}"), "<Lock [locked, waiters:2]>");
    or_raise!(blocker.set_result(()));
    b.cancel();
    yield_from!(turns(1));
    assert!(!lock.locked() && a.done() && b.cancelled());
    yield_from!(c);
}

#[test]
fn prm_01_a_release_goes_past_a_cancelled_waiter() {
    run(cancel_race);
}

/// `test_cancel_release_race`.
#[coframe::coroutine(task)]
fn cancel_release_race(trace: Trace) {
    let lock = Lock::new();
    yield_from!(lock.acquire()).forget();
    let [one, two, three] = takers(&lock, &trace);
    yield_from!(turns(1));
    let (released, cancelled) = (lock.clone(), one.clone());
    or_raise!(running().call_soon(move || {
        cancelled.cancel();
        released.release()
    }));
    yield_from!(one.handle().clone());
    assert!(one.cancelled() && two.done());
    assert_eq!(trace.line(), "2", "only one lock was taken");
    three.cancel();
    yield_from!(turns(1));
    assert!(three.cancelled());
}

#[test]
fn prm_01_one_release_lets_one_in() {
    run(cancel_release_race);
}

/// `test_finished_waiter_cancelled`, and the same with the wake-up before the cancellation.
#[coframe::coroutine(task)]
fn finished_waiter_cancelled(trace: Trace) {
    for release_first in [false, true] {
        let lock = Lock::new();
        yield_from!(lock.acquire()).forget();
        let [one, two] = takers(&lock, &trace);
        yield_from!(turns(1));
        if release_first {
            or_raise!(lock.release());
            one.cancel();
        } else {
            one.cancel();
            or_raise!(lock.release());
        }
        let three = spawn(takes(3, lock.clone(), trace.clone()));
        yield_from!(turns(2));
        assert!(one.cancelled() && two.done() && lock.locked());
        assert_eq!(trace.line(), "2");
        or_raise!(lock.release());
        yield_from!(three);
        assert_eq!(trace.line(), "3");
    }
}

#[test]
fn prm_01_a_woken_then_cancelled_waiter_passes_it_on() {
    run(finished_waiter_cancelled);
}

#[coframe::coroutine(task)]
fn takes_for_a_moment(lock: Lock, trace: Trace) {
    let _guard = yield_from!(lock.acquire());
    trace.say("first");
}

#[coframe::coroutine(task)]
fn no_barging(trace: Trace) {
    let lock = Lock::new();
    let guard = yield_from!(lock.acquire());
    let _first = spawn(takes_for_a_moment(lock.clone(), trace.clone()));
    yield_from!(turns(1));
    drop(guard);
    assert!(!lock.locked(), "it is handed over at the next step of the one who waits");
    let _guard = yield_from!(lock.acquire());
    trace.say("newcomer");
}

#[test]
fn prm_01_a_newcomer_does_not_get_in_before_the_one_that_was_woken() {
    let (event_loop, trace) = virtual_loop();
    event_loop.run_until_complete(no_barging(trace.clone())).unwrap();
    assert_eq!(trace.line(), "first newcomer");
}

#[test]
fn prm_01_releasing_a_free_lock_is_refused() {
    let lock = Lock::new();
    assert_eq!(lock.release(), Err(SyncError::NotAcquired));
    assert_eq!(SyncError::NotAcquired.to_string(), "Lock is not acquired.");
}

#[coframe::coroutine(task)]
fn guards(_trace: Trace) {
    let lock = Lock::new();
    let one = yield_from!(lock.acquire());
    assert!(one.holds());
    or_raise!(lock.release());
    assert!(!one.holds());
    let two = yield_from!(lock.acquire());
    drop(one);
    assert!(two.holds() && lock.locked(), "a guard releases only what it acquired");
    two.forget();
    assert!(lock.locked());
    or_raise!(lock.release());
    assert_eq!(format!("{lock:?}"), "<Lock [unlocked]>");
}

#[test]
fn guards_hold_one_acquisition() {
    run(guards);
}

#[coframe::coroutine(task)]
fn of_another_loop(lock: Lock) {
    let waiting = spawn(lock.acquire());
    let refused = try_yield_from!(waiting.take());
    assert_eq!(refused.unwrap_err().downcast_ref(), Some(&SyncError::OfAnotherLoop));
}

/// `test_ambiguous_loops`.
#[test]
fn prm_01_a_lock_belongs_to_the_loop_of_its_first_wait() {
    let lock = Lock::new();
    let (first, trace) = virtual_loop();
    first.run_until_complete(lock.acquire()).unwrap().forget();
    let waiting = first.create_task(takes(1, lock.clone(), trace.clone()));
    first.run_once().unwrap();
    let (second, _) = virtual_loop();
    second.run_until_complete(of_another_loop(lock.clone())).unwrap();
    lock.release().unwrap();
    first.run_until_complete(waiting).unwrap();
    assert_eq!(trace.line(), "1");
    // What does not wait is bound to nothing.
    lock.release().unwrap();
    drop(second.run_until_complete(lock.acquire()).unwrap());
}
