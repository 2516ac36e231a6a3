//! `wait`: CMB-03.

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{
    Cancelled, Exception, Promise, PromiseError, ReturnWhen, Task, TaskHandle, Wait, Waitable, gather, shield, sleep,
    spawn, try_yield_from, wait, yield_from,
};

use crate::support::{Trace, ValueError, run_out, trace_reports, virtual_loop};

#[coframe::coroutine(task)]
fn job(name: &'static str, delay: i32, fails: bool) -> &'static str {
    yield_from!(sleep(delay));
    if fails {
        coframe::raise!(ValueError(name.to_owned()));
    }
    name
}

fn named(tasks: &[Task<&'static str>]) -> String {
    tasks.iter().map(|task| task.name().to_string()).collect::<Vec<_>>().join("")
}

/// Tasks named by a letter, each of which takes as long as the number beside it; a negative one fails after that time.
fn tasks<const N: usize>(delays: [(&'static str, i32); N]) -> [Task<&'static str>; N] {
    delays.map(|(name, delay)| coframe::TaskBuilder::new().name(name).spawn(job(name, delay.abs(), delay < 0)))
}

fn limited<W: Waitable>(wait: Wait<W>, timeout: Option<f64>) -> Wait<W> {
    match timeout {
        Some(timeout) => wait.timeout(timeout),
        None => wait,
    }
}

/// Waits as a coroutine and as a future, and says who was done and who was not.
fn both_ways(delays: [(&'static str, i32); 3], return_when: ReturnWhen, timeout: Option<f64>) -> (String, u64) {
    #[coframe::coroutine(task)]
    fn frame(delays: [(&'static str, i32); 3], return_when: ReturnWhen, timeout: Option<f64>) -> String {
        let (done, pending) = yield_from!(limited(wait(tasks(delays)).return_when(return_when), timeout));
        format!("{}|{}", named(&done), named(&pending))
    }

    let (event_loop, _) = virtual_loop();
    event_loop.set_exception_handler(|_, _| {});
    let as_coroutine = event_loop.run_until_complete(frame(delays, return_when, timeout)).unwrap();
    let took = event_loop.time().as_secs();
    let (event_loop, _) = virtual_loop();
    event_loop.set_exception_handler(|_, _| {});
    let as_future = event_loop.run_until_complete(async move {
        let (done, pending) = limited(wait(tasks(delays)).return_when(return_when), timeout).await?;
        Ok(format!("{}|{}", named(&done), named(&pending)))
    });
    assert_eq!(as_future.unwrap(), as_coroutine);
    assert_eq!(event_loop.time().as_secs(), took);
    (as_coroutine, took)
}

#[test]
fn cmb_03_all_completed() {
    let (lists, took) = both_ways([("a", 3), ("b", -1), ("c", 2)], ReturnWhen::AllCompleted, None);
    assert_eq!((lists.as_str(), took), ("abc|", 3));
}

#[test]
fn cmb_03_first_completed() {
    let (lists, took) = both_ways([("a", 3), ("b", -1), ("c", 1)], ReturnWhen::FirstCompleted, None);
    assert_eq!((lists.as_str(), took), ("bc|a", 1));
}

#[test]
fn cmb_03_first_exception() {
    let (lists, took) = both_ways([("a", 3), ("b", 1), ("c", -2)], ReturnWhen::FirstException, None);
    assert_eq!((lists.as_str(), took), ("bc|a", 2));
    let (lists, took) = both_ways([("a", 3), ("b", 1), ("c", 2)], ReturnWhen::FirstException, None);
    assert_eq!((lists.as_str(), took), ("abc|", 3));
}

#[test]
fn cmb_03_a_cancelled_task_is_no_first_exception() {
    let (event_loop, _) = virtual_loop();
    let lists = event_loop.run_until_complete(async {
        let all = tasks([("a", 3), ("b", 9)]);
        let b = all[1].clone();
        EventLoop::running().unwrap().call_later(1, move || _ = b.cancel())?;
        let (done, pending) = wait(all).return_when(ReturnWhen::FirstException).await?;
        Ok(format!("{}|{}", named(&done), named(&pending)))
    });
    assert_eq!(lists.unwrap(), "ab|");
    assert_eq!(event_loop.time().as_secs(), 3);
}

#[test]
fn cmb_03_a_timeout_gives_the_pending_and_is_no_error() {
    let (lists, took) = both_ways([("a", 5), ("b", 1), ("c", 3)], ReturnWhen::AllCompleted, Some(2.0));
    assert_eq!((lists.as_str(), took), ("b|ac", 2));
    let (lists, took) = both_ways([("a", 5), ("b", 1), ("c", 3)], ReturnWhen::AllCompleted, Some(0.0));
    assert_eq!((lists.as_str(), took), ("|abc", 0));
    // In time: the timer is gone.
    let (lists, took) = both_ways([("a", 1), ("b", 1), ("c", 1)], ReturnWhen::AllCompleted, Some(9.0));
    assert_eq!((lists.as_str(), took), ("abc|", 1));
}

#[test]
fn cmb_03_it_never_cancels() {
    for as_future in [false, true] {
        #[coframe::coroutine(task)]
        fn frame(task: Task<&'static str>, trace: Trace) {
            match try_yield_from!(wait([task]).timeout(9)) {
                Err(Exception::Cancelled(cancelled)) => {
                    trace.say(format!("<{}>", cancelled.message().unwrap()));
                    coframe::raise!(Exception::Cancelled(cancelled));
                }
                other => panic!("{:?}", other.map(drop)),
            }
        }

        let (event_loop, trace) = virtual_loop();
        let task = event_loop.create_task(job("a", 3, false));
        let waiter = if as_future {
            let (task, trace) = (task.clone(), trace.clone());
            event_loop.create_task(async move {
                let waited = wait([task]).timeout(9).await;
                trace.say(waited.as_ref().map_or_else(|e| format!("<{e}>"), |_| "waited".to_owned()));
                waited.map(drop)
            })
        } else {
            event_loop.create_task(frame(task.clone(), trace.clone()))
        };
        event_loop.run_once().unwrap();
        assert!(waiter.cancel_with(Cancelled::new("go")));
        run_out(&event_loop);
        assert!(waiter.cancelled());
        assert_eq!(task.result().unwrap(), "a");
        // `wait` is a coroutine, in which a cancellation can be raised: the future sees it.
        assert_eq!(trace.line(), "<go>");
        // The timer went with it.
        assert_eq!(event_loop.time().as_secs(), 3);
    }
}

#[test]
fn cmb_03_cancelled_before_it_has_begun() {
    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(job("a", 1, false));
    let inner = task.clone();
    let waiter = event_loop.create_task(async move { wait([inner]).await.map(drop) });
    waiter.cancel();
    run_out(&event_loop);
    assert!(waiter.cancelled() && task.result().is_ok());
}

#[test]
fn cmb_03_callbacks_are_removed_afterwards() {
    let (event_loop, _) = virtual_loop();
    let never = event_loop.create_promise::<()>();
    // Whatever of a wait were left on the promise would keep this alive.
    let watched = std::rc::Rc::new(());
    for cancelled in [false, true] {
        let (never, held) = (never.clone(), watched.clone());
        let waiter = event_loop.create_task(async move {
            let (done, pending) = wait([never]).timeout(1).await?;
            drop(held);
            Ok((done.len(), pending.len()))
        });
        event_loop.run_once().unwrap();
        if cancelled {
            waiter.cancel();
        }
        run_out(&event_loop);
        assert_eq!(waiter.cancelled(), cancelled);
        assert_eq!(std::rc::Rc::strong_count(&watched), 1);
    }
    // Nobody is called any more: a pass has nothing to run.
    never.set_result(()).unwrap();
    run_out(&event_loop);
}

#[test]
fn cmb_03_an_empty_set_is_refused() {
    let (event_loop, _) = virtual_loop();
    let refused = event_loop.run_until_complete(async { wait(Vec::<Task<()>>::new()).await.map(drop) }).unwrap_err();
    assert_eq!(refused.downcast_ref(), Some(&PromiseError::NothingToAwait));
}

#[test]
fn cmb_03_what_is_done_already_is_waited_for_too() {
    let (event_loop, _) = virtual_loop();
    let done = event_loop.create_promise();
    done.set_result(1_u32).unwrap();
    let pending = event_loop.create_promise::<u32>();
    let lists = event_loop.run_until_complete(async move {
        let lists = wait([pending, done]).return_when(ReturnWhen::FirstCompleted).await?;
        Ok((lists.0.len(), lists.1.len()))
    });
    assert_eq!(lists.unwrap(), (1, 1));
}

#[test]
fn cmb_03_duplicates_are_there_once() {
    let (event_loop, _) = virtual_loop();
    let task = event_loop.create_task(job("a", 1, false));
    let lists = event_loop.run_until_complete(async move { wait([task.clone(), task.clone(), task]).await });
    let (done, pending) = lists.unwrap();
    assert_eq!((done.len(), pending.len()), (1, 0));
}

#[test]
fn cmb_03_tasks_of_different_types_by_their_handles_and_other_promises() {
    let (event_loop, _) = virtual_loop();
    let lists = event_loop.run_until_complete(async {
        let (number, text) = (spawn(async { 1_u32 }), spawn(async { sleep(1).await.map(|()| "text") }));
        let (done, _) = wait::<TaskHandle>([number.handle().clone(), text.handle().clone()]).await?;
        let promise: Promise<u32> = EventLoop::running().unwrap().create_promise();
        let (_, shields) = wait([shield(promise.clone())]).timeout(1).await?;
        let (gathered, _) = wait([gather([number])]).await?;
        Ok((done.len(), shields.len(), gathered[0].result()?))
    });
    assert_eq!(lists.unwrap(), (2, 1, vec![1]));
}

#[test]
fn cmb_03_errors_stay_unseen_in_the_tasks() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    event_loop.run_until_complete(async { wait(tasks([("a", -1)])).await.map(drop) }).unwrap();
    assert_eq!(trace.line(), "<a>");
    // To look for the first exception is to see it, as in CPython.
    let first = ReturnWhen::FirstException;
    event_loop
        .run_until_complete(async move { wait(tasks([("a", -1), ("b", 1)])).return_when(first).await.map(drop) })
        .unwrap();
    assert_eq!(trace.line(), "");
}

#[test]
fn cmb_03_other_loops_no_loop_and_no_number() {
    let (one, other) = (virtual_loop().0, virtual_loop().0);
    let foreign = other.create_promise::<()>();
    let inner = foreign.clone();
    let refused = one.run_until_complete(async move { wait([inner]).await.map(drop) }).unwrap_err();
    assert_eq!(refused.downcast_ref(), Some(&PromiseError::OfAnotherLoop));
    let promise = one.create_promise::<()>();
    let refused = one.run_until_complete(async move { wait([promise]).timeout(f64::NAN).await.map(drop) }).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotANumber)));

    let mut future = std::pin::pin!(std::future::IntoFuture::into_future(wait([foreign])));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(refused)) = future.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(matches!(refused.downcast_ref(), Some(LoopError::NotRunning)));
}

use std::future::Future as _;
