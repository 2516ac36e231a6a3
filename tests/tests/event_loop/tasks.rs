//! The life of a task: TSK-01, TSK-02, TSK-09 to TSK-11, FUT-04, FUT-05 and MIS-10 as far as tasks are concerned.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{
    Awaitable, Context, ContextError, ContextVar, Exception, Promise, PromiseError, Task, TaskBuilder, TaskHandle,
    TaskOutput, attempt, current_task, raise, sleep, spawn, try_yield_from, yield_, yield_from,
};

use crate::support::{Trace, ValueError, end, run_out, trace_reports, virtual_loop};

fn pass(event_loop: &EventLoop) {
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
}

/// A panic's message.
fn panicking(f: impl FnOnce()) -> &'static str {
    let panic = catch_unwind(AssertUnwindSafe(f)).unwrap_err();
    panic.downcast_ref::<&str>().copied().unwrap()
}

#[test]
fn tsk_01_a_task_begins_in_the_pass_after_its_creation() {
    let (event_loop, trace) = virtual_loop();
    let said = trace.clone();
    let task = event_loop.create_task(async move { said.say("begins") });
    event_loop.call_soon(trace.saying("callback after it")).unwrap();
    trace.say("created");
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "created begins callback after it");
}

#[test]
fn tsk_01_what_is_done_does_not_give_up_the_turn_and_sleep_0_gives_up_one() {
    #[coframe::coroutine(task)]
    fn waits(trace: Trace, done: Promise<u32>, failed: Promise<u32>, over: Task<u32>) {
        trace.say(yield_from!(done.clone()));
        trace.say(yield_from!(over));
        trace.say(yield_from!(async move { done.await.map(|n| n + 2) }));
        trace.say(yield_from!(std::future::ready(3)));
        if let Err(e) = try_yield_from!(failed) {
            trace.say(e);
        }
        yield_from!(sleep(0));
        trace.say("after a turn");
        yield_from!(sleep(-1));
        trace.say("after another");
    }

    let (event_loop, trace) = virtual_loop();
    let over = event_loop.create_task(async { 2_u32 });
    pass(&event_loop);
    let (done, failed) = (event_loop.create_promise(), event_loop.create_promise());
    done.set_result(1).unwrap();
    failed.set_exception(ValueError("error".to_owned())).unwrap();
    let task = event_loop.create_task(waits(trace.clone(), done, failed, over));
    for line in ["1 2 3 3 error", "after a turn", "after another"] {
        assert!(!task.done());
        pass(&event_loop);
        assert_eq!(trace.line(), line);
    }
    assert!(task.done());
}

#[test]
fn tsk_02_a_task_cannot_await_itself() {
    #[coframe::coroutine(task)]
    fn awaits_itself(trace: Trace) {
        let me = current_task().unwrap();
        let refused = try_yield_from!(me);
        trace.say(refused.unwrap_err());
        yield_from!(sleep(1));
    }

    #[coframe::coroutine(task)]
    fn by_promise(trace: Trace, me: Rc<RefCell<Option<Task<()>>>>) {
        let me = me.borrow().clone().unwrap();
        let refused = attempt! { yield_!(Awaitable::from(&*me)) };
        trace.say(refused.unwrap_err());
        yield_from!(me);
    }

    let (event_loop, trace) = virtual_loop();
    event_loop.run_until_complete(awaits_itself(trace.clone())).unwrap();
    assert_eq!(trace.line(), "Task cannot await on itself");

    let me = Rc::default();
    let task = event_loop.create_task(by_promise(trace.clone(), Rc::clone(&me)));
    me.replace(Some(task.clone()));
    let refused = event_loop.run_until_complete(task).unwrap_err();
    assert_eq!(refused.downcast_ref(), Some(&PromiseError::AwaitsItself));
    assert_eq!(trace.line(), "Task cannot await on itself");
    me.take();

    let refused = event_loop.run_until_complete(async { current_task().unwrap().await }).unwrap_err();
    assert_eq!(refused.downcast_ref(), Some(&PromiseError::AwaitsItself));
}

