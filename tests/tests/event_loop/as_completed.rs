//! `as_completed`: CMB-04.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{
    AsCompleted, Cancelled, Exception, PromiseError, Task, TimeoutError, as_completed, current_task, sleep, spawn,
    try_yield_from, yield_from,
};

use crate::support::{Trace, ValueError, run_out, trace_reports, virtual_loop};

#[coframe::coroutine(task)]
fn job(name: &'static str, delay: i32) -> &'static str {
    yield_from!(sleep(delay.abs()));
    if delay < 0 {
        coframe::raise!(ValueError(name.to_owned()));
    }
    name
}

fn said(result: Result<&'static str, Exception>) -> String {
    result.map_or_else(|e| format!("<{e}>"), str::to_owned)
}

fn limited(tasks: Vec<Task<&'static str>>, timeout: Option<i32>) -> AsCompleted<Task<&'static str>> {
    match timeout {
        Some(timeout) => as_completed(tasks).timeout(timeout),
        None => as_completed(tasks),
    }
}

/// Says what comes, as a coroutine.
#[coframe::coroutine(task)]
fn frame(tasks: Vec<Task<&'static str>>, timeout: Option<i32>, trace: Trace) {
    for next in limited(tasks, timeout) {
        let result = try_yield_from!(next);
        let cancelled = matches!(&result, Err(Exception::Cancelled(it)) if it.message() == Some("go"));
        trace.say(said(result));
        if cancelled {
            coframe::raise!(Exception::Cancelled(Cancelled::new("go")));
        }
    }
}

/// The same as a future.
async fn future(tasks: Vec<Task<&'static str>>, timeout: Option<i32>, trace: Trace) -> Result<(), Exception> {
    for next in limited(tasks, timeout) {
        trace.say(said(next.await));
    }
    Ok(())
}

fn consumer(
    event_loop: &EventLoop,
    trace: &Trace,
    tasks: &[Task<&'static str>],
    timeout: Option<i32>,
    as_future: bool,
) -> Task<()> {
    if as_future {
        event_loop.create_task(future(tasks.to_vec(), timeout, trace.clone()))
    } else {
        event_loop.create_task(frame(tasks.to_vec(), timeout, trace.clone()))
    }
}

#[test]
fn cmb_04_results_come_in_finishing_order_with_errors_in_place() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let tasks =
            [("a", 4), ("b", -1), ("c", 3), ("d", 2)].map(|(name, delay)| event_loop.create_task(job(name, delay)));
        event_loop.run_until_complete(consumer(&event_loop, &trace, &tasks, None, as_future)).unwrap();
        assert_eq!(trace.line(), "<b> d c a");
    }
}

#[test]
fn cmb_04_a_timeout_is_raised_by_all_that_are_left_and_cancels_nobody() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let tasks = [("a", 9), ("b", 1), ("c", 3)].map(|(name, delay)| event_loop.create_task(job(name, delay)));
        event_loop.run_until_complete(consumer(&event_loop, &trace, &tasks, Some(2), as_future)).unwrap();
        assert_eq!(trace.line(), "b <timed out> <timed out>");
        assert!(!tasks[0].done() && !tasks[2].done());
        run_out(&event_loop);
        assert_eq!(tasks[0].result().unwrap(), "a");
    }
}

#[test]
fn cmb_04_a_timeout_that_is_not_reached_leaves_no_timer() {
    let (event_loop, trace) = virtual_loop();
    let tasks = [event_loop.create_task(job("a", 1))];
    event_loop.run_until_complete(consumer(&event_loop, &trace, &tasks, Some(9), false)).unwrap();
    run_out(&event_loop);
    assert_eq!(event_loop.time().as_secs(), 1);
    // Nor does one that nobody is interested in any more.
    let never = event_loop.create_promise::<()>();
    event_loop.call_soon(move || drop(as_completed([never]).timeout(9))).unwrap();
    run_out(&event_loop);
    assert_eq!(event_loop.time().as_secs(), 1);
}

