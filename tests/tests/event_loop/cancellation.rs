//! Cancellation of tasks: TSK-03 to TSK-08, and what of TSK-02 is about it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use coframe::event_loop::EventLoop;
use coframe::{
    Awaitable, Cancelled, Exception, Promise, Task, TaskHandle, attempt, current_task, raise, sleep, spawn,
    try_yield_from, yield_, yield_from,
};

use crate::support::{Trace, ValueError, end, virtual_loop};

/// Says how its wait ended, and lets it pass.
macro_rules! waiter {
    ($name:ident($($argument:ident: $type:ty),*) $wait:expr) => {
        #[coframe::coroutine(task)]
        fn $name(trace: Trace, $($argument: $type),*) {
            let _local = trace.loud("local");
            trace.say("begins");
            let waited = attempt! { $wait };
            if let Err(e) = waited {
                trace.say(format!("raised({e})"));
                raise!(e);
            }
            trace.say("went on");
        }
    };
}

waiter!(on_sleep() yield_from!(sleep(3600)));
waiter!(on_turn() yield_from!(sleep(0)));
waiter!(on_raw_turn() yield_!(Awaitable::turn()));
waiter!(on_promise(promise: Promise<u32>) assert_ne!(yield_from!(promise), 0));
waiter!(on_raw_promise(promise: Promise<u32>) yield_!(Awaitable::from(&promise)));
waiter!(on_taking(promise: Promise<u32>) assert_ne!(yield_from!(promise.take()), 0));
waiter!(on_task(task: Task<()>) yield_from!(task));
waiter!(on_handle(task: TaskHandle) yield_from!(task));
waiter!(on_foreign() yield_from!(poll_fn(|_| Poll::<()>::Pending)));
waiter!(on_future(promise: Promise<u32>) assert_ne!(yield_from!(async move { promise.await }), 0));

/// Runs some passes, cancels the task, and runs until it is over.
fn cancelled_after(passes: usize, trace: &Trace, event_loop: &EventLoop, task: &Task<()>) -> String {
    for _ in 0..passes {
        event_loop.call_soon(|| ()).unwrap();
        event_loop.run_once().unwrap();
    }
    assert!(task.cancel_with(Cancelled::new("why")));
    trace.say("|");
    trace.say(end(event_loop.run_until_complete(task.clone())));
    trace.line()
}

#[test]
fn tsk_03_a_task_that_is_cancelled_before_its_first_step_never_runs() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(on_sleep(trace.clone()));
    assert_eq!(cancelled_after(0, &trace, &event_loop, &task), "| cancelled(why)");
    assert_eq!((task.cancelled(), task.cancel()), (true, false));

    let captured = trace.loud("captured");
    let task = event_loop.create_task(async move {
        let _captured = &captured;
        unreachable!("it was cancelled before") as ()
    });
    assert_eq!(cancelled_after(0, &trace, &event_loop, &task), "| captured cancelled(why)");
}

#[test]
fn tsk_04_wherever_a_coroutine_waits_it_is_told_in_the_next_pass() {
    let (event_loop, trace) = virtual_loop();
    let promise = || event_loop.create_promise::<u32>();
    let child = event_loop.create_task(async { sleep(3600).await });
    let tasks: [(&str, Task<()>); 7] = [
        ("sleep", event_loop.create_task(on_sleep(trace.clone()))),
        ("promise", event_loop.create_task(on_promise(trace.clone(), promise()))),
        ("raw promise", event_loop.create_task(on_raw_promise(trace.clone(), promise()))),
        ("taking", event_loop.create_task(on_taking(trace.clone(), promise()))),
        ("foreign", event_loop.create_task(on_foreign(trace.clone()))),
        ("future", event_loop.create_task(on_future(trace.clone(), promise()))),
        ("task", event_loop.create_task(on_task(trace.clone(), child))),
    ];
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), ["begins"; 7].join(" "));
    for (kind, task) in tasks {
        assert!(task.cancel_with(Cancelled::new("why")), "{kind}");
        assert_eq!(trace.line(), "", "{kind}: nothing is raised at once");
        assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(why)", "{kind}");
        assert_eq!(trace.line(), "raised(why) local", "{kind}");
    }
}

