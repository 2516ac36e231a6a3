//! Task groups: CMB-08, after asyncio's `test_taskgroups`, and the port of `w05_nested_groups.py`.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use coframe::event_loop::EventLoop;
use coframe::{
    Cancelled, ContextVar, Exception, ExceptionGroup, Promise, ScopeError, Task, TaskBuilder, TaskGroup, attempt,
    current_task, or_raise, raise, sleep, spawn, try_yield_from, yield_from,
};

use crate::support::{Trace, ValueError, trace_reports, virtual_loop};

type Any = Result<(), Exception>;

fn error(text: &str) -> Exception {
    ValueError(text.to_owned()).into()
}

/// The members of the group that was raised, groups among them in brackets.
#[track_caller]
fn errors<T>(result: Result<T, Exception>) -> String {
    fn flat(group: &ExceptionGroup) -> String {
        let member = |e: &Exception| e.downcast_ref().map_or_else(|| e.to_string(), |it| format!("[{}]", flat(it)));
        group.exceptions().iter().map(member).collect::<Vec<_>>().join(", ")
    }
    let exception = result.err().expect("it fails");
    flat(exception.downcast_ref().unwrap_or_else(|| panic!("a group, and not {exception:?}")))
}

fn is_cancelled<T>(result: &Result<T, Exception>) -> bool {
    matches!(result, Err(Exception::Cancelled(_)))
}

fn refusal<T: Clone + 'static>(task: &Task<T>) -> Option<ScopeError> {
    task.exception().unwrap()?.downcast_ref().copied()
}

/// Sleeps, and then ends, or fails.
#[coframe::coroutine(task)]
fn leaf(trace: Trace, name: &'static str, seconds: f64, fails: bool) {
    if let Err(exception) = try_yield_from!(sleep(seconds)) {
        trace.say(format!("{name}-cancelled"));
        raise!(exception);
    }
    trace.say(name);
    if fails {
        raise!(error(name));
    }
}

fn cancelling() -> usize {
    current_task().unwrap().cancelling()
}

#[test]
fn w05_nested_groups() {
    #[derive(Clone, Copy)]
    struct Spec(&'static str, usize, Option<&'static str>);

    #[coframe::coroutine(task)]
    fn turns(trace: Trace, name: String, spec: Spec) {
        let result = attempt! {
            for _ in 0..spec.1 {
                yield_from!(sleep(0));
            }
            if let Some(text) = spec.2 {
                trace.say(format!("   - {name} fails"));
                raise!(error(text));
            }
            trace.say(format!("   - {name} ends"));
        };
        if is_cancelled(&result) {
            trace.say(format!("   - {name} cancelled"));
        }
        trace.say(format!("   - {name} out"));
        or_raise!(result)
    }

    async fn create(group: TaskGroup, trace: Trace, prefix: &'static str, specs: &'static [Spec]) {
        for spec in specs {
            drop(group.create_task(turns(trace.clone(), format!("{prefix}{}", spec.0), *spec)));
        }
    }

    #[coframe::coroutine(task)]
    fn inner_group(trace: Trace, specs: &'static [Spec]) {
        let inner = trace.clone();
        let result = try_yield_from!(TaskGroup::scope(move |group| create(group, inner, "i", specs)));
        let how = match &result {
            Ok(()) => "   - group i complete",
            Err(Exception::Cancelled(_)) => "   - group i leaves with CancelledError",
            Err(_) => "   - group i leaves with ExceptionGroup",
        };
        trace.say(how);
        or_raise!(result)
    }

    #[coframe::coroutine(task)]
    fn scene(
        trace: Trace,
        label: &'static str,
        inner: &'static [Spec],
        outer: &'static [Spec],
        cancel_at: Option<usize>,
    ) {
        let log = Trace::default();
        let of_task = log.clone();
        let task = spawn(TaskGroup::scope(move |group| async move {
            drop(group.create_task(inner_group(of_task.clone(), inner)));
            create(group, of_task, "o", outer).await;
        }));
        if let Some(turns) = cancel_at {
            for _ in 0..turns {
                yield_from!(sleep(0));
            }
            task.cancel();
        }
        trace.say(label);
        match try_yield_from!(task) {
            Ok(()) => trace.say("  ok"),
            Err(Exception::Cancelled(_)) => trace.say("  cancelled"),
            failed => trace.say(format!("  errors {}", errors(failed))),
        }
        for line in log.lines() {
            trace.say(line);
        }
    }

    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        yield_from!(scene(
            trace.clone(),
            "inner leaf fails",
            &[Spec("1", 1, Some("ValueError x")), Spec("2", 50, None)],
            &[Spec("a", 50, None)],
            None,
        ));
        yield_from!(scene(
            trace.clone(),
            "outer leaf fails",
            &[Spec("1", 50, None)],
            &[Spec("a", 2, Some("LookupError y")), Spec("b", 1, None)],
            None,
        ));
        yield_from!(scene(
            trace.clone(),
            "cancelled from outside",
            &[Spec("1", 50, None), Spec("2", 1, None)],
            &[Spec("a", 1, None)],
            Some(5),
        ));
        yield_from!(scene(
            trace.clone(),
            "two failures in one turn",
            &[Spec("1", 2, Some("ValueError p")), Spec("2", 2, Some("OSError q"))],
            &[],
            None,
        ));
    }

    let (event_loop, trace) = virtual_loop();
    event_loop.run_until_complete(main(trace.clone())).unwrap();
    let expected: Vec<&str> = include_str!("expected/w05_nested_groups.out").lines().collect();
    assert_eq!(trace.lines(), expected);
}

