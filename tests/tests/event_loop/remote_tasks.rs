//! Coroutines that other threads submit and wait for, and the port of `t01_threadsafe.py`.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use coframe::event_loop::{EventLoop, LoopError, RemoteHandle};
use coframe::{Exception, Promise, PromiseError, RemoteTask, TaskHandle, TimeoutError, try_yield_from, yield_from};

use crate::support::{Trace, ValueError, trace_reports, virtual_loop};

const _: () = {
    const fn any_thread<T: Send + Sync>() {}
    any_thread::<RemoteTask<u32>>();
};

/// Runs the loop until `body`, in a thread of its own, is over.
fn beside<T: Send + 'static>(event_loop: &EventLoop, body: impl FnOnce(&RemoteHandle) -> T + Send + 'static) -> T {
    let remote = event_loop.remote();
    let thread = thread::spawn(move || {
        let value = body(&remote);
        remote.call_soon_threadsafe(|| EventLoop::running().unwrap().stop()).unwrap();
        value
    });
    event_loop.run_forever().unwrap();
    thread.join().unwrap()
}

#[coframe::coroutine(task)]
fn add(a: u32, b: u32) -> u32 {
    yield_from!(coframe::sleep(1.0));
    a + b
}

#[test]
fn thd_01_the_result_of_a_coroutine() {
    let (event_loop, _) = virtual_loop();
    let (sum, again) = beside(&event_loop, |remote| {
        let task = remote.run_coroutine_threadsafe(|| add(20, 22)).unwrap();
        let sum = task.result(None).unwrap();
        assert!(task.done() && !task.cancelled() && !task.cancel());
        (sum, task.result(None).unwrap_err())
    });
    assert_eq!((sum, again.downcast_ref()), (42, Some(&PromiseError::Taken)));
    assert_eq!(event_loop.time(), Duration::from_secs(1));
}

#[test]
fn thd_01_the_error_of_a_coroutine() {
    let (event_loop, _) = virtual_loop();
    let error = beside(&event_loop, |remote| {
        let task =
            remote.run_coroutine_threadsafe(|| async { Err::<u32, Exception>(ValueError("Fail!".into()).into()) });
        task.unwrap().result(None).unwrap_err()
    });
    assert_eq!(error.to_string(), "Fail!");
}

#[test]
fn thd_01_a_timeout_and_a_second_try() {
    let (event_loop, _) = virtual_loop();
    thread_local!(static GATE: RefCell<Option<Promise<u32>>> = const { RefCell::new(None) });
    GATE.set(Some(event_loop.create_promise()));
    let (first, second) = beside(&event_loop, |remote| {
        let task = remote.run_coroutine_threadsafe(|| GATE.with_borrow(|gate| gate.clone().unwrap())).unwrap();
        let first = task.result(Some(Duration::from_millis(1))).unwrap_err();
        assert!(!task.done());
        remote.call_soon_threadsafe(|| GATE.take().unwrap().set_result(3)).unwrap();
        (first, task.result(Some(Duration::MAX)).unwrap())
    });
    assert!(first.is::<TimeoutError>());
    assert_eq!(second, 3);
}

#[test]
fn thd_01_a_thread_cancels_the_task() {
    let (event_loop, trace) = virtual_loop();
    thread_local!(static TRACE: RefCell<Option<Trace>> = const { RefCell::new(None) });
    TRACE.set(Some(trace.clone()));

    #[coframe::coroutine(task)]
    fn wait(begun: std::sync::mpsc::Sender<()>) -> u32 {
        begun.send(()).unwrap();
        let raised = try_yield_from!(std::future::pending::<()>());
        TRACE.take().unwrap().say(format!("{raised:?}").contains("Cancelled"));
        coframe::raise!(raised.unwrap_err())
    }
    let end = beside(&event_loop, |remote| {
        let (begun, has_begun) = channel();
        let task = remote.run_coroutine_threadsafe(move || wait(begun)).unwrap();
        has_begun.recv().unwrap();
        assert!(task.cancel());
        assert!(task.cancelled() && task.done() && !task.cancel());
        (task.result(None).unwrap_err(), task.result(None).unwrap_err())
    });
    assert!(matches!(end, (Exception::Cancelled(_), Exception::Cancelled(_))));
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(trace.line(), "true");
    assert!(event_loop.all_tasks().is_empty());
}

#[test]
fn thd_01_what_is_cancelled_before_it_is_made_never_is() {
    let (event_loop, _) = virtual_loop();
    let remote = event_loop.remote();
    let make = || -> std::future::Ready<u32> { unreachable!("it was cancelled") };
    let task = remote.run_coroutine_threadsafe(make).unwrap();
    assert!(task.cancel());
    event_loop.run_once().unwrap();
    assert!(matches!(task.result(None), Err(Exception::Cancelled(_))));
}

#[test]
fn thd_01_the_loop_cancels_the_task() {
    let (event_loop, _) = virtual_loop();
    let end = beside(&event_loop, |remote| {
        let task = remote.run_coroutine_threadsafe(std::future::pending::<u32>).unwrap();
        let cancel_all = || assert!(EventLoop::running().unwrap().all_tasks().iter().all(TaskHandle::cancel));
        remote.call_soon_threadsafe(cancel_all).unwrap();
        let end = task.result(None);
        assert!(task.done());
        end
    });
    assert!(matches!(end, Err(Exception::Cancelled(_))));
}