#[test]
fn tsk_04_turns_that_were_given_up() {
    let (event_loop, trace) = virtual_loop();
    for raw in [false, true] {
        let task = match raw {
            false => event_loop.create_task(on_turn(trace.clone())),
            true => event_loop.create_task(on_raw_turn(trace.clone())),
        };
        assert_eq!(cancelled_after(1, &trace, &event_loop, &task), "begins | raised(why) local cancelled(why)");
    }
}

#[test]
fn tsk_04_what_is_waited_for_is_cancelled_and_not_the_waiter() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    let said = trace.clone();
    promise.add_done_callback(move |promise| said.say(format!("promise {}", end(promise.result().map(drop))))).unwrap();
    let task = event_loop.create_task(on_promise(trace.clone(), promise.clone()));
    event_loop.run_once().unwrap();
    assert!(task.cancel_with(Cancelled::new("why")));
    assert!(promise.cancelled() && !task.done() && !task.cancelled());
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(why)");
    assert_eq!(trace.line(), "begins promise cancelled(why) raised(why) local");
}

#[test]
fn tsk_04_a_chain_of_three_tasks_unwinds_from_its_end() {
    let (event_loop, trace) = virtual_loop();
    let third = event_loop.create_task(on_sleep(trace.clone()));
    let second = event_loop.create_task(on_task(trace.clone(), third.clone()));
    let first = event_loop.create_task(on_handle(trace.clone(), second.handle().clone()));
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
    trace.lines();
    assert!(first.cancel_with(Cancelled::new("why")));
    assert_eq!([first.cancelling(), second.cancelling(), third.cancelling()], [1, 1, 1]);
    // A handle tells that a task is over, and not how; but whoever waits for it hears of its own cancellation.
    assert_eq!(end(event_loop.run_until_complete(first.clone())), "cancelled(why)");
    assert_eq!(trace.line(), ["raised(why) local"; 3].join(" "));
    assert!(first.cancelled() && second.cancelled() && third.cancelled());
}

#[test]
fn tsk_04_a_chain_of_a_hundred_thousand_tasks_takes_no_room_on_the_stack() {
    let (event_loop, _) = virtual_loop();
    let mut last = event_loop.create_task(async { sleep(3600).await });
    for _ in 0..100_000 {
        let inner = last;
        last = event_loop.create_task(async move { inner.await });
    }
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    assert!(last.cancel());
    assert_eq!(end(event_loop.run_until_complete(last)), "cancelled(cancelled)");
    assert!(event_loop.all_tasks().is_empty());
}

#[test]
fn tsk_04_tasks_that_wait_for_each_other_can_be_cancelled() {
    let (event_loop, trace) = virtual_loop();
    let other: Rc<RefCell<Option<Task<()>>>> = Rc::default();
    let found = other.clone();
    let one = event_loop.create_task({
        let trace = trace.clone();
        async move {
            let _local = trace.loud("one");
            sleep(0).await?;
            let other = found.borrow().clone().unwrap();
            other.await
        }
    });
    *other.borrow_mut() = Some(event_loop.create_task(on_task(trace.clone(), one.clone())));
    for _ in 0..3 {
        event_loop.call_soon(|| ()).unwrap();
        event_loop.run_once().unwrap();
    }
    assert!(one.cancel_with(Cancelled::new("why")));
    assert_eq!(end(event_loop.run_until_complete(one.clone())), "cancelled(why)");
    assert_eq!(trace.line(), "begins raised(why) local one");
    let other = other.take().unwrap();
    assert!(other.cancelled());
    assert_eq!((one.cancelling(), other.cancelling()), (1, 1));
}

#[test]
fn tsk_04_after_the_wake_up_and_before_the_step() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    let task = event_loop.create_task(on_promise(trace.clone(), promise.clone()));
    event_loop.run_once().unwrap();
    promise.set_result(7).unwrap();
    assert!(task.cancel_with(Cancelled::new("why")));
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(why)");
    assert_eq!(trace.line(), "begins raised(why) local");
    assert_eq!(promise.result().unwrap(), 7, "the value is not lost");

    // One that is moved out is still there for whoever comes next.
    let promise = event_loop.create_promise();
    let task = event_loop.create_task(on_taking(trace.clone(), promise.clone()));
    event_loop.run_once().unwrap();
    promise.set_result(8).unwrap();
    assert!(task.cancel());
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
    assert_eq!(event_loop.run_until_complete(promise.take()).unwrap(), 8);
}

