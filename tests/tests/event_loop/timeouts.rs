//! `timeout` and `Timeout`: CMB-07, after asyncio's `test_timeouts`.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use coframe::event_loop::EventLoop;
use coframe::{
    Cancelled, Exception, ExceptionGroup, Limit, Promise, Scope, ScopeError, TaskGroup, Timeout, TimeoutError, attempt,
    current_task, or_raise, raise, sleep, spawn, timeout, timeout_at, try_yield_from, yield_from,
};

use crate::support::{Trace, ValueError, virtual_loop};

#[track_caller]
fn assert_timeout<T>(result: Result<T, Exception>) {
    let exception = result.err().expect("it fails");
    assert!(exception.is::<TimeoutError>(), "{exception:?}");
    assert!(matches!(exception.source(), Some(Exception::Cancelled(_))), "{exception:?}");
    assert_eq!(exception.to_string(), "timed out");
}

fn is_cancelled<T>(result: &Result<T, Exception>) -> bool {
    matches!(result, Err(Exception::Cancelled(_)))
}

fn refused<T>(result: Result<T, Exception>) -> Option<String> {
    Some(result.err()?.downcast_ref::<ScopeError>()?.to_string())
}

fn error(text: &str) -> Exception {
    ValueError(text.to_owned()).into()
}

/// Sleeps, and says what became of it.
#[coframe::coroutine(task)]
fn nap(trace: Trace, name: &'static str, seconds: f64) -> &'static str {
    let result = try_yield_from!(sleep(seconds));
    trace.say(if result.is_ok() { name.to_owned() } else { format!("{name}-cancelled") });
    or_raise!(result);
    name
}

/// Runs `main`, and gives the seconds that it took.
#[track_caller]
fn seconds(event_loop: &EventLoop, main: impl IntoFuture<Output = Result<(), Exception>, IntoFuture: 'static>) -> f64 {
    let begin = event_loop.time();
    event_loop.run_until_complete(main).unwrap();
    (event_loop.time() - begin).as_secs_f64()
}

#[test]
fn cmb_07_what_is_in_time_is_given_and_what_is_late_is_cancelled_where_it_waits() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let took = seconds(&event_loop, async move {
        assert_eq!(timeout(2.0, nap(inner.clone(), "in time", 1.0)).await?, "in time");
        assert_timeout(timeout(2.0, nap(inner.clone(), "late", 9.0)).await);
        assert_eq!(timeout(Limit::NONE, nap(inner.clone(), "unlimited", 9.0)).await?, "unlimited");
        let end = EventLoop::running().unwrap().time() + std::time::Duration::from_secs(3);
        assert_timeout(timeout_at(end, nap(inner.clone(), "at", 9.0)).await);
        assert_eq!(timeout_at(Limit::NONE, async { 7_u32 }).await?, 7);
        assert_eq!(current_task().unwrap().cancelling(), 0);
        sleep(1.0).await // nothing is left of it
    });
    assert_eq!(trace.line(), "in time late-cancelled unlimited at-cancelled");
    assert_eq!(took, 1.0 + 2.0 + 9.0 + 3.0 + 1.0);
}

#[test]
fn cmb_07_plain_futures_are_dropped_and_the_async_block_goes_on() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let loud = inner.loud("dropped");
            assert_timeout(timeout(1.0, async move { drop((pending::<()>().await, loud)) }).await);
            inner.say("next");
            // Through two scopes, of which the inner one does not expire.
            let loud = inner.loud("dropped");
            let scopes = timeout(1.0, timeout(5.0, async move { drop((pending::<()>().await, loud)) }));
            assert_timeout(scopes.await);
            inner.say("next");
            // And of which the inner one does.
            assert_timeout(timeout(5.0, timeout(1.0, pending::<()>())).await);
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "dropped next dropped next");
}

#[test]
fn cmb_07_promises_and_tasks_in_it_are_cancelled_and_waited_for() {
    #[coframe::coroutine(task)]
    fn slow(trace: Trace) {
        let result = try_yield_from!(sleep(9.0));
        yield_from!(sleep(1.0));
        trace.say("clean");
        or_raise!(result)
    }
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let took = seconds(&event_loop, async move {
        let promise: Promise<u32> = EventLoop::running().unwrap().create_promise();
        assert_timeout(timeout(1.0, promise.clone()).await);
        assert!(promise.cancelled());
        let task = spawn(slow(inner));
        assert_timeout(timeout(1.0, task.clone()).await);
        assert!(task.cancelled());
        Ok(())
    });
    assert_eq!(trace.line(), "clean");
    assert_eq!(took, 3.0);
}

