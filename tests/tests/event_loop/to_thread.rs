//! Blocking functions in threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{
    ContextVar, Exception, Runner, TaskBuilder, ThreadPanicked, sleep, spawn, to_thread, try_yield_from, yield_from,
};

use crate::support::{Trace, ValueError, run_out, virtual_loop};

#[test]
fn thd_01_a_result_comes_back_from_another_thread() {
    #[coframe::coroutine(task)]
    fn main() -> u32 {
        let here = thread::current().id();
        yield_from!(to_thread(move || if thread::current().id() == here { 0_u32 } else { 42 }))
    }
    assert_eq!(coframe::run(main()).unwrap(), 42);
}

#[test]
fn thd_01_an_error_is_raised_where_it_is_awaited() {
    #[coframe::coroutine(task)]
    fn main() -> String {
        match try_yield_from!(to_thread(|| Err::<(), Exception>(ValueError("no".into()).into()))) {
            Err(exception) if exception.is::<ValueError>() => format!("caught {exception}"),
            other => format!("{other:?}"),
        }
    }
    assert_eq!(coframe::run(main()).unwrap(), "caught no");
}

#[test]
fn thd_01_a_panic_is_an_error() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let promise = event_loop.run_in_executor(|| -> u32 { panic!("{}", 1 + 1) });
    let error = event_loop.run_until_complete(promise).unwrap_err();
    assert_eq!(error.downcast_ref::<ThreadPanicked>().unwrap().message(), "2");
}

#[test]
fn thd_01_the_context_is_copied() {
    static WHO: ContextVar<&str> = ContextVar::new("who");

    #[coframe::coroutine(task)]
    fn main() -> [&'static str; 3] {
        WHO.set("parrot");
        let lazily = to_thread(|| {
            let seen = WHO.get().unwrap_or("nobody");
            WHO.set("thread");
            seen
        });
        WHO.set("knight"); // It counts what is current when it is awaited.
        let seen = yield_from!(lazily);
        let at_once = EventLoop::running().unwrap().run_in_executor(|| WHO.get().unwrap_or("nobody"));
        WHO.set("nobody in time");
        let seen_at_once = yield_from!(at_once);
        WHO.set("knight");
        [seen, seen_at_once, WHO.get().unwrap_or("nobody")]
    }
    assert_eq!(coframe::run(main()).unwrap(), ["knight", "knight", "knight"]);
}

#[test]
fn thd_01_values_need_not_be_clone() {
    #[derive(Debug, PartialEq)]
    struct Unique(u32);
    let done = coframe::run(to_thread(|| Ok(Unique(1)))).unwrap();
    assert_eq!(done, Unique(1));
}

#[test]
fn thd_01_cancelling_the_waiter_does_not_stop_the_function() {
    let (event_loop, trace) = virtual_loop();
    let ((begun, has_begun), (go_on, may_go_on), (ended, has_ended)) = (channel(), channel::<()>(), channel());

    #[coframe::coroutine(task)]
    fn wait(function: impl FnOnce() -> u32 + Send + 'static, trace: Trace) -> u32 {
        match try_yield_from!(to_thread(function)) {
            Ok(value) => value,
            Err(exception) => {
                trace.say(format!("raised {exception:?}"));
                coframe::raise!(exception)
            }
        }
    }
    let function = move || {
        begun.send(()).unwrap();
        may_go_on.recv().unwrap();
        ended.send(()).unwrap();
        1
    };
    let task = event_loop.create_task(wait(function, trace.clone()));
    event_loop.run_once().unwrap();
    has_begun.recv().unwrap();
    assert!(task.cancel());
    event_loop.run_until_complete(task.clone()).unwrap_err();
    assert!(task.cancelled());
    assert!(trace.line().starts_with("raised Cancelled"));
    go_on.send(()).unwrap();
    has_ended.recv().unwrap();
    run_out(&event_loop);
}

/// What was cancelled holds the clock no longer, although its function still runs.
#[test]
fn thd_01_a_cancelled_function_lets_time_pass() {
    let (event_loop, trace) = virtual_loop();
    let (go_on, may_go_on) = channel::<()>();
    let promise = event_loop.run_in_executor(move || may_go_on.recv().is_err());
    event_loop.call_later(1.0, trace.saying("a second later")).unwrap();
    promise.cancel();
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "a second later");
    drop(go_on);
    run_out(&event_loop);
}

#[test]
fn thd_01_a_function_that_nobody_waits_for_runs() {
    let (event_loop, _) = virtual_loop();
    let (done, is_done) = channel();
    drop(event_loop.run_in_executor(move || done.send(7).unwrap()));
    run_out(&event_loop);
    assert_eq!(is_done.recv(), Ok(7));
}

#[test]
fn thd_01_a_closed_loop_runs_no_function() {
    let (event_loop, _) = virtual_loop();
    event_loop.close().unwrap();
    let promise = event_loop.run_in_executor(|| 1_u32);
    assert!(matches!(promise.result().unwrap_err().downcast_ref(), Some(LoopError::Closed)));
}

