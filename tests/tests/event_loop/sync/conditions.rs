//! Conditions: PRM-04.

use std::cell::Cell;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::sync::{Condition, Lock, SyncError};
use coframe::{Cancelled, Exception, Task, or_raise, raise, sleep, spawn, try_yield_from, yield_from};

use super::support::{all_over, cancel_soon, run, running, turns};
use crate::support::{Trace, virtual_loop};

#[coframe::coroutine(task)]
fn waits(name: u32, condition: Condition, trace: Trace) {
    let _guard = yield_from!(condition.acquire());
    yield_from!(condition.wait());
    assert!(condition.locked() && _guard.holds());
    trace.say(name);
}

fn waiters<const N: usize>(condition: &Condition, trace: &Trace) -> [Task<()>; N] {
    std::array::from_fn(|n| spawn(waits(n as u32 + 1, condition.clone(), trace.clone())))
}

#[coframe::coroutine(task)]
fn notify(condition: Condition, n: usize) {
    let _guard = yield_from!(condition.acquire());
    or_raise!(condition.notify(n));
}

/// `test_notify`, `test_notify_all`.
#[coframe::coroutine(task)]
fn notify_in_order(trace: Trace) {
    let condition = Condition::new();
    let [_one, _two, _three, _four] = waiters(&condition, &trace);
    yield_from!(turns(1));
    assert_eq!(format!("{condition:?}"), "<Condition [unlocked, waiters:4]>");
    yield_from!(notify(condition.clone(), 0));
    yield_from!(turns(2));
    assert_eq!(trace.line(), "");
    yield_from!(notify(condition.clone(), 1));
    yield_from!(turns(2));
    assert_eq!(trace.line(), "1");
    yield_from!(notify(condition.clone(), 2));
    yield_from!(turns(2));
    assert_eq!(trace.line(), "2 3");
    {
        let _guard = yield_from!(condition.acquire());
        or_raise!(condition.notify_all());
        or_raise!(condition.notify(2048));
    }
    yield_from!(turns(2));
    assert_eq!(trace.line(), "4");
}

#[test]
fn prm_04_notify_wakes_as_many_as_asked_in_order() {
    run(notify_in_order);
}

#[coframe::coroutine(task)]
fn keeps(name: u32, condition: Condition, trace: Trace) {
    yield_from!(condition.acquire()).forget();
    yield_from!(condition.wait());
    trace.say(name);
}

/// `test_wait`: each goes on once the lock is released.
#[coframe::coroutine(task)]
fn one_at_a_time(trace: Trace) {
    let condition = Condition::new();
    let tasks = [1, 2].map(|name| spawn(keeps(name, condition.clone(), trace.clone())));
    yield_from!(turns(1));
    yield_from!(condition.acquire()).forget();
    or_raise!(condition.notify_all());
    yield_from!(turns(1));
    assert_eq!(trace.line(), "");
    for name in ["1", "2"] {
        assert!(condition.locked());
        or_raise!(condition.release());
        yield_from!(turns(1));
        assert_eq!(trace.line(), name);
    }
    assert!(condition.locked());
    yield_from!(all_over(tasks.into()));
}

#[test]
fn prm_04_a_wait_ends_holding_the_lock() {
    run(one_at_a_time);
}

/// `test_wait_cancel`.
#[coframe::coroutine(task)]
fn wait_cancel(_trace: Trace) {
    let condition = Condition::new();
    yield_from!(condition.acquire()).forget();
    let waiting = spawn(condition.wait());
    or_raise!(cancel_soon(&waiting));
    yield_from!(waiting.handle().clone());
    assert!(waiting.cancelled());
    assert_eq!(format!("{condition:?}"), "<Condition [locked]>");
}

/// `test_wait_cancel_contested`.
#[coframe::coroutine(task)]
fn wait_cancel_contested(_trace: Trace) {
    let condition = Condition::new();
    yield_from!(condition.acquire()).forget();
    let waiting = spawn(condition.wait());
    yield_from!(turns(1));
    assert!(!condition.locked());
    yield_from!(condition.acquire()).forget();
    or_raise!(condition.notify(1));
    or_raise!(cancel_soon(&waiting));
    let released = condition.clone();
    or_raise!(running().call_soon(move || released.release()));
    yield_from!(waiting.handle().clone());
    assert!(condition.locked());
}

/// `test_wait_cancel_after_notify`.
#[coframe::coroutine(task)]
fn wait_cancel_after_notify(trace: Trace) {
    let condition = Condition::new();
    let [waiter] = waiters(&condition, &trace);
    yield_from!(turns(1));
    let guard = yield_from!(condition.acquire());
    or_raise!(condition.notify(1));
    yield_from!(turns(1));
    waiter.cancel();
    yield_from!(turns(1));
    assert!(!waiter.done(), "it waits for the lock all the same");
    drop(guard);
    yield_from!(turns(1));
    assert!(waiter.cancelled() && !condition.locked());
}

#[test]
fn prm_04_a_cancelled_wait_holds_the_lock_before_it_raises() {
    run(wait_cancel);
    run(wait_cancel_contested);
    run(wait_cancel_after_notify);
}

#[coframe::coroutine(task)]
fn reraises(condition: Condition, wake: Rc<Cell<bool>>) {
    let guard = yield_from!(condition.acquire());
    if let Err(cancelled) = try_yield_from!(condition.wait_for(move || wake.get())) {
        assert!(matches!(cancelled, Exception::Cancelled(_)) && guard.holds());
        raise!(cancelled);
    }
}