#[test]
fn cmb_07_a_body_may_refuse_and_its_value_or_error_leaves() {
    #[coframe::coroutine(task)]
    fn refuses(fails: bool) -> u32 {
        if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(9.0)) {
            yield_from!(sleep(1.0));
        }
        if fails {
            raise!(error("in the clean-up"));
        }
        42
    }
    let (event_loop, _) = virtual_loop();
    let took = seconds(&event_loop, async {
        let scope = Timeout::new(1.0);
        assert_eq!(scope.run(refuses(false)).await?, 42);
        assert!(scope.expired());
        assert_eq!(current_task().unwrap().cancelling(), 0);
        assert!(timeout(1.0, refuses(true)).await.unwrap_err().is::<ValueError>());
        Ok(())
    });
    assert_eq!(took, 4.0);
}

/// `test_foreign_exception_on_timeout` and `_2`, as far as sources are said here.
#[test]
fn cmb_07_an_error_that_was_raised_from_the_cancellation_is_raised_from_the_timeout() {
    #[coframe::coroutine(task)]
    fn translates() {
        if let Err(cancelled) = try_yield_from!(sleep(9.0)) {
            let middle = error("middle").with_source(cancelled);
            raise!(error("outer"), from = middle);
        }
    }
    let (event_loop, _) = virtual_loop();
    let outer = event_loop.run_until_complete(timeout(1.0, translates())).unwrap_err();
    assert_eq!(outer.to_string(), "outer");
    let middle = outer.source().unwrap();
    assert_eq!(middle.to_string(), "middle");
    assert_timeout(Err::<(), _>(middle.source().unwrap().clone()));
    assert!(!outer.traceback().is_empty());

    let unrelated = Exception::from(ValueError("a".to_owned())).with_source(error("b"));
    let failed = event_loop.run_until_complete(timeout(1.0, async { Err::<(), _>(unrelated) })).unwrap_err();
    assert_eq!(failed.source().unwrap().to_string(), "b");
    assert!(failed.source().unwrap().source().is_none());
}

#[test]
fn cmb_07_of_scopes_with_one_deadline_the_outer_one_gives_the_error() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let (outer, scope) = (Timeout::at(1.0), Timeout::at(1.0));
            let handle = scope.clone();
            let body = async move {
                let result = handle.run(sleep(9.0)).await;
                inner.say(is_cancelled(&result));
                result
            };
            assert_timeout(outer.run(body).await);
            assert!(outer.expired() && scope.expired());
            assert_eq!(current_task().unwrap().cancelling(), 0);
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "true");
}

/// `test_nested_timeouts_loop_busy`: both deadlines pass at once, first that of the inner one.
#[test]
fn cmb_07_an_outer_deadline_comes_after_an_inner_one() {
    let (event_loop, _) = virtual_loop();
    let took = seconds(&event_loop, async {
        let body = async {
            assert_timeout(timeout(1.0, sleep(9.0)).await);
            sleep(9.0).await
        };
        assert_timeout(timeout(3.0, body).await);
        Ok(())
    });
    assert_eq!(took, 3.0);
}

/// `test_nested_timeout_in_finally`.
#[test]
fn cmb_07_a_scope_in_the_clean_up_of_another() {
    #[coframe::coroutine(task)]
    fn cleans_up(trace: Trace) {
        let result = try_yield_from!(sleep(9.0));
        assert_timeout(attempt! { yield_from!(timeout(1.0, sleep(9.0))) });
        trace.say("clean");
        or_raise!(result)
    }
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let took = seconds(&event_loop, async {
        assert_timeout(timeout(1.0, cleans_up(inner)).await);
        Ok(())
    });
    assert_eq!((took, trace.line()), (2.0, "clean".to_owned()));
}

#[test]
fn cmb_07_a_deadline_in_the_past_comes_in_the_next_pass() {
    let (event_loop, trace) = virtual_loop();
    for limit in [0.0, -11.0] {
        let inner = trace.clone();
        let took = seconds(&event_loop, async move {
            assert_timeout(timeout(limit, nap(inner.clone(), "a", 9.0)).await);
            assert_timeout(timeout(limit, nap(inner.clone(), "turn", 0.0)).await);
            timeout(limit, async { inner.say("no wait") }).await?;
            sleep(0.0).await
        });
        assert_eq!(took, 0.0);
        assert_eq!(trace.line(), "a-cancelled turn-cancelled no wait");
    }
}

