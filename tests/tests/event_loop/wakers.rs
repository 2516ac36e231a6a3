//! Wakers of tasks: called too often, too late, from other threads and from within.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use coframe::event_loop::EventLoop;
use coframe::{Awaitable, Exception, Promise, Task, sleep, spawn, yield_, yield_from};

use crate::support::{Trace, ValueError, end, virtual_loop};

type Kept = Arc<Mutex<Option<Waker>>>;

/// Counts how often it is polled, until it is told to be over.
fn counting(polls: &Rc<Cell<u32>>, kept: &Kept, last: u32) -> impl Future<Output = ()> + use<> {
    let (polls, kept) = (polls.clone(), kept.clone());
    poll_fn(move |context: &mut Context<'_>| {
        *kept.lock().unwrap() = Some(context.waker().clone());
        polls.set(polls.get() + 1);
        if polls.get() < last { Poll::Pending } else { Poll::Ready(()) }
    })
}

fn pass(event_loop: &EventLoop) {
    event_loop.call_soon(|| ()).unwrap();
    event_loop.run_once().unwrap();
}

#[test]
fn a_waker_that_is_called_many_times_polls_once_in_a_pass() {
    let (event_loop, _) = virtual_loop();
    let (polls, kept) = (Rc::default(), Kept::default());
    let task = event_loop.create_task(counting(&polls, &kept, 4));
    pass(&event_loop);
    let waker = kept.lock().unwrap().clone().unwrap();
    for _ in 0..10 {
        waker.wake_by_ref();
        waker.clone().wake();
    }
    pass(&event_loop);
    assert_eq!(polls.get(), 2);
    pass(&event_loop);
    assert_eq!(polls.get(), 2);
    let threads = [(); 4].map(|()| {
        let waker = waker.clone();
        thread::spawn(move || (0..100).for_each(|_| waker.wake_by_ref()))
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    pass(&event_loop);
    assert_eq!((polls.get(), task.done()), (3, false));
    waker.wake();
    pass(&event_loop);
    assert!(task.done());
}

#[test]
fn a_waker_of_a_task_that_is_over_wakes_nobody() {
    let (event_loop, _) = virtual_loop();
    let (polls, kept) = (Rc::default(), Kept::default());
    event_loop.run_until_complete(counting(&polls, &kept, 1)).unwrap();
    let waker = kept.lock().unwrap().take().unwrap();
    // Another one has its place by now.
    let (others, other_kept) = (Rc::default(), Kept::default());
    let other = event_loop.create_task(counting(&others, &other_kept, 2));
    pass(&event_loop);
    waker.wake_by_ref();
    pass(&event_loop);
    assert_eq!((polls.get(), others.get()), (1, 1));
    drop(other);
    event_loop.set_exception_handler(|_, _| ());
    event_loop.close().unwrap();
    waker.wake();
    other_kept.lock().unwrap().take().unwrap().wake();
    drop(event_loop);
    assert_eq!(others.get(), 1);
}

#[test]
fn a_future_that_wakes_itself_gives_up_the_turn() {
    let (event_loop, trace) = virtual_loop();
    let mut polled = false;
    let inner = trace.clone();
    let task = event_loop.create_task(poll_fn(move |context| {
        inner.say("polled");
        context.waker().wake_by_ref();
        context.waker().wake_by_ref();
        if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
    }));
    event_loop.call_soon(trace.saying("callback")).unwrap();
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "polled callback polled");
}

#[test]
fn a_task_that_is_woken_while_it_runs_runs_again() {
    let (event_loop, trace) = virtual_loop();
    let (inner, mut polls) = (trace.clone(), 0);
    let task = event_loop.create_task(poll_fn(move |context| {
        polls += 1;
        inner.say(polls);
        if polls == 1 {
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake()).join().unwrap();
            // What is scheduled takes in what other threads have sent.
            drop(EventLoop::running().unwrap().call_soon(inner.saying("callback")));
        }
        if polls == 2 { Poll::Ready(()) } else { Poll::Pending }
    }));
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "1 2 callback");
}