#[test]
fn cmb_08_the_scope_waits_for_its_tasks_and_gives_the_value_of_the_body() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let value = event_loop.run_until_complete(TaskGroup::scope(move |group| async move {
        for (name, seconds) in [("two", 2.0), ("one", 1.0)] {
            drop(group.create_task(leaf(inner.clone(), name, seconds, false)));
        }
        inner.say("body");
        42_u32
    }));
    assert_eq!(value.unwrap(), 42);
    assert_eq!(trace.line(), "body one two");
}

#[test]
fn cmb_08_the_first_failure_cancels_the_others_in_order_of_creation_and_the_body() {
    #[coframe::coroutine(task)]
    fn body(group: TaskGroup, trace: Trace) {
        for name in ["a", "b", "c"] {
            drop(group.create_task(leaf(trace.clone(), name, 9.0, false)));
        }
        drop(group.create_task(leaf(trace.clone(), "bad", 1.0, true)));
        yield_from!(leaf(trace, "body", 9.0, false))
    }
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let result = event_loop.run_until_complete(async move {
        let result = TaskGroup::scope(move |group| body(group, inner)).await;
        assert_eq!(cancelling(), 0, "test_cancelling_level_preserved");
        sleep(1.0).await?; // and it is not cancelled any more
        result
    });
    assert_eq!(errors(result), "bad");
    assert_eq!(trace.line(), "bad a-cancelled b-cancelled c-cancelled body-cancelled");
}

#[test]
fn cmb_08_a_plain_body_is_dropped_by_a_failure() {
    let (event_loop, trace) = virtual_loop();
    let (inner, loud) = (trace.clone(), trace.loud("dropped"));
    let result = event_loop.run_until_complete(TaskGroup::scope(move |group| async move {
        drop(group.create_task(leaf(inner, "bad", 1.0, true)));
        std::future::pending::<()>().await;
        drop(loud);
    }));
    assert_eq!(errors(result), "bad");
    assert_eq!(trace.line(), "bad dropped");
}

#[test]
fn cmb_08_all_errors_are_collected_that_of_the_body_last() {
    #[coframe::coroutine(task)]
    fn cleans_up(name: &'static str) {
        if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(9.0)) {
            raise!(error(name));
        }
    }
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let result = event_loop.run_until_complete(TaskGroup::scope(move |group| {
        drop(group.create_task(cleans_up("a")));
        drop(group.create_task(leaf(inner, "first", 1.0, true)));
        drop(group.create_task(cleans_up("b")));
        cleans_up("body")
    }));
    assert_eq!(errors(result), "first, a, b, body");
    assert_eq!(trace.line(), "first");
}

#[test]
fn cmb_08_an_error_of_the_body_cancels_the_tasks() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let result = event_loop.run_until_complete(TaskGroup::scope(move |group| async move {
        drop(group.create_task(leaf(inner.clone(), "a", 9.0, false)));
        sleep(1.0).await?;
        drop(group.create_task(leaf(inner, "never begins", 9.0, false)));
        Err::<(), _>(error("body"))
    }));
    assert_eq!(errors(result), "body");
    assert_eq!(trace.line(), "a-cancelled");
    assert_eq!(event_loop.time().as_secs(), 1);
}