#[test]
fn fut_05_a_promise_of_another_loop_is_refused() {
    #[coframe::coroutine(task)]
    fn yields(promise: Promise<u32>) -> u32 {
        yield_!(Awaitable::from(&promise));
        0
    }

    let ((event_loop, _), (other, _)) = (virtual_loop(), virtual_loop());
    let promise = other.create_promise::<u32>();
    let task = other.create_task(async { 1_u32 });
    let refused = |result: Result<u32, Exception>| result.unwrap_err().downcast_ref::<PromiseError>().copied();
    let awaiting = promise.clone();
    assert_eq!(
        refused(event_loop.run_until_complete(async { Ok(awaiting.await? + 1) })),
        Some(PromiseError::OfAnotherLoop)
    );
    assert_eq!(refused(event_loop.run_until_complete(yields(promise.clone()))), Some(PromiseError::OfAnotherLoop));
    assert_eq!(refused(event_loop.run_until_complete(promise.clone())), Some(PromiseError::OfAnotherLoop));
    assert_eq!(refused(event_loop.run_until_complete(task.clone())), Some(PromiseError::OfAnotherLoop));
    // What is done there can be had here.
    assert_eq!(other.run_until_complete(task.clone()).unwrap(), 1);
    assert_eq!(event_loop.run_until_complete(async { Ok(task.await? + 1) }).unwrap(), 2);
}

#[test]
fn fut_05_several_tasks_await_one_promise_and_are_woken_in_order() {
    #[coframe::coroutine(task)]
    fn waits(name: &'static str, promise: Promise<u32>, trace: Trace) {
        let waited = try_yield_from!(promise);
        match waited {
            Ok(value) => trace.say(format!("{name}:{value}")),
            Err(e) => trace.say(format!("{name}:{e}")),
        }
    }

    let (event_loop, trace) = virtual_loop();
    for failing in [false, true] {
        let promise = event_loop.create_promise();
        for name in ["one", "two", "three"] {
            drop(event_loop.create_task(waits(name, promise.clone(), trace.clone())));
        }
        pass(&event_loop);
        if failing { promise.set_exception(ValueError("lost".to_owned())) } else { promise.set_result(7) }.unwrap();
        pass(&event_loop);
    }
    assert_eq!(trace.line(), "one:7 two:7 three:7 one:lost two:lost three:lost");
}

#[test]
fn fut_04_the_error_of_a_task_that_nobody_asked_is_reported_when_its_last_handle_goes() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let fails = || async { Err::<(), Exception>(ValueError("lost".to_owned()).into()) };
    let task = event_loop.create_task(fails());
    let handle = task.handle().clone();
    pass(&event_loop);
    drop(task);
    assert_eq!(trace.line(), "");
    drop(handle);
    assert_eq!(trace.line(), "<lost>");
    drop(event_loop.create_task(fails()));
    pass(&event_loop);
    assert_eq!(trace.line(), "<lost>", "nobody had one");
    // Waiting for its end is not looking at how it ended.
    let task = event_loop.create_task(fails());
    event_loop.run_until_complete(task.handle().clone()).unwrap();
    drop(task);
    assert_eq!(trace.line(), "<lost>");
    let task = event_loop.create_task(fails());
    assert_eq!(end(event_loop.run_until_complete(task)), "failed(lost)");
    assert_eq!(trace.line(), "");
}

#[test]
fn mis_10_the_error_of_a_task_is_its_own_and_the_loop_goes_on() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(async { Err::<(), Exception>(ValueError("its own".to_owned()).into()) });
    let said = trace.saying("the other ran");
    let other = event_loop.create_task(async move { said() });
    assert_eq!(end(event_loop.run_until_complete(other)), "ok");
    assert_eq!(end(task.result()), "failed(its own)");
    assert_eq!(trace.line(), "the other ran");
}

#[test]
fn mis_10_a_panic_ends_the_task_and_the_run_but_not_the_loop() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let inner = trace.clone();
    let task = event_loop.create_task(async move {
        let _local = inner.loud("local");
        sleep(1).await?;
        if EventLoop::running().is_some() {
            panic!("in a task");
        }
        Ok(())
    });
    let (awaited, said) = (task.clone(), trace.clone());
    let waiter = event_loop.create_task(async move { said.say(end(awaited.await)) });
    assert_eq!(panicking(|| run_out(&event_loop)), "in a task");
    assert_eq!(trace.line(), "local");
    assert!(task.done() && !task.cancelled() && !event_loop.is_running());
    assert_eq!((current_task(), EventLoop::running()), (None, None));
    event_loop.run_until_complete(waiter).unwrap();
    assert_eq!(trace.line(), "failed(the task panicked)");
    assert!(event_loop.all_tasks().is_empty());
}