#[test]
fn cmb_04_the_timeout_runs_from_the_call() {
    let (event_loop, _) = virtual_loop();
    let results = event_loop.run_until_complete(async {
        let mut all = as_completed([("a", 1), ("b", 5)].map(|(name, delay)| job(name, delay))).timeout(2);
        sleep(8).await?;
        let (one, two) = (all.next().unwrap(), all.next().unwrap());
        Ok((one.await?, two.await.unwrap_err().is::<TimeoutError>(), all.next().is_none()))
    });
    assert_eq!(results.unwrap(), ("a", true, true));
}

#[test]
fn cmb_04_cancelling_the_consumer_cancels_nobody_else() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let tasks = [("a", 1), ("b", 5)].map(|(name, delay)| event_loop.create_task(job(name, delay)));
        let consumer = consumer(&event_loop, &trace, &tasks, Some(9), as_future);
        let cancelled = consumer.clone();
        event_loop.call_later(2, move || _ = cancelled.cancel_with(Cancelled::new("go"))).unwrap();
        run_out(&event_loop);
        assert!(tasks[1].result().is_ok());
        // A plain future is dropped at its wait, or a coroutine told.
        assert_eq!(trace.line(), if as_future { "a" } else { "a <go>" });
        assert!(consumer.cancelled());
        assert_eq!(event_loop.time().as_secs(), 5);
    }
}

#[test]
fn cmb_04_a_child_that_is_cancelled_is_an_error_in_its_place() {
    #[coframe::coroutine(task)]
    fn suicidal() -> &'static str {
        current_task().unwrap().cancel_with(Cancelled::new("myself"));
        yield_from!(sleep(9));
        "not reached"
    }

    let (event_loop, trace) = virtual_loop();
    let tasks = [event_loop.create_task(job("a", 1)), event_loop.create_task(suicidal())];
    event_loop.run_until_complete(consumer(&event_loop, &trace, &tasks, None, false)).unwrap();
    assert_eq!(trace.line(), "<myself> a");
}

#[test]
fn cmb_04_none_and_duplicates_and_the_length() {
    let (event_loop, _) = virtual_loop();
    let (none, lengths) = event_loop
        .run_until_complete(async {
            let none = as_completed(Vec::<Task<()>>::new()).timeout(1).count();
            let task = spawn(job("a", 1));
            let mut all = as_completed([task.clone(), spawn(job("b", 2)), task]);
            let lengths = (all.len(), {
                all.next().unwrap().await?;
                all.len()
            });
            Ok((none, lengths))
        })
        .unwrap();
    assert_eq!((none, lengths), (0, (2, 1)));
}

#[test]
fn cmb_04_the_tasks_themselves() {
    let (event_loop, _) = virtual_loop();
    let names = event_loop
        .run_until_complete(async {
            let tasks = [("a", -3), ("b", 1), ("c", 2)].map(|(name, delay)| spawn(job(name, delay)));
            let mut order = Vec::new();
            let all = as_completed(tasks.clone()).tasks();
            assert_eq!(all.len(), 3);
            for next in all {
                let task = next.await?;
                assert!(task.done());
                order.push(tasks.iter().position(|it| it.is(&task)).unwrap());
            }
            assert!(tasks[0].exception()?.is_some());
            let late = spawn(job("d", 9));
            let mut late = as_completed([late]).timeout(1).tasks();
            assert!(late.next().unwrap().await.unwrap_err().is::<TimeoutError>());
            Ok(order)
        })
        .unwrap();
    assert_eq!(names, [1, 2, 0]);
}

#[test]
fn cmb_04_tasks_that_are_done_already() {
    let (event_loop, trace) = virtual_loop();
    let tasks = ["a", "b"].map(|name| event_loop.create_task(job(name, 0)));
    run_out(&event_loop);
    event_loop.run_until_complete(consumer(&event_loop, &trace, &tasks, Some(0), true)).unwrap();
    assert_eq!(trace.line(), "a b");
}