#[test]
fn cmb_08_a_child_that_is_cancelled_is_no_error() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(TaskGroup::scope(move |group| async move {
            let a = group.create_task(leaf(inner.clone(), "a", 9.0, false));
            drop(group.create_task(leaf(inner, "b", 2.0, false)));
            sleep(1.0).await?;
            a.cancel();
            Ok(())
        }))
        .unwrap();
    assert_eq!(trace.line(), "a-cancelled b");
}

/// `test_cancellation`, `test_taskgroup_07`, `_17` and `_22`.
#[test]
fn cmb_08_a_cancellation_from_outside_stays_one() {
    for body_seconds in [0.0, 9.0] {
        let (event_loop, trace) = virtual_loop();
        let inner = trace.clone();
        let task = event_loop.create_task(TaskGroup::scope(move |group| {
            for name in ["a", "b"] {
                drop(group.create_task(leaf(inner.clone(), name, 9.0, false)));
            }
            leaf(inner, "body", body_seconds, false)
        }));
        let inner = task.clone();
        event_loop.call_later(1.0, move || _ = inner.cancel_with(Cancelled::new("from outside"))).unwrap();
        let result = event_loop.run_until_complete(task.clone());
        assert!(is_cancelled(&result) && task.cancelled());
        assert_eq!(result.unwrap_err().to_string(), "from outside");
        let body =
            if body_seconds > 1.0 { "body-cancelled a-cancelled b-cancelled" } else { "body a-cancelled b-cancelled" };
        assert_eq!(trace.line(), body);
    }
}

/// `test_taskgroup_08`, `_18`.
#[test]
fn cmb_08_errors_win_over_a_cancellation_from_outside() {
    #[coframe::coroutine(task)]
    fn fails_when_cancelled(name: &'static str) {
        if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(9.0)) {
            raise!(error(name));
        }
    }
    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(TaskGroup::scope(move |group| {
        drop(group.create_task(fails_when_cancelled("child")));
        fails_when_cancelled("body")
    }));
    let inner = task.clone();
    event_loop.call_later(1.0, move || _ = inner.cancel()).unwrap();
    assert_eq!(errors(event_loop.run_until_complete(task)), "child, body");
}

/// `test_taskgroup_15`: the child fails while the body still cleans up after a cancellation from outside.
#[test]
fn cmb_08_a_child_that_fails_in_the_clean_up_of_the_body() {
    #[coframe::coroutine(task)]
    fn body(group: TaskGroup, trace: Trace) {
        drop(group.create_task(leaf(trace, "bad", 3.0, true)));
        if let Err(exception) = try_yield_from!(sleep(9.0)) {
            if let Err(second) = try_yield_from!(sleep(5.0)) {
                raise!(second);
            }
            raise!(exception);
        }
    }
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(TaskGroup::scope({
        let trace = trace.clone();
        |group| body(group, trace)
    }));
    let inner = task.clone();
    event_loop.call_later(1.0, move || _ = inner.cancel()).unwrap();
    assert_eq!(errors(event_loop.run_until_complete(task)), "bad");
    assert_eq!(trace.line(), "bad");
    assert_eq!(event_loop.time().as_secs(), 3, "the second cancellation ended the clean-up");
}

/// `test_taskgroup_11` and `_12`.
#[test]
fn cmb_08_groups_in_groups_give_groups_in_groups() {
    #[coframe::coroutine(task)]
    fn fails_when_cancelled() {
        if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(9.0)) {
            raise!(error("x"));
        }
    }
    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(TaskGroup::scope(move |outer| {
        drop(outer.create_task(sleep(10.0)));
        TaskGroup::scope(move |group| async move {
            for _ in 0..2 {
                drop(group.create_task(fails_when_cancelled()));
            }
            sleep(9.0).await
        })
    }));
    let inner = task.clone();
    event_loop.call_later(1.0, move || _ = inner.cancel()).unwrap();
    assert_eq!(errors(event_loop.run_until_complete(task)), "[x, x]");
}