#[test]
fn tsk_04_twice_in_one_turn_is_raised_once_and_counted_twice() {
    let (event_loop, trace) = virtual_loop();
    for raw in [false, true] {
        let promise = event_loop.create_promise();
        let task = match raw {
            false => event_loop.create_task(on_promise(trace.clone(), promise)),
            true => event_loop.create_task(on_raw_promise(trace.clone(), promise)),
        };
        event_loop.call_soon(|| ()).unwrap();
        event_loop.run_once().unwrap();
        assert!(task.cancel_with(Cancelled::new("first")) && task.cancel_with(Cancelled::new("second")));
        assert_eq!(task.cancelling(), 2);
        assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(first)", "that was on its way");
        assert_eq!(trace.line(), "begins raised(first) local");
    }
}

#[test]
fn tsk_04_from_a_done_callback_and_from_the_step_of_another() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(on_sleep(trace.clone()));
    let promise = event_loop.create_promise();
    let (victim, said) = (task.clone(), trace.clone());
    promise.add_done_callback(move |_: &Promise<()>| said.say(victim.cancel())).unwrap();
    event_loop.run_once().unwrap();
    promise.set_result(()).unwrap();
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
    assert_eq!(trace.line(), "begins true raised(cancelled) local");

    let task = event_loop.create_task(on_sleep(trace.clone()));
    let (victim, said) = (task.clone(), trace.clone());
    event_loop
        .run_until_complete(async move {
            sleep(0).await?;
            said.say(victim.cancel());
            sleep(0).await?;
            said.say(victim.cancel());
            Ok(())
        })
        .unwrap();
    assert_eq!(trace.line(), "begins true raised(cancelled) local false");
}

#[test]
fn tsk_04_whoever_else_awaits_it_hears_of_it_and_is_not_cancelled_itself() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(on_sleep(trace.clone()));
    let waiters = [0; 3].map(|_| event_loop.create_task(on_task(trace.clone(), task.clone())));
    event_loop.run_once().unwrap();
    task.cancel_with(Cancelled::new("why"));
    for waiter in waiters {
        assert_eq!(end(event_loop.run_until_complete(waiter.clone())), "cancelled(why)");
        assert_eq!(waiter.cancelling(), 0, "it hears of a cancellation that was not meant for it");
    }
    assert_eq!(
        trace.line(),
        format!("begins{} raised(why) local{}", " begins".repeat(3), " raised(why) local".repeat(3))
    );
}

#[test]
fn tsk_05_a_task_that_cancels_itself_goes_on_to_its_next_wait() {
    #[coframe::coroutine(task)]
    fn cancels_itself(trace: Trace, promise: Promise<u32>) -> u32 {
        current_task().unwrap().cancel_with(Cancelled::new("me"));
        trace.say("goes on");
        let e = match try_yield_from!(promise) {
            Ok(value) => return value,
            Err(e) => e,
        };
        trace.say(format!("raised({e})"));
        raise!(e);
    }

    let (event_loop, trace) = virtual_loop();
    // What it would wait for is cancelled in its place, as in CPython.
    let promise = event_loop.create_promise();
    let task = event_loop.create_task(cancels_itself(trace.clone(), promise.clone()));
    assert_eq!(end(event_loop.run_until_complete(task).map(drop)), "cancelled(me)");
    assert_eq!(trace.line(), "goes on raised(me)");
    assert!(promise.cancelled());

    // What is done is no wait.
    let promise = event_loop.create_promise();
    promise.set_result(7).unwrap();
    let task = event_loop.create_task(cancels_itself(trace.clone(), promise));
    assert_eq!(end(event_loop.run_until_complete(task.clone()).map(drop)), "cancelled(me)");
    assert_eq!(trace.line(), "goes on", "it had a value, which is lost");
    assert!(task.cancelled());
}

#[test]
fn tsk_05_a_task_that_cancels_itself_and_fails_has_failed() {
    #[coframe::coroutine(task)]
    fn fails() {
        current_task().unwrap().cancel();
        raise!(ValueError("mine".to_owned()));
    }

    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(fails());
    assert_eq!(end(event_loop.run_until_complete(task.clone())), "failed(mine)");
    assert!(!task.cancelled());
}