#[test]
fn cmb_04_futures_may_be_awaited_by_several_tasks_and_one_that_goes_passes_its_turn_on() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let mut all = as_completed([("a", 1), ("b", 2), ("c", 3)].map(|(name, delay)| job(name, delay)));
            let mut waiting = |who: &'static str| {
                let (next, trace) = (all.next().unwrap(), inner.clone());
                spawn(async move {
                    trace.say(format!("{who}:{}", next.await?));
                    Ok(())
                })
            };
            let (one, two, three) = (waiting("one"), waiting("two"), waiting("three"));
            sleep(0).await?;
            // The first in the queue goes: what comes is for those after it.
            one.cancel();
            for task in [two, three] {
                task.await?;
            }
            assert!(one.cancelled());
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "two:a three:b");
}

#[test]
fn cmb_04_one_that_is_cancelled_after_it_was_woken_wakes_the_next() {
    let (event_loop, trace) = virtual_loop();
    let promises = [event_loop.create_promise::<u32>(), event_loop.create_promise()];
    let (inner, set) = (trace.clone(), promises[0].clone());
    let (one, two) = event_loop
        .run_until_complete(async move {
            let mut all = as_completed(promises);
            let mut waiting = || {
                let (next, trace) = (all.next().unwrap(), inner.clone());
                spawn(async move { Ok(trace.say(next.await?)) })
            };
            Ok((waiting(), waiting()))
        })
        .unwrap();
    run_out(&event_loop);
    let cancelled = one.clone();
    // Its callback wakes the first one, which is cancelled in the same pass.
    set.set_result(5).unwrap();
    event_loop.call_soon(move || _ = cancelled.cancel()).unwrap();
    run_out(&event_loop);
    assert!(one.cancelled() && two.done());
    assert_eq!(trace.line(), "5");
}

#[test]
fn cmb_04_a_panic_in_a_child() {
    let (event_loop, trace) = virtual_loop();
    let tasks = [event_loop.create_task(job("a", 1)), event_loop.create_task(async { Ok(panics()) })];
    let consumer = consumer(&event_loop, &trace, &tasks, None, true);
    catch_unwind(AssertUnwindSafe(|| event_loop.run_forever())).unwrap_err();
    event_loop.run_until_complete(consumer).unwrap();
    assert_eq!(trace.line(), "<the task panicked> a");
}

fn panics() -> &'static str {
    panic!("in a child")
}

#[test]
fn cmb_04_no_loop_another_loop_and_no_number() {
    let mut all = as_completed([async { 1_u32 }]);
    let mut next = pin!(all.next().unwrap());
    let Poll::Ready(Err(refused)) = next.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits")
    };
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotRunning)));

    let (one, other) = (virtual_loop().0, virtual_loop().0);
    let foreign = other.create_promise::<()>();
    let refused = one.run_until_complete(async move { as_completed([foreign]).next().unwrap().await }).unwrap_err();
    assert_eq!(refused.downcast_ref(), Some(&PromiseError::OfAnotherLoop));
    let refused =
        one.run_until_complete(async { as_completed([sleep(1)]).timeout(f64::NAN).next().unwrap().await }).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotANumber)));
}

#[test]
fn cmb_04_it_keeps_nothing_when_it_is_dropped() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let held = Rc::new(());
    let promise = event_loop.create_promise::<Rc<()>>();
    let (inner, value) = (promise.clone(), held.clone());
    event_loop
        .run_until_complete(async move {
            let mut all = as_completed([inner.clone()]);
            let next = all.next().unwrap();
            inner.set_result(value)?;
            sleep(0).await?;
            drop((all, next));
            Ok(())
        })
        .unwrap();
    drop(promise);
    assert_eq!(Rc::strong_count(&held), 1);
    assert_eq!(trace.line(), "");
}