#[test]
fn thd_01_a_loop_may_be_closed_while_a_function_runs() {
    let (event_loop, _) = virtual_loop();
    let (go_on, may_go_on) = channel::<()>();
    let (ended, has_ended) = channel();
    let promise = event_loop.run_in_executor(move || {
        _ = may_go_on.recv();
        ended.send(()).unwrap();
    });
    event_loop.close().unwrap();
    drop(go_on);
    has_ended.recv().unwrap();
    assert!(!promise.done());
}

#[test]
fn lop_08_the_virtual_clock_stands_still_while_a_function_runs() {
    let (event_loop, trace) = virtual_loop();
    let (go_on, may_go_on) = channel::<()>();
    let (inner, timers) = (trace.clone(), event_loop.clone());
    let task = event_loop.create_task(async move {
        // The function ends when a callback says so, which is not before the loop has nothing else to do.
        let work = spawn(to_thread(move || may_go_on.recv().is_err()));
        timers.call_later(0.0, inner.saying("due now"))?;
        timers.call_later(3600.0, inner.saying("an hour later"))?;
        sleep(0).await?;
        let remote = timers.remote();
        thread::spawn(move || remote.call_soon_threadsafe(move || drop(go_on)));
        work.await?;
        inner.say(format!("over at {:?}", timers.time()));
        Ok(())
    });
    event_loop.run_until_complete(task).unwrap();
    run_out(&event_loop);
    assert_eq!(trace.line(), "due now over at 0ns an hour later");
}

#[test]
fn thd_01_many_functions_at_once() {
    const MANY: usize = 300;
    static RAN: AtomicUsize = AtomicUsize::new(0);
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let sum = event_loop.run_until_complete(async {
        let tasks: Vec<_> = (0..MANY)
            .map(|n| {
                spawn(to_thread(move || {
                    RAN.fetch_add(1, Ordering::Relaxed);
                    n
                }))
            })
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await?;
        }
        Ok(sum)
    });
    assert_eq!((sum.unwrap(), RAN.load(Ordering::Relaxed)), (MANY * (MANY - 1) / 2, MANY));
}

/// The value of a function that was cancelled while it ran is dropped, and so is what an unstarted one captured.
#[test]
fn thd_01_nothing_is_lost_when_it_is_cancelled() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let alive = Arc::new(());
    for _ in 0..100 {
        let value = alive.clone();
        event_loop.run_in_executor(move || Ok(value)).cancel();
    }
    run_out(&event_loop);
    while Arc::strong_count(&alive) > 1 {
        thread::yield_now();
    }
}

#[test]
fn thd_01_awaited_where_no_loop_runs_it_is_refused() {
    use std::future::IntoFuture;
    use std::task::{Context, Poll, Waker};
    let mut future = Box::pin(to_thread(|| 1_u32).into_future());
    let Poll::Ready(Err(refused)) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { panic!() };
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotRunning)));
}

/// A value that panics in its drop harms a thread of the pool, and not the loop.
#[test]
fn thd_01_a_panicking_drop_in_the_pool() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a bomb");
        }
    }
    let (event_loop, _) = virtual_loop();
    let bomb = Bomb;
    let promise = event_loop.run_in_executor(move || {
        let _bomb = &bomb;
        1_u32
    });
    let end = catch_unwind(AssertUnwindSafe(|| event_loop.run_until_complete(promise))).unwrap();
    assert_eq!(end.unwrap_err().downcast_ref::<ThreadPanicked>().unwrap().message(), "a bomb");
    assert_eq!(event_loop.time(), Duration::ZERO);
}

#[test]
fn run_01_the_end_of_a_run_waits_for_its_threads() {
    static ENDED: AtomicUsize = AtomicUsize::new(0);
    let (go_on, may_go_on) = channel::<()>();
    let (begun, has_begun) = channel();
    let left = to_thread(move || {
        begun.send(()).unwrap();
        _ = may_go_on.recv();
        ENDED.fetch_add(1, Ordering::Relaxed);
    });
    let main = async move {
        _ = spawn(left); // cancelled in the end, and runs on all the same
        sleep(0).await?;
        sleep(0).await?;
        has_begun.recv().unwrap();
        thread::spawn(move || drop(go_on));
        Ok(())
    };
    let runner = Runner::of(EventLoop::with_virtual_clock().unwrap());
    runner.run(main).unwrap();
    let event_loop = runner.event_loop().clone();
    runner.close().unwrap();
    assert_eq!((ENDED.load(Ordering::Relaxed), event_loop.time()), (1, Duration::ZERO));
}

#[test]
fn thd_01_after_the_shutdown_functions_are_refused() {
    let (event_loop, _) = virtual_loop();
    event_loop.run_until_complete(event_loop.shutdown_default_executor()).unwrap();
    event_loop.run_until_complete(event_loop.shutdown_default_executor()).unwrap();
    let refused = event_loop.run_until_complete(event_loop.run_in_executor(|| 1_u32)).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::ExecutorShutDown)));
}

#[test]
fn lop_09_a_slow_task_is_named() {
    let (event_loop, trace) = virtual_loop();
    crate::support::trace_reports(&event_loop, &trace);
    event_loop.set_debug(true);
    event_loop.set_slow_callback_duration(Duration::ZERO);
    _ = TaskBuilder::new().name("slow").spawn_on(&event_loop, async {});
    event_loop.run_once().unwrap();
    assert_eq!(trace.lines(), ["<Executing <task slow> took 0.000 seconds>"]);
}