#[test]
fn thd_01_a_loop_that_is_closed_meanwhile() {
    let (event_loop, _) = virtual_loop();
    event_loop.set_exception_handler(|_, _| ());
    let remote = event_loop.remote();
    let running = remote.run_coroutine_threadsafe(std::future::pending::<u32>).unwrap();
    event_loop.run_once().unwrap();
    let kept = event_loop.all_tasks();
    let on_its_way = remote.run_coroutine_threadsafe(std::future::pending::<u32>).unwrap();
    event_loop.close().unwrap();
    for task in [running, on_its_way] {
        assert!(matches!(task.result(None).unwrap_err().downcast_ref(), Some(LoopError::Closed)));
    }
    assert!(matches!(remote.run_coroutine_threadsafe(|| async { 1_u32 }), Err(LoopError::Closed)));
    drop(kept);
}

#[test]
fn thd_01_the_thread_of_the_loop_does_not_wait_for_itself() {
    let (event_loop, trace) = virtual_loop();
    let (remote, inner) = (event_loop.remote(), trace.clone());
    event_loop
        .call_soon(move || {
            let task = remote.run_coroutine_threadsafe(|| async { 1_u32 })?;
            inner.say(task.result(None).unwrap_err());
            Ok::<(), Exception>(())
        })
        .unwrap();
    event_loop.run_once().unwrap();
    assert_eq!(trace.lines(), [LoopError::AlreadyRunning.to_string()]);
}

#[test]
fn thd_01_a_panic_while_the_coroutine_is_made() {
    let (event_loop, _) = virtual_loop();
    let make = || -> std::future::Ready<u32> { panic!("no coroutine") };
    let task = event_loop.remote().run_coroutine_threadsafe(make).unwrap();
    catch_unwind(AssertUnwindSafe(|| event_loop.run_once())).unwrap_err();
    assert_eq!(task.result(None).unwrap_err().downcast_ref(), Some(&PromiseError::Abandoned));
}

/// CPython's `_chain_future` does not look at what a cancelled future's source fails with.
#[test]
fn thd_01_an_error_after_the_cancellation_is_reported() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);

    #[coframe::coroutine(task)]
    fn stubborn() -> u32 {
        match try_yield_from!(std::future::pending::<()>()) {
            Err(exit @ Exception::Exit) => coframe::raise!(exit),
            Err(_) | Ok(()) => {}
        }
        coframe::raise!(ValueError("too late".into()))
    }
    let task = event_loop.remote().run_coroutine_threadsafe(stubborn).unwrap();
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    task.cancel();
    drop(task);
    crate::support::run_out(&event_loop);
    assert_eq!(trace.line(), "<too late>");
}

#[test]
fn t01_threadsafe() {
    fn yes(is_so: bool) -> &'static str {
        if is_so { "yes" } else { "no" }
    }
    // Callbacks of other threads find in here what cannot be sent.
    thread_local!(static PROMISE: RefCell<Option<Promise<&'static str>>> = const { RefCell::new(None) });
    thread_local!(static GOT: RefCell<(Vec<u32>, Option<Promise<()>>)> = const { RefCell::new((Vec::new(), None)) });
    thread_local!(static TRACE: Trace = Trace::default());

    #[coframe::coroutine(task)]
    fn set_from_thread() -> &'static str {
        let event_loop = EventLoop::running().unwrap();
        let promise = event_loop.create_promise();
        PROMISE.set(Some(promise.clone()));
        let here = thread::current().id();
        let callback = move || {
            let on_loop_thread = yes(thread::current().id() == here);
            TRACE.with(|trace| trace.say(format!("  callback on the loop thread: {on_loop_thread}")));
            PROMISE.take().unwrap().set_result("from thread")
        };
        let remote = event_loop.remote();
        let thread = thread::spawn(move || remote.call_soon_threadsafe(callback).unwrap());
        let result = yield_from!(promise);
        thread.join().unwrap();
        result
    }

    fn collect(x: u32) -> Result<(), Exception> {
        let all_in = GOT.with_borrow_mut(|(got, all_in)| {
            got.push(x);
            if got.len() == 20 { all_in.take() } else { None }
        });
        all_in.map_or(Ok(()), |all_in| all_in.set_result(()))
    }

    #[coframe::coroutine(task)]
    fn many() {
        let event_loop = EventLoop::running().unwrap();
        let all_in = event_loop.create_promise();
        GOT.set((Vec::new(), Some(all_in.clone())));
        for b in 0..4 {
            let remote = event_loop.remote();
            thread::spawn(move || {
                for i in 0..5 {
                    remote.call_soon_threadsafe(move || collect(b * 10 + i)).unwrap();
                }
            });
        }
        yield_from!(all_in);
        let got = GOT.take().0;
        let in_order = (0..4).all(|b| got.iter().filter(|x| **x / 10 == b).is_sorted());
        let (in_order, total, sum) = (yes(in_order), got.len(), got.iter().sum::<u32>());
        TRACE.with(|trace| trace.say(format!("  each thread in order: {in_order} | total {total} sum {sum}")));
    }

    let trace = TRACE.with(Trace::clone);
    let result = coframe::run(set_from_thread()).unwrap();
    trace.say(format!("future {result}"));
    coframe::run(many()).unwrap();
    let expected: Vec<&str> = include_str!("expected/t01_threadsafe.out").lines().collect();
    assert_eq!(trace.lines(), expected);
}