/// `test_cancelled_error_re_aquire`; of several cancellations the last one is raised.
#[coframe::coroutine(task)]
fn cancelled_error_re_acquire(_trace: Trace) {
    let (condition, wake) = (Condition::new(), Rc::new(Cell::new(false)));
    let task = spawn(reraises(condition.clone(), wake.clone()));
    yield_from!(turns(1));
    let guard = yield_from!(condition.acquire());
    wake.set(true);
    or_raise!(condition.notify(1));
    yield_from!(turns(1));
    for message in ["foo", "bar"] {
        task.cancel_with(Cancelled::new(message));
        yield_from!(turns(1));
    }
    drop(guard);
    let cancelled = try_yield_from!(task.clone()).unwrap_err();
    assert!(task.cancelled());
    assert_eq!(cancelled.to_string(), "bar");
    assert_eq!(task.cancelling(), 2);
}

#[test]
fn prm_04_a_cancellation_while_the_lock_is_taken_again_is_kept() {
    run(cancelled_error_re_acquire);
}

#[coframe::coroutine(task)]
fn consumer(condition: Condition, state: Rc<Cell<i32>>) {
    let _guard = yield_from!(condition.acquire());
    loop {
        let seen = state.clone();
        yield_from!(condition.wait_for(move || seen.get() != 0));
        if state.get() < 0 {
            return;
        }
        state.set(state.get() - 1);
    }
}

/// `test_cancelled_wakeup`, `test_cancelled_wakeup_relock`.
#[coframe::coroutine(task)]
fn cancelled_wakeup(_trace: Trace) {
    for relock in [false, true] {
        let (condition, state) = (Condition::new(), Rc::new(Cell::new(0)));
        let [first, second] = [(); 2].map(|()| spawn(consumer(condition.clone(), state.clone())));
        yield_from!(turns(1));
        let _guard = yield_from!(condition.acquire());
        state.set(1);
        or_raise!(condition.notify(1));
        if relock {
            yield_from!(turns(1));
        }
        first.cancel();
        or_raise!(condition.release());
        yield_from!(turns(10));
        assert_eq!(state.get(), 0, "the other one was notified instead");
        assert!(first.cancelled() && !second.done());
        let _guard = yield_from!(condition.acquire());
        state.set(-1);
        or_raise!(condition.notify_all());
        or_raise!(condition.release());
        yield_from!(second);
    }
}

#[test]
fn prm_04_a_woken_then_cancelled_waiter_passes_it_on() {
    run(cancelled_wakeup);
}

/// `test_wait_for`, `test_wait_for_unacquired`.
#[coframe::coroutine(task)]
fn wait_for(_trace: Trace) {
    let (condition, state) = (Condition::new(), Rc::new(Cell::new(0)));
    yield_from!(condition.wait_for(|| true));
    let refused = try_yield_from!(condition.wait_for(|| false));
    assert_eq!(refused.unwrap_err().downcast_ref(), Some(&SyncError::WaitUnlocked));
    let task = spawn(consumer(condition.clone(), state.clone()));
    yield_from!(turns(1));
    yield_from!(notify(condition.clone(), 1));
    yield_from!(turns(2));
    assert!(!task.done());
    state.set(-1);
    yield_from!(notify(condition.clone(), 1));
    yield_from!(task);
}

#[test]
fn prm_04_wait_for_looks_again_after_each_notification() {
    run(wait_for);
}

#[coframe::coroutine(task)]
fn unacquired(_trace: Trace) {
    let condition = Condition::new();
    let refused = try_yield_from!(condition.wait()).unwrap_err();
    assert_eq!(refused.to_string(), "cannot wait on un-acquired lock");
    assert_eq!(condition.notify(1), Err(SyncError::NotifyUnlocked));
    assert_eq!(condition.notify_all(), Err(SyncError::NotifyUnlocked));
    assert_eq!(condition.release(), Err(SyncError::NotAcquired));
}

#[test]
fn prm_04_without_the_lock_it_is_refused() {
    run(unacquired);
}

/// `test_explicit_lock`.
#[coframe::coroutine(task)]
fn explicit_lock(trace: Trace) {
    let lock = Lock::new();
    let (one, other) = (Condition::with_lock(lock.clone()), Condition::with_lock(lock.clone()));
    let _task = spawn(waits(1, one.clone(), trace.clone()));
    yield_from!(turns(1));
    assert!(!lock.locked() && !one.locked());
    let guard = yield_from!(other.acquire());
    assert!(lock.locked() && one.locked());
    or_raise!(one.notify(1));
    drop(guard);
    yield_from!(sleep(1.0));
    assert_eq!(trace.line(), "1");
}

#[test]
fn prm_04_conditions_may_share_a_lock() {
    run(explicit_lock);
}

/// The part of `test_ambiguous_loops` about conditions.
#[test]
fn prm_04_a_condition_belongs_to_the_loop_of_its_first_wait() {
    let (first, trace) = virtual_loop();
    let condition = Condition::new();
    let waiting = first.create_task(waits(1, condition.clone(), trace));
    first.run_once().unwrap();
    let second = EventLoop::with_virtual_clock().unwrap();
    drop(second.run_until_complete(condition.acquire()).map(|guard| guard.forget()));
    let refused = second.run_until_complete(condition.wait()).unwrap_err();
    assert_eq!(refused.downcast_ref(), Some(&SyncError::OfAnotherLoop));
    assert!(condition.locked(), "nothing was released for it");
    condition.notify(1).unwrap();
    condition.release().unwrap();
    first.run_until_complete(waiting).unwrap();
}
