//! Promises that other threads settle.

use std::sync::mpsc::channel;
use std::thread;

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{Promise, PromiseError, RemotePromise, try_yield_from, yield_from};

use crate::support::{Trace, ValueError, run_out, trace_reports, virtual_loop};

const _: () = {
    const fn any_thread<T: Send + Sync>() {}
    any_thread::<RemotePromise<std::cell::Cell<u32>>>();
};

/// Waits in a coroutine, and says what it gets.
#[coframe::coroutine(task)]
fn wait(promise: Promise<u32>, trace: Trace) {
    match try_yield_from!(promise) {
        Ok(value) => trace.say(value),
        Err(exception) => trace.say(exception),
    }
}

/// The last program of a tutorial: each task waits for a promise of its own, which a thread settles.
#[test]
fn mis_07_three_tasks_each_await_a_promise_that_a_thread_settles() {
    #[coframe::coroutine(task)]
    fn ask(n: u32, promise: Promise<u32>) -> u32 {
        let remote = promise.remote();
        let thread = thread::spawn(move || remote.set_result(10 * n).unwrap());
        let value = yield_from!(promise);
        thread.join().unwrap();
        value
    }
    for event_loop in [EventLoop::new().unwrap(), EventLoop::with_virtual_clock().unwrap()] {
        let tasks: Vec<_> = (1..=3).map(|n| event_loop.create_task(ask(n, event_loop.create_promise()))).collect();
        let values = event_loop.run_until_complete(async move {
            let mut values = Vec::new();
            for task in tasks {
                values.push(task.await?);
            }
            Ok(values)
        });
        assert_eq!(values.unwrap(), [10, 20, 30]);
    }
}

#[test]
fn mis_07_it_is_settled_by_way_of_the_loop() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    _ = event_loop.create_task(wait(promise.clone(), trace.clone()));
    event_loop.run_once().unwrap();
    promise.remote().set_result(1).unwrap();
    assert!(!promise.done(), "nothing changes in the midst of a callback");
    event_loop.call_soon(trace.saying("before the task")).unwrap();
    event_loop.run_once().unwrap();
    assert!(promise.done());
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "before the task 1");
}

#[test]
fn mis_07_an_exception_from_a_thread() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    _ = event_loop.create_task(wait(promise.clone(), trace.clone()));
    let remote = promise.remote();
    thread::spawn(move || remote.set_exception(ValueError("no".into())).unwrap());
    run_out(&event_loop);
    assert_eq!(trace.line(), "no");
}

#[test]
fn mis_07_a_thread_that_drops_it_lets_the_promise_fail() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    let remote = promise.remote();
    let thread = thread::spawn(move || {
        let _remote = remote;
        panic!("the thread is lost");
    });
    let end = event_loop.run_until_complete(promise).unwrap_err();
    assert_eq!(end.downcast_ref(), Some(&PromiseError::Abandoned));
    thread.join().unwrap_err();
}

#[test]
fn mis_07_a_cancelled_promise_stays_cancelled() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let promise = event_loop.create_promise::<u32>();
    let (set, dropped) = (promise.remote(), promise.remote());
    promise.cancel();
    set.set_result(1).unwrap();
    drop(dropped);
    run_out(&event_loop);
    assert!(promise.cancelled());
    assert_eq!(trace.line(), "");
}

#[test]
fn mis_07_a_second_answer_is_reported_and_a_second_drop_is_not() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let promise = event_loop.create_promise();
    let (first, second, third) = (promise.remote(), promise.remote(), promise.remote());
    first.set_result(1_u32).unwrap();
    second.set_result(2).unwrap();
    drop(third);
    run_out(&event_loop);
    assert_eq!(promise.result().unwrap(), 1);
    assert_eq!(trace.lines(), [format!("<{}>", PromiseError::AlreadyDone)]);
}

#[test]
fn mis_07_a_task_cannot_be_settled_so_either() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let task = event_loop.create_task(std::future::pending::<u32>());
    task.remote().set_result(1).unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.lines(), [format!("<{}>", PromiseError::IsATask)]);
    task.cancel();
    run_out(&event_loop);
}

#[test]
fn mis_07_a_loop_that_is_closed_or_gone_takes_no_answer() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    let (before, forgotten) = (promise.remote(), promise.remote());
    event_loop.close().unwrap();
    assert!(matches!(before.set_result(1), Err(LoopError::Closed)));
    assert!(matches!(promise.remote().set_result(1), Err(LoopError::Closed)));
    drop((promise, event_loop, forgotten));
}

#[test]
fn mis_07_the_promise_is_kept_for_the_thread_alone() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    let inner = trace.clone();
    promise.add_done_callback(move |promise| inner.say(promise.result().unwrap())).unwrap();
    let remote = promise.remote();
    drop(promise);
    remote.set_result(5).unwrap();
    run_out(&event_loop);
    assert_eq!(trace.line(), "5");
}

#[test]
fn lop_08_a_virtual_clock_waits_for_a_remote_promise_but_not_with_its_timers() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    _ = event_loop.create_task(wait(promise.clone(), trace.clone()));
    let remote = promise.remote();
    let (late, is_late) = channel();
    let thread = thread::spawn(move || {
        is_late.recv().unwrap();
        remote.set_result(1).unwrap();
    });
    event_loop.call_later(60.0, trace.saying("a minute")).unwrap();
    event_loop.call_later(61.0, move || late.send(())).unwrap();
    run_out(&event_loop);
    thread.join().unwrap();
    assert_eq!(trace.line(), "a minute 1");
}