/// `test_taskgroup_13` and `_14`.
#[test]
fn cmb_08_the_failure_of_an_outer_task_is_not_in_the_inner_group() {
    let (event_loop, trace) = virtual_loop();
    for (outer_seconds, inner_seconds, expected) in [(1.0, 9.0, "outer"), (9.0, 1.0, "[inner]")] {
        let trace = trace.clone();
        let result = event_loop.run_until_complete(TaskGroup::scope(move |outer| {
            drop(outer.create_task(leaf(trace.clone(), "outer", outer_seconds, true)));
            TaskGroup::scope(
                move |inner| async move { drop(inner.create_task(leaf(trace, "inner", inner_seconds, true))) },
            )
        }));
        assert_eq!(errors(result), expected);
    }
}

#[test]
fn cmb_08_nested_groups_that_both_fail_keep_the_level() {
    #[coframe::coroutine(task)]
    fn body(outer: TaskGroup, trace: Trace) {
        let inner = TaskGroup::scope(move |inner| async move {
            drop(inner.create_task(leaf(trace.clone(), "inner", 0.0, true)));
            drop(outer.create_task(leaf(trace, "outer", 0.0, true)));
        });
        assert_eq!(errors(attempt! { yield_from!(inner) }), "inner");
        assert_eq!(cancelling(), 1);
    }
    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        assert_eq!(errors(attempt! { yield_from!(TaskGroup::scope(move |outer| body(outer, trace))) }), "outer");
        assert_eq!(cancelling(), 0);
        yield_from!(sleep(1.0)); // nothing is left of it
    }
    let (event_loop, trace) = virtual_loop();
    event_loop.run_until_complete(main(trace.clone())).unwrap();
    assert_eq!(trace.line(), "inner outer");
}

#[test]
fn cmb_08_an_error_and_a_cancellation_at_once_both_arrive() {
    #[coframe::coroutine(task)]
    fn raise_error(begun: Promise<()>) {
        or_raise!(begun.set_result(()));
        yield_from!(sleep(0));
        raise!(error("child"))
    }
    #[coframe::coroutine(task)]
    fn inner(begun: Promise<()>, trace: Trace) {
        let scope = TaskGroup::scope(move |group| async move {
            drop(group.create_task(raise_error(begun)));
            sleep(1.0).await
        });
        assert_eq!(errors(attempt! { yield_from!(scope) }), "child");
        assert_eq!(cancelling(), 1);
        yield_from!(sleep(1.0));
        trace.say("never reached");
    }
    let (event_loop, trace) = virtual_loop();
    let reached = trace.clone();
    event_loop
        .run_until_complete(async move {
            let begun = EventLoop::running().unwrap().create_promise();
            let task = spawn(inner(begun.clone(), reached));
            begun.await?;
            assert_eq!(task.cancelling(), 0);
            task.cancel();
            assert_eq!(task.cancelling(), 1);
            assert!(is_cancelled(&task.clone().await) && task.cancelled());
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "");
}

/// `test_taskgroup_24` and `_25`.
#[test]
fn cmb_08_children_make_children_while_the_group_leaves() {
    #[coframe::coroutine(task)]
    fn hydra(group: TaskGroup, heads: usize, trace: Trace) {
        yield_from!(sleep(1.0));
        trace.say(heads);
        for _ in 1..heads {
            drop(group.create_task(hydra(group.clone(), heads - 1, trace.clone())));
        }
    }
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(TaskGroup::scope(move |group| async move {
            drop(group.create_task(hydra(group.clone(), 3, inner)));
        }))
        .unwrap();
    assert_eq!(trace.line(), "3 2 2 1 1");
}

#[test]
fn cmb_08_no_task_is_made_after_a_failure_or_the_end() {
    #[coframe::coroutine(task)]
    fn late(group: TaskGroup, trace: Trace) {
        if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(9.0)) {
            let refused = group.create_task(leaf(trace.clone(), "never", 0.0, false));
            trace.say(format!("{:?}", refusal(&refused)));
        }
    }
    let (event_loop, trace) = virtual_loop();
    let group = TaskGroup::new();
    let loud = trace.loud("dropped");
    assert_eq!(refusal(&group.create_task(async move { drop(loud) })), Some(ScopeError::NotEntered));
    assert_eq!(trace.line(), "dropped");

    let (inner, kept) = (trace.clone(), group.clone());
    let result = event_loop.run_until_complete(async move {
        group.enter()?;
        drop(group.create_task(late(group.clone(), inner.clone())));
        drop(group.create_task(leaf(inner, "bad", 1.0, true)));
        group.exit(Ok(())).await
    });
    assert_eq!(errors(result), "bad");
    assert_eq!(trace.line(), "bad Some(ShuttingDown)");
    let loud = trace.loud("dropped");
    assert_eq!(refusal(&kept.create_task(async move { drop(loud) })), Some(ScopeError::Over));
    assert_eq!(trace.line(), "dropped");
}