#[test]
fn a_coroutine_that_yielded_a_promise_is_not_resumed_before_it_is_done() {
    #[coframe::coroutine(task)]
    fn waits(name: &'static str, promise: Promise<u32>, trace: Trace) {
        let _local = trace.loud("local");
        yield_!(Awaitable::from(&promise));
        trace.say(format!("{name} resumed"));
    }

    let (event_loop, trace) = virtual_loop();
    let (one, two) = (event_loop.create_promise::<u32>(), event_loop.create_promise::<u32>());
    // Two in one task, each of which is woken with the other.
    let kept = Kept::default();
    let (mut first, mut second) = (
        waits("one", one.clone(), trace.clone()).into_future(),
        waits("two", two.clone(), trace.clone()).into_future(),
    );
    let (waker, mut ends) = (kept.clone(), Vec::new());
    let both = event_loop.create_task(poll_fn(move |context| {
        *waker.lock().unwrap() = Some(context.waker().clone());
        for _ in 0..2 {
            if ends.is_empty() || ends.len() == 1 && !ends.contains(&1) {
                if let Poll::Ready(result) = Pin::new(&mut first).poll(context) {
                    trace_end(&result);
                    ends.push(1);
                }
            }
            if !ends.contains(&2)
                && let Poll::Ready(result) = Pin::new(&mut second).poll(context)
            {
                trace_end(&result);
                ends.push(2);
            }
        }
        if ends.len() == 2 { Poll::Ready(()) } else { Poll::Pending }
    }));
    pass(&event_loop);
    kept.lock().unwrap().clone().unwrap().wake();
    pass(&event_loop);
    assert_eq!(trace.line(), "");
    one.set_result(1).unwrap();
    pass(&event_loop);
    assert_eq!(trace.line(), "one resumed local");
    two.set_exception(ValueError("lost".to_owned())).unwrap();
    event_loop.run_until_complete(both).unwrap();
    assert_eq!(trace.line(), "local", "what it failed with is raised in the coroutine that yielded it");

    fn trace_end(result: &Result<(), Exception>) {
        let text = end(result.clone());
        assert!(text == "ok" || text == "failed(lost)", "{text}");
    }
}

#[test]
fn a_promise_has_one_waker_of_each_who_polls_it_often() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise::<u32>();
    let (awaited, said) = (promise.clone(), trace.clone());
    let task: Task<u32> = event_loop.create_task(async move {
        let mut awaited = pin!(awaited);
        for _ in 0..100 {
            let pending = poll_fn(|context| Poll::Ready(awaited.as_mut().poll(context).is_pending())).await;
            assert!(pending);
            sleep(0).await?;
        }
        said.say("waits");
        awaited.await
    });
    for _ in 0..102 {
        pass(&event_loop);
    }
    assert_eq!(trace.line(), "waits");
    promise.set_result(7).unwrap();
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 7);
}

#[test]
fn a_sleep_that_is_polled_early_sleeps_on() {
    #[coframe::coroutine(task)]
    fn sleeps(trace: Trace) {
        yield_from!(sleep(10));
        trace.say(EventLoop::running().unwrap().time().as_secs());
    }

    let (event_loop, trace) = virtual_loop();
    let kept = Kept::default();
    let (waker, inner) = (kept.clone(), trace.clone());
    let task = event_loop.create_task(async move {
        let mut sleeping = pin!(sleeps(inner).into_future());
        poll_fn(|context| {
            *waker.lock().unwrap() = Some(context.waker().clone());
            sleeping.as_mut().poll(context)
        })
        .await
    });
    for seconds in 1..9 {
        let kept = kept.clone();
        event_loop.call_later(seconds, move || kept.lock().unwrap().clone().unwrap().wake()).unwrap();
    }
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "10");
    drop(spawn(async {}));
}