#[test]
fn cmb_07_a_cancellation_by_others_is_none_of_the_deadline() {
    #[coframe::coroutine(task)]
    fn main(scope: Timeout, trace: Trace) {
        let result = try_yield_from!(scope.run(nap(trace.clone(), "body", 9.0)));
        assert!(is_cancelled(&result));
        trace.say(format!("{} {}", scope.expired(), current_task().unwrap().cancelling()));
        or_raise!(result);
    }
    // Before the deadline; at the same time, first or last.
    for (at, deadline, expected) in [(1.0, 2.0, "false 1"), (1.0, 1.0, "true 1")] {
        for first in [true, false] {
            let (event_loop, trace) = virtual_loop();
            let scope = Timeout::at(deadline);
            let task = event_loop.create_task(main(scope, trace.clone()));
            let inner = task.clone();
            let cancel = move || _ = inner.cancel_with(Cancelled::new("foreign"));
            if !first {
                event_loop.run_once().unwrap();
            }
            event_loop.call_later(at, cancel).unwrap();
            assert!(is_cancelled(&event_loop.run_until_complete(task)));
            assert_eq!(trace.line(), format!("body-cancelled {expected}"));
        }
    }
}

/// `test_timeout_after_cancellation` and `test_cancel_in_timeout_after_cancellation`.
#[test]
fn cmb_07_requests_from_before_it_was_entered_do_not_count() {
    #[coframe::coroutine(task)]
    fn main(again: bool) {
        let task = current_task().unwrap();
        task.cancel();
        if let Ok(()) = try_yield_from!(sleep(1.0)) {
            unreachable!("it is cancelled");
        }
        assert_eq!(task.cancelling(), 1);
        let scope = Timeout::new(1.0);
        or_raise!(scope.enter());
        let result = attempt! {
            if again {
                task.cancel();
            }
            yield_from!(sleep(9.0));
        };
        let result = scope.exit(result);
        if again {
            assert!(is_cancelled(&result));
            assert_eq!(task.cancelling(), 2);
        } else {
            assert_timeout(result);
            assert_eq!(task.cancelling(), 1);
        }
    }
    let (event_loop, _) = virtual_loop();
    for again in [false, true] {
        event_loop.run_until_complete(main(again)).unwrap();
    }
}

#[test]
fn cmb_07_the_task_around_it_is_not_cancelled() {
    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(async {
        assert_timeout(timeout(1.0, sleep(9.0)).await);
    });
    event_loop.run_until_complete(task.clone()).unwrap();
    assert!(task.done() && !task.cancelled());
}

#[test]
fn cmb_07_a_deadline_can_be_moved() {
    let (event_loop, _) = virtual_loop();
    let took = seconds(&event_loop, async {
        let scope = Timeout::at(10.0);
        assert_eq!(scope.when().unwrap().as_secs(), 10);
        let body = scope.run(sleep(50.0));
        let task = spawn(body);
        sleep(1.0).await?;
        scope.reschedule(30)?;
        assert_eq!(scope.when().unwrap().as_secs(), 30);
        sleep(20.0).await?;
        scope.reschedule(Limit::NONE)?;
        assert_eq!(scope.when(), None);
        sleep(20.0).await?;
        task.cancel();
        assert!(is_cancelled(&task.await));
        assert!(!scope.expired());
        Ok(())
    });
    assert_eq!(took, 41.0);

    // To one that is over; to no number; by the body.
    let took = seconds(&event_loop, async {
        let scope = Timeout::new(Limit::NONE);
        let handle = scope.clone();
        let body = async move {
            sleep(1.0).await?;
            handle.reschedule(f64::NAN).unwrap_err();
            assert_eq!(handle.when(), None);
            handle.reschedule(-5)?;
            assert_eq!(handle.when(), Some(std::time::Duration::ZERO));
            sleep(9.0).await
        };
        assert_timeout(scope.run(body).await);
        Ok(())
    });
    assert_eq!(took, 1.0);
}