#[test]
fn cmb_08_misuse_is_an_error() {
    fn refused<T>(result: Result<T, Exception>) -> Option<ScopeError> {
        result.err()?.downcast_ref().copied()
    }
    let (event_loop, _) = virtual_loop();
    let group = TaskGroup::new();
    assert_eq!(refused(group.enter()), Some(ScopeError::OutsideTask));
    event_loop
        .run_until_complete(async move {
            let failed = group.exit(Err::<(), _>(error("kept"))).await;
            assert_eq!(failed.as_ref().unwrap_err().source().unwrap().to_string(), "kept");
            assert_eq!(refused(failed), Some(ScopeError::NotEntered));
            group.enter()?;
            assert_eq!(refused(group.enter()), Some(ScopeError::AlreadyEntered));
            assert_eq!(format!("{group:?}"), "<TaskGroup entered>");
            assert_eq!(group.exit(Ok(7)).await?, 7);
            assert_eq!(refused(group.exit(Ok(7)).await), Some(ScopeError::Over));
            assert_eq!(refused(group.enter()), Some(ScopeError::AlreadyEntered));
            Ok(())
        })
        .unwrap();
}

#[test]
fn cmb_08_tasks_have_names_and_contexts_and_may_be_eager() {
    thread_local!(static LEVEL: ContextVar<u32> = ContextVar::with_default("level", || 0));
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let result = event_loop.run_until_complete(TaskGroup::scope(move |group| async move {
        let context = coframe::Context::current();
        let set = async { LEVEL.with(|level| drop(level.set(1))) };
        let task = TaskBuilder::new().name("yolo").context(context.clone()).spawn_in(&group, set);
        assert_eq!(&*task.name(), "yolo");
        task.await?;
        context.run(|| assert_eq!(LEVEL.with(ContextVar::get).unwrap(), 1))?;

        let task = TaskBuilder::new().eager(true).spawn_in(&group, async { Err::<(), _>(error("at once")) });
        assert!(task.done());
        inner.say(format!("{group:?}"));
        sleep(1.0).await
    }));
    assert_eq!(errors(result), "at once");
    assert_eq!(trace.line(), "<TaskGroup errors=1 cancelling>");
}

#[test]
fn cmb_08_the_group_can_be_cancelled_as_a_whole() {
    let (event_loop, trace) = virtual_loop();
    // While the body runs.
    for seconds in [1.0, 0.0] {
        let inner = trace.clone();
        let result = event_loop.run_until_complete(async move {
            let result = TaskGroup::scope(move |group| async move {
                drop(group.create_task(leaf(inner.clone(), "a", 9.0, false)));
                sleep(0.0).await?;
                let all = group.clone();
                if seconds > 0.0 {
                    EventLoop::running().unwrap().call_later(seconds, move || all.cancel())?;
                } else {
                    all.cancel();
                }
                leaf(inner, "body", 9.0, false).await
            })
            .await;
            assert_eq!(cancelling(), 0);
            sleep(1.0).await?;
            result
        });
        assert_eq!(result.unwrap_err().downcast_ref(), Some(&ScopeError::Cancelled));
        let mut lines = trace.lines();
        lines.sort();
        assert_eq!(lines, ["a-cancelled", "body-cancelled"]);
    }
    // After the body has ended: it keeps its value.
    let inner = trace.clone();
    let value = event_loop.run_until_complete(TaskGroup::scope(move |group| async move {
        drop(group.create_task(leaf(inner, "b", 9.0, false)));
        EventLoop::running().unwrap().call_later(1.0, move || group.cancel())?;
        Ok(42)
    }));
    assert_eq!((value.unwrap(), trace.line()), (42, "b-cancelled".to_owned()));
    // What fails meanwhile is raised.
    let result = event_loop.run_until_complete(TaskGroup::scope(move |group| async move {
        drop(group.create_task(async { Err::<(), _>(error("meanwhile")) }));
        sleep(0.0).await?;
        group.cancel();
        Ok(())
    }));
    assert_eq!(errors(result), "meanwhile");
}