#[test]
fn mis_10_a_panic_in_the_clean_up_of_a_cancelled_task() {
    struct Panics(Trace);

    impl Drop for Panics {
        fn drop(&mut self) {
            self.0.say(current_task().unwrap().name());
            panic!("in a destructor")
        }
    }

    let (event_loop, trace) = virtual_loop();
    let local = Panics(trace.clone());
    let task = TaskBuilder::new().name("cleaning").spawn_on(&event_loop, async move {
        let _local = local;
        sleep(3600).await
    });
    pass(&event_loop);
    task.cancel();
    assert_eq!(panicking(|| run_out(&event_loop)), "in a destructor");
    assert_eq!(trace.line(), "cleaning");
    assert_eq!(end(task.result()), "failed(the task panicked)");
    event_loop.run_until_complete(sleep(1)).unwrap();
}

#[test]
fn mis_10_a_loop_that_runs_while_its_thread_panics() {
    struct Runs(EventLoop, Trace);

    impl Drop for Runs {
        fn drop(&mut self) {
            let slept = self.0.create_task(async { sleep(1).await });
            self.1.say(end(self.0.run_until_complete(slept)));
        }
    }

    let (event_loop, trace) = virtual_loop();
    let runs = Runs(event_loop, trace.clone());
    let panic = move || {
        let _runs = runs;
        panic!("around it")
    };
    assert_eq!(panicking(panic), "around it");
    assert_eq!(trace.line(), "ok", "its tasks do not panic");
}

#[test]
fn tsk_09_a_task_that_is_pending_when_its_loop_is_closed_is_reported() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let inner = trace.clone();
    let task = event_loop.create_task(async move {
        let _local = inner.loud("dropped");
        sleep(3600).await
    });
    drop(task);
    pass(&event_loop);
    assert_eq!(trace.line(), "", "the loop owns it");
    event_loop.close().unwrap();
    assert_eq!(trace.line(), "dropped <Task was destroyed but it is pending!>");
    assert!(event_loop.all_tasks().is_empty());
}

#[test]
fn tsk_09_where_no_loop_is_open_a_task_has_failed() {
    let (event_loop, trace) = virtual_loop();
    event_loop.close().unwrap();
    let loud = trace.loud("dropped");
    let task = event_loop.create_task(async move { drop(loud) });
    assert!(matches!(task.result().unwrap_err().downcast_ref(), Some(LoopError::Closed)));
    let loud = trace.loud("dropped");
    let task = spawn(async move { drop(loud) });
    assert!(matches!(task.result().unwrap_err().downcast_ref(), Some(LoopError::NotRunning)));
    assert_eq!(trace.line(), "dropped dropped");
}

#[test]
fn tsk_names_ids_and_all_tasks() {
    let (event_loop, trace) = virtual_loop();
    let tasks = [(); 3].map(|()| event_loop.create_task(async { sleep(1).await }));
    assert_eq!(
        tasks.each_ref().map(|task| (task.id(), task.name().to_string())).map(|(id, name)| format!("{id} {name}")),
        ["1 Task-1", "2 Task-2", "3 Task-3"]
    );
    tasks[1].set_name("middle");
    tasks[0].cancel();
    pass(&event_loop);
    // Its place is taken, its id is not.
    let last = TaskBuilder::new().name("last").spawn_on(&event_loop, async { sleep(1).await });
    let names = |event_loop: &EventLoop| {
        event_loop.all_tasks().iter().map(|task| format!("{}:{}", task.id(), task.name())).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&event_loop), "2:middle 3:Task-3 4:last");
    assert_eq!(format!("{last:?} {:?}", tasks[0].handle()), "<task last, pending> <task Task-1, done>");
    trace.say(names(&event_loop));
    event_loop.run_until_complete(last).unwrap();
    assert_eq!(names(&event_loop), "");
}

static VAR: ContextVar<&str> = ContextVar::with_default("var", || "default");

fn var() -> &'static str {
    VAR.get().unwrap()
}

#[coframe::coroutine(task)]
fn looks_and_sets(name: &'static str, trace: Trace) {
    for _ in 0..2 {
        trace.say(format!("{name} has {}", var()));
        VAR.set(name);
        yield_from!(sleep(0));
    }
}

#[test]
fn tsk_10_a_task_has_a_copy_of_the_context_at_its_creation() {
    let (event_loop, trace) = virtual_loop();
    VAR.set("outside");
    let task = event_loop.create_task(looks_and_sets("one", trace.clone()));
    VAR.set("changed");
    let other = event_loop.create_task(looks_and_sets("two", trace.clone()));
    event_loop.run_until_complete(task).unwrap();
    event_loop.run_until_complete(other).unwrap();
    assert_eq!(trace.lines(), ["one has outside", "two has changed", "one has one", "two has two"]);
    assert_eq!(var(), "changed");
}