#[test]
fn cmb_07_misuse_is_an_error() {
    let (event_loop, trace) = virtual_loop();
    let scope = Timeout::new(1.0);
    assert_eq!(refused(scope.enter()).as_deref(), Some("Timeout should be used inside a task"));
    assert_eq!(refused(scope.reschedule(2)).as_deref(), Some("Timeout has not been entered"));
    assert_eq!(scope.when(), None);
    let failed = scope.exit(Err::<(), _>(error("kept")));
    assert_eq!(failed.as_ref().unwrap_err().source().unwrap().to_string(), "kept");
    assert_eq!(refused(failed).as_deref(), Some("Timeout has not been entered"));

    let loud = trace.loud("dropped");
    let mut without_task = pin!(timeout(1.0, async move { drop(loud) }).into_future());
    let polled = without_task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(
        matches!(polled, Poll::Ready(Err(e)) if e.downcast_ref() == Some(&ScopeError::OutsideTask(Scope::Timeout)))
    );
    assert_eq!(trace.line(), "dropped");

    #[coframe::coroutine(task)]
    fn main(scope: Timeout) {
        or_raise!(scope.enter());
        assert_eq!(refused(scope.enter()).as_deref(), Some("Timeout has already been entered"));
        assert_eq!(format!("{scope:?}"), "<Timeout [active] when=1s>");
        let result = attempt! {
            if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(9.0)) {
                assert_eq!(format!("{scope:?}"), "<Timeout [expiring]>");
                assert_eq!(refused(scope.reschedule(2)).as_deref(), Some("Cannot change state of expiring Timeout"));
            }
        };
        or_raise!(scope.exit(result));
        assert_eq!(format!("{scope:?}"), "<Timeout [expired]>");
        assert_eq!(refused(scope.reschedule(2)).as_deref(), Some("Cannot change state of expired Timeout"));
        assert_eq!(refused(scope.exit(Ok(()))).as_deref(), Some("Cannot change state of expired Timeout"));
        assert_eq!(refused(scope.enter()).as_deref(), Some("Timeout has already been entered"));

        let scope = Timeout::new(1.0);
        assert_eq!(yield_from!(scope.run(async { 7_u32 })), 7);
        assert_eq!(format!("{scope:?}"), "<Timeout [finished]>");
        assert_eq!(refused(scope.reschedule(2)).as_deref(), Some("Cannot change state of finished Timeout"));
        assert_eq!(
            refused(attempt! { yield_from!(scope.run(async {})) }).as_deref(),
            Some("Timeout has already been entered")
        );
    }
    event_loop.run_until_complete(main(scope)).unwrap();
}

/// `test_timeout_taskgroup`.
#[test]
fn cmb_07_around_a_group_whose_tasks_fail_in_their_clean_up() {
    #[coframe::coroutine(task)]
    fn fails() {
        if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(2.0)) {
            raise!(error("in the clean-up"));
        }
    }
    let (event_loop, _) = virtual_loop();
    let failed = event_loop
        .run_until_complete(async {
            let group = TaskGroup::scope(|group| async move {
                drop(group.create_task(fails()));
                sleep(9.0).await
            });
            let failed = timeout(1.0, group).await;
            assert_eq!(current_task().unwrap().cancelling(), 0);
            sleep(1.0).await?;
            failed
        })
        .unwrap_err();
    let group: &ExceptionGroup = failed.downcast_ref().unwrap();
    assert_eq!(group.exceptions().len(), 1);
    assert!(group.exceptions()[0].is::<ValueError>());
}

#[test]
fn cmb_07_a_scope_that_is_dropped_leaves_no_deadline() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let took = seconds(&event_loop, async move {
        {
            let mut body = pin!(timeout(0.0, nap(inner.clone(), "body", 9.0)).into_future());
            assert!(body.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        sleep(1.0).await?;
        assert_eq!(current_task().unwrap().cancelling(), 0);
        Ok(())
    });
    assert_eq!(took, 1.0);
    assert_eq!(trace.line(), "body-cancelled");
}

/// Polls both, as the `join!` of other crates does.
async fn join<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let mut done = (None, None);
    poll_fn(|context| {
        if done.0.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(context)
        {
            done.0 = Some(value);
        }
        if done.1.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(context)
        {
            done.1 = Some(value);
        }
        if done.0.is_some() && done.1.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    (done.0.unwrap(), done.1.unwrap())
}

#[test]
fn cmb_07_a_limit_around_futures_side_by_side_drops_them_and_limits_inside_are_for_tasks() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let naps = join(nap(inner.clone(), "a", 9.0).into_future(), nap(inner, "b", 9.0).into_future());
            assert_timeout(timeout(1.0, async move { drop(naps.await) }).await);
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "b-cancelled a-cancelled", "as Rust drops locals");

    // Of two in one task nobody knows which one the cancellation is for.
    let both = join(timeout(1.0, sleep(9.0)).into_future(), timeout(2.0, sleep(9.0)).into_future());
    assert!(is_cancelled(&event_loop.run_until_complete(async move { drop(both.await) })));

    // Each in a task of its own.
    event_loop
        .run_until_complete(async {
            let (a, b) = join(spawn(timeout(1.0, sleep(9.0))), spawn(timeout(20.0, sleep(9.0)))).await;
            assert_timeout(a);
            b
        })
        .unwrap();
}
