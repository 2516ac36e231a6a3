//! Task groups: who may be in one, cancelling one as a whole, and what becomes of one that is dropped (CMB-08).

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use coframe::event_loop::EventLoop;
use coframe::{
    ContextVar, Exception, Scope, ScopeError, Task, TaskBuilder, TaskGroup, attempt, or_raise, sleep, try_yield_from,
    yield_from,
};

use crate::support::{Trace, trace_reports, virtual_loop};
use crate::task_groups::{cancelling, error, errors, is_cancelled, leaf};

type Any = Result<(), Exception>;

fn refusal<T: Clone + 'static>(task: &Task<T>) -> Option<ScopeError> {
    task.exception().unwrap()?.downcast_ref().copied()
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
    assert_eq!(refusal(&group.create_task(async move { drop(loud) })), Some(ScopeError::NotEntered(Scope::TaskGroup)));
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
    assert_eq!(refusal(&kept.create_task(async move { drop(loud) })), Some(ScopeError::Over(Scope::TaskGroup)));
    assert_eq!(trace.line(), "dropped");
}

#[test]
fn cmb_08_misuse_is_an_error() {
    fn refused<T>(result: Result<T, Exception>) -> Option<ScopeError> {
        result.err()?.downcast_ref().copied()
    }
    let (event_loop, _) = virtual_loop();
    let group = TaskGroup::new();
    assert_eq!(refused(group.enter()), Some(ScopeError::OutsideTask(Scope::TaskGroup)));
    event_loop
        .run_until_complete(async move {
            let failed = group.exit(Err::<(), _>(error("kept"))).await;
            assert_eq!(failed.as_ref().unwrap_err().source().unwrap().to_string(), "kept");
            assert_eq!(refused(failed), Some(ScopeError::NotEntered(Scope::TaskGroup)));
            group.enter()?;
            assert_eq!(refused(group.enter()), Some(ScopeError::AlreadyEntered(Scope::TaskGroup)));
            assert_eq!(format!("{group:?}"), "<TaskGroup entered>");
            assert_eq!(group.exit(Ok(7)).await?, 7);
            assert_eq!(refused(group.exit(Ok(7)).await), Some(ScopeError::Over(Scope::TaskGroup)));
            assert_eq!(refused(group.enter()), Some(ScopeError::AlreadyEntered(Scope::TaskGroup)));
            Ok(())
        })
        .unwrap();

    use ScopeError::{AlreadyEntered, NotEntered, Over, ShuttingDown};
    let texts = [NotEntered(Scope::TaskGroup), AlreadyEntered(Scope::TaskGroup), Over(Scope::TaskGroup), ShuttingDown];
    let expected = ["has not been entered", "has already been entered", "is finished", "is shutting down"];
    assert_eq!(texts.map(|text| text.to_string()), expected.map(|text| format!("TaskGroup {text}")));
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
