//! Barriers: PRM-05.

use coframe::sync::{Barrier, BrokenBarrier, SyncError};
use coframe::{Task, or_raise, spawn, try_yield_from, yield_from};

use super::support::{run, turns};
use crate::support::Trace;

fn waiters<const N: usize>(barrier: &Barrier) -> [Task<usize>; N] {
    std::array::from_fn(|_| spawn(barrier.wait()))
}

fn broken(waiting: &Task<usize>) -> Option<BrokenBarrier> {
    waiting.result().err()?.downcast_ref().copied()
}

#[coframe::coroutine(task)]
fn twice(name: u32, barrier: Barrier, trace: Trace) {
    for phase in ["a", "b"] {
        let index = yield_from!(barrier.wait());
        trace.say(format!("{name}{phase}{index}"));
    }
}

/// `test_filling_tasks_wait_twice`, `test_filling_tasks_check_return_value`.
#[coframe::coroutine(task)]
fn wait_twice(trace: Trace) {
    let barrier = or_raise!(Barrier::new(3));
    assert_eq!(format!("{barrier:?}"), "<Barrier [filling, waiters:0/3]>");
    let tasks = [1, 2, 3].map(|name| spawn(twice(name, barrier.clone(), trace.clone())));
    for task in tasks {
        yield_from!(task);
    }
    let phases: Vec<_> = trace.lines();
    assert_eq!(phases.len(), 6);
    let (first, second) = phases.split_at(3);
    assert!(first.iter().all(|line| line.contains('a')) && second.iter().all(|line| line.contains('b')));
    for phase in [first, second] {
        for index in ["0", "1", "2"] {
            assert_eq!(phase.iter().filter(|line| line.ends_with(index)).count(), 1, "{phase:?}");
        }
    }
    assert_eq!((barrier.n_waiting(), barrier.broken()), (0, false));
}

#[test]
fn prm_05_all_go_on_together_phase_after_phase() {
    run(wait_twice);
}

#[coframe::coroutine(task)]
fn filling(_trace: Trace) {
    let barrier = or_raise!(Barrier::new(3));
    assert_eq!(barrier.parties(), 3);
    let [one, two] = waiters(&barrier);
    yield_from!(turns(2));
    assert_eq!(barrier.n_waiting(), 2);
    assert!(!one.done() && !two.done());
    let last = yield_from!(barrier.wait());
    assert_eq!((yield_from!(one), yield_from!(two), last), (0, 1, 2));
}

#[test]
fn prm_05_the_last_to_come_lets_all_go_on() {
    run(filling);
}

/// `test_filling_tasks_cancel_one`, and the same when the barrier is full.
#[coframe::coroutine(task)]
fn cancel_one(_trace: Trace) {
    let barrier = or_raise!(Barrier::new(3));
    let [one, two] = waiters(&barrier);
    yield_from!(turns(1));
    assert_eq!(barrier.n_waiting(), 2);
    one.cancel();
    yield_from!(turns(1));
    assert!(one.cancelled() && !two.done() && !barrier.broken());
    assert_eq!(barrier.n_waiting(), 1);
    let [three, four] = waiters(&barrier);
    yield_from!(turns(6));
    assert!(two.done() && three.done() && four.done());
    assert_eq!(format!("{barrier:?}"), "<Barrier [filling, waiters:0/3]>");

    // Woken, then cancelled: the others go on, and the barrier is empty in the end.
    let [one, two, three] = waiters(&barrier);
    yield_from!(turns(1));
    assert_eq!(format!("{barrier:?}"), "<Barrier [draining, waiters:0/3]>");
    one.cancel();
    yield_from!(turns(6));
    assert!(one.cancelled() && two.done() && three.done());
    assert_eq!(format!("{barrier:?}"), "<Barrier [filling, waiters:0/3]>");
}

#[test]
fn prm_05_a_cancelled_one_has_not_come() {
    run(cancel_one);
}

/// `test_abort_barrier`, `test_abort_barrier_when_exception_then_resetting`.
#[coframe::coroutine(task)]
fn abort(_trace: Trace) {
    let barrier = or_raise!(Barrier::new(3));
    let [one, two] = waiters(&barrier);
    yield_from!(turns(1));
    yield_from!(barrier.abort());
    yield_from!(turns(3));
    for waiting in [one, two] {
        assert_eq!(broken(&waiting), Some(BrokenBarrier::Interrupted));
    }
    assert_eq!(BrokenBarrier::Interrupted.to_string(), "Abort or reset of barrier");
    assert!(barrier.broken());
    assert_eq!(format!("{barrier:?}"), "<Barrier [broken]>");
    let refused = try_yield_from!(barrier.wait()).unwrap_err();
    assert_eq!(refused.to_string(), "Barrier aborted");
    yield_from!(barrier.reset());
    assert!(!barrier.broken());
    let [one, two, three] = waiters(&barrier);
    assert_eq!((yield_from!(one), yield_from!(two), yield_from!(three)), (0, 1, 2));
}

#[test]
fn prm_05_an_aborted_barrier_is_broken_until_it_is_reset() {
    run(abort);
}

/// `test_reset_barrier_while_tasks_waiting`.
#[coframe::coroutine(task)]
fn reset(_trace: Trace) {
    let barrier = or_raise!(Barrier::new(3));
    let [one, two] = waiters(&barrier);
    yield_from!(turns(1));
    yield_from!(barrier.reset());
    assert_eq!(format!("{barrier:?}"), "<Barrier [resetting, waiters:0/3]>");
    // Who comes meanwhile waits for those before to leave.
    let [three, four] = waiters(&barrier);
    yield_from!(turns(6));
    for waiting in [one, two] {
        assert_eq!(broken(&waiting), Some(BrokenBarrier::Interrupted));
    }
    assert!(!three.done() && !four.done());
    assert_eq!(barrier.n_waiting(), 2);
    yield_from!(barrier.wait());
    yield_from!(three);
    yield_from!(four);
}

#[test]
fn prm_05_a_reset_lets_those_who_wait_fail() {
    run(reset);
}

#[test]
fn prm_05_a_barrier_for_nobody_is_refused() {
    assert_eq!(Barrier::new(0).unwrap_err(), SyncError::NoParties);
}