#[test]
fn tsk_05_a_plain_future_that_cancels_itself_is_dropped_at_its_next_wait() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let task = event_loop.create_task(async move {
        let _local = inner.loud("dropped");
        current_task().unwrap().cancel();
        inner.say("goes on");
        _ = sleep(1).await;
        unreachable!("it was cancelled") as ()
    });
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
    assert_eq!(trace.line(), "goes on dropped");
}

/// Swallows as many cancellations as it is told, and gives their number.
#[coframe::coroutine(task)]
fn stubborn(trace: Trace, times: u32) -> u32 {
    let mut swallowed = 0;
    while swallowed < times {
        match try_yield_from!(sleep(3600)) {
            Ok(()) => return swallowed,
            Err(Exception::Cancelled(_)) => {
                swallowed += 1;
                trace.say(format!("swallowed, {} asked", current_task().unwrap().cancelling()));
            }
            Err(other) => raise!(other),
        }
    }
    yield_from!(sleep(1));
    swallowed
}

#[test]
fn tsk_06_a_cancellation_can_be_swallowed_and_is_counted() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(stubborn(trace.clone(), 2));
    for _ in 0..2 {
        event_loop.call_soon(|| ()).unwrap();
        event_loop.run_once().unwrap();
        assert!(task.cancel());
    }
    assert_eq!(event_loop.run_until_complete(task.clone()).unwrap(), 2);
    assert_eq!(trace.line(), "swallowed, 1 asked swallowed, 2 asked");
    assert_eq!((task.cancelled(), task.cancelling()), (false, 2));
    assert_eq!([task.uncancel(), task.uncancel(), task.uncancel()], [1, 0, 0]);
}

#[test]
fn tsk_06_the_last_uncancel_takes_back_what_was_not_delivered() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(on_turn(trace.clone()));
    event_loop.run_once().unwrap();
    assert!(task.cancel() && task.cancel());
    assert_eq!(task.uncancel(), 1);
    assert_eq!(task.uncancel(), 0);
    assert_eq!(end(event_loop.run_until_complete(task)), "ok");
    assert_eq!(trace.line(), "begins went on local");

    // Not begun, and taken back.
    let task = event_loop.create_task(on_turn(trace.clone()));
    assert!(task.cancel());
    assert_eq!(task.uncancel(), 0);
    assert_eq!(end(event_loop.run_until_complete(task)), "ok");

    // What it waits for is cancelled at once: that cannot be taken back.
    trace.lines();
    let task = event_loop.create_task(on_sleep(trace.clone()));
    event_loop.run_once().unwrap();
    assert!(task.cancel());
    assert_eq!(task.uncancel(), 0);
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
}

#[test]
fn tsk_06_structured_blocks_take_back_their_own_request() {
    #[coframe::coroutine(task)]
    fn block(trace: Trace) -> &'static str {
        let me = current_task().unwrap();
        let waited = try_yield_from!(sleep(3600));
        if matches!(waited, Err(Exception::Cancelled(_))) && me.uncancel() == 0 {
            trace.say("only mine");
            yield_from!(sleep(1));
            return "went on";
        }
        trace.say("another one as well");
        yield_from!(sleep(0));
        if let Err(e) = waited {
            raise!(e);
        }
        "slept"
    }

    let (event_loop, trace) = virtual_loop();
    for (requests, line) in [(1, "only mine ok"), (2, "another one as well cancelled(cancelled)")] {
        let task = event_loop.create_task(block(trace.clone()));
        event_loop.run_once().unwrap();
        for _ in 0..requests {
            task.cancel();
        }
        trace.say(end(event_loop.run_until_complete(task).map(drop)));
        assert_eq!(trace.line().replace(" |", ""), line);
    }
}

#[test]
fn tsk_07_another_error_while_it_is_cancelled_makes_it_failed() {
    #[coframe::coroutine(task)]
    fn fails_in_clean_up(promise: Promise<u32>) {
        if let Ok(_) = try_yield_from!(promise) {
            return;
        }
        yield_from!(sleep(1));
        raise!(ValueError("clean-up".to_owned()));
    }

    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(fails_in_clean_up(event_loop.create_promise()));
    let waiter = event_loop.create_task(on_task(trace.clone(), task.clone()));
    event_loop.run_once().unwrap();
    assert!(task.cancel());
    assert_eq!(end(event_loop.run_until_complete(waiter)), "failed(clean-up)");
    assert!(task.done() && !task.cancelled());
}

