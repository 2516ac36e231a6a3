//! `run` and `Runner`: RUN-01. What it says of asynchronous generators waits for those.

use std::panic::{AssertUnwindSafe, catch_unwind};

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{ContextVar, Exception, Runner, Task, current_task, raise, sleep, spawn, try_yield_from, yield_from};

use crate::support::{Trace, ValueError, end, trace_reports, virtual_loop};

/// What is left running, and what it does when it is cancelled.
#[coframe::coroutine(task)]
fn background(trace: Trace, fails: bool) -> u32 {
    let _finally = trace.loud("finally");
    let e = match try_yield_from!(sleep(3600)) {
        Ok(()) => return 0,
        Err(e) => e,
    };
    trace.say("cancelled");
    yield_from!(sleep(1));
    if fails {
        raise!(ValueError("clean-up failed".to_owned()));
    }
    raise!(e)
}

fn runner(trace: &Trace) -> Runner {
    let runner = Runner::of(EventLoop::with_virtual_clock().unwrap());
    trace_reports(runner.event_loop(), trace);
    runner
}

#[test]
fn run_01_what_is_left_is_cancelled_and_waited_for_and_its_errors_are_reported() {
    for (fails, line) in
        [(false, "main leaves cancelled finally"), (true, "main leaves cancelled finally <clean-up failed>")]
    {
        let trace = Trace::default();
        let (runner, inner) = (runner(&trace), trace.clone());
        let left: Task<u32> = runner
            .run(async move {
                let task = spawn(background(inner.clone(), fails));
                sleep(0).await?;
                inner.say("main leaves");
                Ok(task)
            })
            .unwrap();
        assert!(!left.done());
        let event_loop = runner.event_loop().clone();
        runner.close().unwrap();
        assert_eq!(trace.line(), line);
        assert_eq!((left.cancelled(), event_loop.is_closed()), (!fails, true));
    }
}

#[test]
fn run_01_after_a_main_that_fails_or_is_cancelled_or_panics_as_well() {
    let trace = Trace::default();
    let ending = |how: fn() -> Result<(), Exception>| {
        let (runner, inner) = (runner(&trace), trace.clone());
        runner.run(async move {
            drop(spawn(background(inner, false)));
            sleep(0).await?;
            how()
        })
        // The runner is dropped.
    };
    assert_eq!(end(ending(|| Err(ValueError("main".to_owned()).into()))), "failed(main)");
    assert_eq!(trace.line(), "cancelled finally");
    let cancelled = ending(|| {
        current_task().unwrap().cancel();
        Ok(())
    });
    assert_eq!(end(cancelled), "cancelled(cancelled)");
    assert_eq!(trace.line(), "cancelled finally");
    catch_unwind(AssertUnwindSafe(|| ending(|| panic!("in main")))).unwrap_err();
    assert_eq!(trace.line(), "cancelled finally", "what is left cleans up while the panic is on its way");
}

#[test]
fn run_01_it_is_refused_inside_a_running_loop() {
    let inner = coframe::run(async {
        // What is not run is dropped.
        let result = coframe::run(async { 1 });
        Ok(result.map(drop))
    });
    let refused = inner.unwrap().unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::RunInsideLoop)));
    assert_eq!(refused.to_string(), "run() cannot be called from a running event loop");
    coframe::run(async {}).unwrap();
}

#[test]
fn run_01_a_runner_runs_several_times_in_one_context() {
    static VAR: ContextVar<u32> = ContextVar::with_default("var", || 0);

    let trace = Trace::default();
    let (runner, inner) = (runner(&trace), trace.clone());
    let left = runner
        .run(async move {
            VAR.set(1);
            Ok(spawn(async move {
                sleep(2).await?;
                inner.say("goes on in the second run");
                Ok(VAR.get()?)
            }))
        })
        .unwrap();
    assert_eq!(VAR.get(), Ok(0));
    trace.say("between");
    assert_eq!(runner.run(async { Ok(VAR.get()? + left.await?) }).unwrap(), 2);
    assert_eq!(trace.line(), "between goes on in the second run");
    runner.close().unwrap();
}

#[test]
fn run_01_the_main_task_is_the_only_one() {
    let trace = Trace::default();
    let names = runner(&trace)
        .run(async {
            let all = EventLoop::running().unwrap().all_tasks();
            Ok(all.iter().map(|task| task.name().to_string()).collect::<Vec<_>>())
        })
        .unwrap();
    assert_eq!(names, ["Task-1"]);
}

#[test]
fn run_01_a_stopped_main_goes_on_in_the_next_run() {
    let trace = Trace::default();
    let (runner, said) = (runner(&trace), trace.clone());
    let stopped = runner.run(async move {
        EventLoop::running().unwrap().stop();
        sleep(1).await?;
        said.say("went on");
        Ok(())
    });
    assert!(matches!(stopped.unwrap_err().downcast_ref(), Some(LoopError::Stopped)));
    runner.run(sleep(2)).unwrap();
    assert_eq!(trace.line(), "went on");
}

#[test]
fn run_01_a_task_that_never_ends_its_clean_up_is_destroyed() {
    let trace = Trace::default();
    let (runner, loud) = (runner(&trace), trace.loud("dropped"));
    runner
        .run(async move {
            #[coframe::coroutine(task)]
            fn never_ends(loud: crate::support::Loud) {
                let _loud = loud;
                loop {
                    match try_yield_from!(std::future::pending::<()>()) {
                        Err(Exception::Cancelled(_)) => {}
                        Err(other) => raise!(other),
                        Ok(()) => return,
                    }
                }
            }
            drop(spawn(never_ends(loud)));
            sleep(0).await
        })
        .unwrap();
    let refused = runner.close().unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::Deadlock)), "with a real clock it would wait");
    assert_eq!(trace.line(), "dropped <Task was destroyed but it is pending!> <Task was destroyed but it is pending!>");
}

#[test]
fn run_01_a_closed_loop_runs_nothing() {
    let (event_loop, trace) = virtual_loop();
    event_loop.close().unwrap();
    let loud = trace.loud("dropped");
    let refused = Runner::of(event_loop).run(async move { drop(loud) }).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::Closed)));
    assert_eq!(trace.line(), "dropped");
}