#[test]
fn tsk_10_two_tasks_may_share_a_given_context() {
    let (event_loop, trace) = virtual_loop();
    let context = Context::current();
    for name in ["one", "two"] {
        drop(TaskBuilder::new().context(context.clone()).spawn_on(&event_loop, looks_and_sets(name, trace.clone())));
    }
    for _ in 0..3 {
        pass(&event_loop);
    }
    assert_eq!(trace.lines(), ["one has default", "two has one", "one has two", "two has one"]);
    assert_eq!((var(), context.get(&VAR)), ("default", Some("two")));
}

#[test]
fn tsk_10_what_a_task_drops_is_dropped_in_its_context() {
    struct Looks(Trace);

    impl Drop for Looks {
        fn drop(&mut self) {
            self.0.say(format!("{} in {:?}", var(), current_task().map(|task| task.name().to_string())));
        }
    }

    let (event_loop, trace) = virtual_loop();
    let task = |name: &'static str, ends: bool| {
        let looks = Looks(trace.clone());
        TaskBuilder::new().name(name).spawn_on(&event_loop, async move {
            let _looks = looks;
            VAR.set(name);
            if ends { Ok(()) } else { sleep(3600).await }
        })
    };
    let (ends, cancelled, closed) = (task("ends", true), task("cancelled", false), task("closed", false));
    pass(&event_loop);
    cancelled.cancel();
    pass(&event_loop);
    trace_reports(&event_loop, &Trace::default());
    event_loop.close().unwrap();
    assert_eq!(
        trace.lines(),
        [r#"ends in Some("ends")"#, r#"cancelled in Some("cancelled")"#, r#"closed in Some("closed")"#]
    );
    drop((ends, closed));
}

#[test]
fn tsk_11_an_eager_task_begins_inside_the_call_that_makes_it() {
    #[coframe::coroutine(task)]
    fn waits(trace: Trace) {
        trace.say(format!("{} begins", current_task().unwrap().name()));
        yield_from!(sleep(0));
        trace.say("goes on");
    }

    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        let eager = eagerly("eager", waits(trace.clone()));
        trace.say(format!("made, {} runs", current_task().unwrap().name()));
        yield_from!(sleep(0));
        trace.say("main went on");
        yield_from!(eager);
    }

    let (event_loop, trace) = virtual_loop();
    let task = TaskBuilder::new().name("main").spawn_on(&event_loop, main(trace.clone()));
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.lines(), ["eager begins", "made, main runs", "goes on", "main went on"]);
}

fn eagerly<F>(name: &'static str, future: F) -> Task<<F::Output as TaskOutput>::Value>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    TaskBuilder::new().name(name).eager(true).spawn(future)
}

#[test]
fn tsk_11_an_eager_task_that_never_waits_is_over_at_once() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let nested = inner.clone();
            let outer = eagerly("outer", async move {
                let innermost = eagerly("inner", async { current_task().unwrap().name().to_string() });
                nested.say(innermost.result().unwrap());
                current_task().unwrap().name().to_string()
            });
            inner.say(outer.result().unwrap());
            let failed = eagerly("failed", async { Err::<(), Exception>(ValueError("at once".to_owned()).into()) });
            inner.say(end(failed.result()));
            let gone = eagerly("cancelled", async {
                current_task().unwrap().cancel();
            });
            inner.say(end(gone.result()));
            inner.say(current_task().unwrap().name());
            assert_eq!(EventLoop::running().unwrap().all_tasks().len(), 1);
        })
        .unwrap();
    assert_eq!(trace.lines(), ["inner", "outer", "failed(at once)", "cancelled(cancelled)", "Task-1"]);
}

#[test]
fn tsk_11_an_eager_task_can_be_cancelled_after_its_first_step() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let loud = inner.loud("dropped");
            let task = eagerly("eager", async move {
                let _loud = loud;
                sleep(3600).await
            });
            inner.say(task.cancel());
            inner.say(end(task.await));
        })
        .unwrap();
    assert_eq!(trace.line(), "true dropped cancelled(cancelled)");
}

#[test]
fn tsk_11_where_its_loop_does_not_run_an_eager_task_waits_for_the_next_pass() {
    let (event_loop, trace) = virtual_loop();
    let said = trace.saying("ran");
    let task = TaskBuilder::new().eager(true).spawn_on(&event_loop, async move { said() });
    assert!(!task.done());
    pass(&event_loop);
    assert_eq!((task.done(), trace.line().as_str()), (true, "ran"));
    // Nor does it begin where its context cannot be entered.
    let context = Context::new();
    let given = context.clone();
    let task = TaskBuilder::new().context(context).spawn_on(&event_loop, async move {
        TaskBuilder::new().context(given).eager(true).spawn(async { unreachable!("refused") as () }).await
    });
    let refused = event_loop.run_until_complete(task).unwrap_err();
    assert_eq!(refused.downcast_ref(), Some(&ContextError::AlreadyEntered));
}