#[test]
fn cmb_08_a_cancelled_group_does_not_hide_a_cancellation_from_outside() {
    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(TaskGroup::scope(move |group| async move {
        let all = group.clone();
        EventLoop::running().unwrap().call_later(1.0, move || all.cancel())?;
        sleep(9.0).await
    }));
    let inner = task.clone();
    event_loop.call_later(1.0, move || _ = inner.cancel()).unwrap();
    assert!(is_cancelled(&event_loop.run_until_complete(task)));
}

#[test]
fn cmb_08_children_do_not_outlive_a_scope_that_is_dropped() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    for body_seconds in [9.0, 0.0] {
        let inner = trace.clone();
        event_loop
            .run_until_complete(async move {
                let names = inner.clone();
                let mut scope = pin!(Some(
                    TaskGroup::scope(move |group| async move {
                        drop(group.create_task(leaf(names, "child", 99.0, false)));
                        let kept = group.clone(); // a handle keeps nobody alive
                        let failing = async move {
                            if let Err(Exception::Cancelled(_)) = leaf(Trace::default(), "", 99.0, false).await {
                                drop(kept);
                            }
                            Err::<(), _>(error("lost"))
                        };
                        drop(group.create_task(failing));
                        sleep(body_seconds).await
                    })
                    .into_future()
                ));
                for _ in 0..3 {
                    let polled = scope.as_mut().as_pin_mut().unwrap().poll(&mut Context::from_waker(Waker::noop()));
                    assert!(polled.is_pending());
                    sleep(0.0).await?;
                }
                scope.set(None);
                inner.say("gone");
                sleep(1.0).await?;
                assert_eq!(cancelling(), 0);
                Ok(())
            })
            .unwrap();
        assert_eq!(trace.line(), "gone child-cancelled <lost>", "body of {body_seconds} seconds");
    }
}

#[test]
fn cmb_08_a_group_that_is_entered_and_forgotten_cancels_its_tasks() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let group = TaskGroup::new();
            group.enter()?;
            drop(group.create_task(leaf(inner.clone(), "child", 99.0, false)));
            sleep(1.0).await?;
            drop(group);
            sleep(0.0).await?;
            inner.say("end");
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "child-cancelled end");
}

#[test]
fn cmb_08_a_loop_that_is_closed_leaves_nothing_behind() {
    let (event_loop, trace) = virtual_loop();
    event_loop.set_exception_handler(|_, _| {});
    let (inner, loud) = (trace.clone(), trace.loud("child dropped"));
    let task = event_loop.create_task(TaskGroup::scope(move |group| async move {
        let kept = group.clone();
        drop(group.create_task(async move {
            let _loud = (loud, kept);
            sleep(9.0).await
        }));
        let _loud = inner.loud("body dropped");
        sleep(9.0).await
    }));
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    event_loop.close().unwrap();
    drop(task);
    let mut lines = trace.lines();
    lines.sort();
    assert_eq!(lines, ["body dropped", "child dropped"]);
}

#[test]
fn cmb_08_by_hand_in_a_coroutine() {
    #[coframe::coroutine(task)]
    fn main(trace: Trace) -> u32 {
        let group = TaskGroup::new();
        or_raise!(group.enter());
        let result = attempt! {
            drop(group.create_task(leaf(trace.clone(), "a", 2.0, false)));
            yield_from!(leaf(trace.clone(), "body", 1.0, false));
            42
        };
        let value = yield_from!(group.exit(result));
        trace.say("left");
        value
    }
    let (event_loop, trace) = virtual_loop();
    assert_eq!(event_loop.run_until_complete(main(trace.clone())).unwrap(), 42);
    assert_eq!(trace.line(), "body a left");

    // Dropped in the body, and dropped while it leaves.
    for seconds in [0.5, 1.5] {
        let (event_loop, trace) = virtual_loop();
        let inner = trace.clone();
        let done: Any = event_loop.run_until_complete(async move {
            let mut body = pin!(Some(main(inner).into_future()));
            let mut timer = pin!(sleep(seconds));
            std::future::poll_fn(|context| {
                assert!(body.as_mut().as_pin_mut().unwrap().poll(context).is_pending());
                timer.as_mut().poll(context)
            })
            .await?;
            body.set(None);
            sleep(0.0).await?;
            Ok(())
        });
        done.unwrap();
        let expected = if seconds < 1.0 { "body-cancelled a-cancelled" } else { "body a-cancelled" };
        assert_eq!(trace.line(), expected);
    }
}