#[test]
fn tsk_08_the_message_reaches_the_body_and_the_waiter() {
    let (event_loop, trace) = virtual_loop();
    let inner = event_loop.create_task(on_sleep(trace.clone()));
    let waiter = event_loop.create_task(on_task(trace.clone(), inner.clone()));
    event_loop.run_once().unwrap();
    assert!(inner.cancel_with(Cancelled::new("the user left")));
    let Err(Exception::Cancelled(cancelled)) = event_loop.run_until_complete(waiter) else { panic!("it is") };
    assert_eq!(cancelled.message(), Some("the user left"));
    assert_eq!(trace.line(), "begins begins raised(the user left) local raised(the user left) local");
}

#[test]
fn tsk_04_a_child_may_refuse_and_a_plain_parent_goes_on() {
    let (event_loop, trace) = virtual_loop();
    let (inner, child) = (trace.clone(), spawn_stubborn(&event_loop, &trace));
    let parent = event_loop.create_task(async move {
        let swallowed = child.await?;
        inner.say(format!("parent got {swallowed}"));
        sleep(1).await?;
        inner.say("and went on");
        Ok(())
    });
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
    assert!(parent.cancel());
    assert_eq!(end(event_loop.run_until_complete(parent.clone())), "ok");
    assert_eq!(trace.line(), "swallowed, 1 asked parent got 1 and went on");
    assert_eq!(parent.cancelling(), 1);
}

fn spawn_stubborn(event_loop: &EventLoop, trace: &Trace) -> Task<u32> {
    event_loop.create_task(stubborn(trace.clone(), 1))
}

#[test]
fn tsk_04_a_request_that_a_task_makes_of_itself_while_it_polls_several() {
    // The first of two is polled already when the second cancels the task: nothing is cancelled on its behalf before the
    // end of the step.
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    let (inner, waits) = (trace.clone(), promise.clone());
    let task = event_loop.create_task(async move {
        let _local = inner.loud("dropped");
        let mut waits = std::pin::pin!(waits);
        poll_fn(|context| {
            let polled = waits.as_mut().poll(context);
            current_task().unwrap().cancel();
            inner.say(format!("promise {}", if polled.is_pending() { "waits" } else { "is done" }));
            Poll::<()>::Pending
        })
        .await;
    });
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
    assert_eq!(trace.line(), "promise waits dropped");
    assert!(promise.cancelled());
}

#[test]
fn tsk_04_a_wake_up_while_the_cancelled_child_cleans_up_changes_nothing() {
    let (event_loop, trace) = virtual_loop();
    #[coframe::coroutine(task)]
    fn slow(trace: Trace) {
        if let Err(e) = try_yield_from!(sleep(3600)) {
            yield_from!(sleep(1));
            trace.say("child cleaned up");
            raise!(e);
        }
    }
    let child = event_loop.create_task(slow(trace.clone()));
    let (inner, waker) = (trace.clone(), Rc::new(RefCell::new(None)));
    let kept = waker.clone();
    let parent = event_loop.create_task(async move {
        let _local = inner.loud("parent dropped");
        let mut child = std::pin::pin!(child);
        let seen = poll_fn(|context| {
            *kept.borrow_mut() = Some(context.waker().clone());
            child.as_mut().poll(context)
        })
        .await;
        unreachable!("a plain future is dropped, and sees nothing: {seen:?}") as ()
    });
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
    parent.cancel_with(Cancelled::new("why"));
    let woken = waker.borrow().clone().unwrap();
    woken.wake();
    assert_eq!(end(event_loop.run_until_complete(parent)), "cancelled(why)");
    assert_eq!(trace.line(), "child cleaned up parent dropped");
    waker.take();
}

#[test]
fn tsk_06_one_task_spawned_by_a_cancelled_one_is_not_cancelled() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let task = event_loop.create_task(async move {
        let said = inner.saying("child ran");
        let child = spawn(async move {
            sleep(0).await?;
            said();
            Ok(())
        });
        drop(child);
        sleep(3600).await
    });
    event_loop.run_once().unwrap();
    task.cancel();
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
    event_loop.call_later(1, || ()).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "child ran");
}