#[test]
fn tsk_a_task_cannot_be_settled_by_others() {
    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(async { 1 });
    assert_eq!(task.set_result(2).unwrap_err().downcast_ref(), Some(&PromiseError::IsATask));
    assert_eq!(task.set_exception(std::fmt::Error).unwrap_err().downcast_ref(), Some(&PromiseError::IsATask));
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 1);
}

#[test]
fn lop_07_run_until_complete_gives_the_result_or_the_error() {
    let (event_loop, trace) = virtual_loop();
    assert_eq!(event_loop.run_until_complete(async { 1 }).unwrap(), 1);
    let failing = async { Err::<(), Exception>(ValueError("error".to_owned()).into()) };
    assert_eq!(end(event_loop.run_until_complete(failing)), "failed(error)");
    let promise = event_loop.create_promise::<u32>();
    let cancelled = promise.clone();
    event_loop.call_soon(move || assert!(cancelled.cancel())).unwrap();
    assert_eq!(end(event_loop.run_until_complete(promise).map(drop)), "cancelled(cancelled)");
    let stopping = event_loop.clone();
    event_loop.call_soon(move || stopping.stop()).unwrap();
    let open = event_loop.create_promise::<u32>();
    assert_eq!(
        end(event_loop.run_until_complete(open.clone()).map(drop)),
        "failed(Event loop stopped before Future completed.)"
    );
    // What was to end that run ends no other.
    let said = trace.saying("after the promise is done");
    event_loop.call_soon(move || open.set_result(1)).unwrap();
    event_loop.call_later(1, said).unwrap();
    event_loop.run_until_complete(sleep(2)).unwrap();
    assert_eq!(trace.line(), "after the promise is done");
}

#[test]
fn lop_07_what_was_to_end_a_run_that_panicked_ends_no_other() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    event_loop.call_soon(|| -> () { panic!("in a callback") }).unwrap();
    let waited = promise.clone();
    assert_eq!(panicking(|| drop(event_loop.run_until_complete(waited))), "in a callback");
    event_loop.call_soon(move || promise.set_result(1)).unwrap();
    event_loop.run_until_complete(sleep(2)).unwrap();
}

#[test]
fn fut_02_a_promise_does_not_keep_tasks_that_have_left_it() {
    struct Counted(Rc<Cell<u32>>);

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    let (event_loop, _) = virtual_loop();
    let (shutdown, gone) = (event_loop.create_promise::<()>(), Rc::new(Cell::new(0)));
    for _ in 0..1000 {
        let (mut shutdown, value) = (shutdown.clone(), Counted(gone.clone()));
        event_loop
            .run_until_complete(async move {
                let mut turn = std::pin::pin!(sleep(0));
                std::future::poll_fn(|context| {
                    assert!(std::pin::Pin::new(&mut shutdown).poll(context).is_pending());
                    turn.as_mut().poll(context)
                })
                .await?;
                Ok(Rc::new(value)) // the task keeps it as its value
            })
            .map(drop)
            .unwrap();
    }
    assert!(gone.get() > 900, "{} are gone", gone.get());
    drop(shutdown);
    assert_eq!(gone.get(), 1000);
}

#[test]
fn fut_01_a_handle_that_is_awaited_tells_only_that_the_task_is_over() {
    let (event_loop, _) = virtual_loop();
    let handles: Vec<TaskHandle> = vec![
        event_loop.create_task(async { 1 }).handle().clone(),
        event_loop.create_task(async { Err::<String, Exception>(std::fmt::Error.into()) }).handle().clone(),
    ];
    trace_reports(&event_loop, &Trace::default());
    event_loop
        .run_until_complete(async move {
            for handle in handles {
                handle.await?;
            }
            Ok(())
        })
        .unwrap();
}

#[coframe::coroutine(task)]
fn raises() {
    yield_from!(sleep(0));
    raise!(ValueError("deep".to_owned()));
}

#[test]
fn mis_08_a_task_that_is_awaited_late_gives_what_it_gave() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(raises());
    pass(&event_loop);
    pass(&event_loop);
    for _ in 0..2 {
        trace.say(end(event_loop.run_until_complete(task.clone())));
    }
    assert_eq!(trace.line(), "failed(deep) failed(deep)");
}
