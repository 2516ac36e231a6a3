//! What a step puts off, and what tasks share: who comes first, and who is woken.

use std::cell::RefCell;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use crate::event_loop::EventLoop;
use crate::{call_graph::TaskState, current_task, spawn};

#[coframe_macros::coroutine(task, crate = crate)]
fn turn() {
    crate::yield_!();
}

type Trace = Rc<RefCell<Vec<&'static str>>>;

/// Polls a coroutine that gives up its turn, does something in the same step, and says when it runs again.
async fn turn_and(trace: Trace, then: impl FnOnce(&Trace)) {
    let mut then = Some(then);
    let mut turn = pin!(turn().into_future());
    poll_fn(|context| {
        let polled = turn.as_mut().poll(context).map(drop);
        if let Some(then) = then.take() {
            then(&trace);
        }
        polled
    })
    .await;
    trace.borrow_mut().push("task");
}

fn said(trace: &Trace, what: &'static str) -> impl FnOnce() + use<> {
    let trace = Rc::clone(trace);
    move || trace.borrow_mut().push(what)
}

#[test]
fn a_turn_that_is_given_up_comes_before_what_is_scheduled_after_it() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let trace = Trace::default();
    let task = turn_and(trace.clone(), |trace| {
        EventLoop::running().unwrap().call_soon(said(trace, "callback")).unwrap();
    });
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(*trace.borrow(), ["task", "callback"]);
}

#[test]
fn it_comes_before_a_task_that_is_made_after_it_and_after_one_that_is_made_before() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let trace = Trace::default();
    let main = {
        let trace = trace.clone();
        async move {
            let speak = |what| {
                let say = said(&trace, what);
                drop(spawn(async move { say() }));
            };
            speak("before");
            turn_and(trace.clone(), |_| speak("after")).await;
        }
    };
    event_loop.run_until_complete(main).unwrap();
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(*trace.borrow(), ["before", "task", "after"]);
}

#[test]
fn it_comes_before_a_task_that_is_woken_by_a_letter_after_it() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let trace = Trace::default();
    let kept: Rc<RefCell<Option<Waker>>> = Rc::default();
    let waits = {
        let (trace, kept) = (trace.clone(), kept.clone());
        event_loop.create_task(async move {
            poll_fn(|context| {
                if kept.replace(Some(context.waker().clone())).is_some() { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            trace.borrow_mut().push("woken");
        })
    };
    let main = turn_and(trace.clone(), move |_| {
        if let Some(waker) = &*kept.borrow() {
            waker.wake_by_ref();
        }
    });
    event_loop
        .run_until_complete(async move {
            main.await;
            waits.await
        })
        .unwrap();
    assert_eq!(*trace.borrow(), ["task", "woken"]);
}

#[test]
fn one_that_wakes_itself_as_well_runs_once() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let trace = Trace::default();
    let promise = event_loop.create_promise::<()>();
    let main = {
        let (trace, event_loop) = (trace.clone(), event_loop.clone());
        async move {
            let mut waits = pin!(promise.clone());
            assert!(poll_fn(|context| Poll::Ready(waits.as_mut().poll(context).is_pending())).await);
            let graph = event_loop.clone();
            turn_and(trace.clone(), move |trace| {
                promise.set_result(()).unwrap();
                // Whoever looks finds the task running, and its coroutine where it waits.
                let seen = graph.call_graph();
                let node = seen.tasks().find(|task| task.state() == TaskState::Running).unwrap();
                assert_eq!(node.frames().first().map(|frame| frame.name()), Some("turn"));
                graph.call_soon(said(trace, "callback")).unwrap();
            })
            .await;
            turn().await.unwrap();
        }
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(*trace.borrow(), ["task", "callback"]);
}

#[test]
fn a_waker_wakes_the_task_in_which_it_was_cloned() {
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let wakers: Rc<RefCell<Vec<(u64, Waker)>>> = Rc::default();
    let woken: Rc<RefCell<Vec<u64>>> = Rc::default();
    let sleeper = || {
        let (wakers, woken) = (wakers.clone(), woken.clone());
        async move {
            // Twice: with a waker that others had before, and with one that is kept.
            for _ in 0..2 {
                let mut polled = false;
                poll_fn(|context| {
                    if std::mem::replace(&mut polled, true) {
                        return Poll::Ready(());
                    }
                    wakers.borrow_mut().push((current_task().unwrap().id(), context.waker().clone()));
                    Poll::Pending
                })
                .await;
                woken.borrow_mut().push(current_task().unwrap().id());
                // A step that makes no clone.
                turn().await.unwrap();
            }
        }
    };
    let tasks: Vec<_> = (0..4).map(|_| event_loop.create_task(sleeper())).collect();
    for round in 0..2 {
        for _ in 0..3 {
            event_loop.call_soon(|| ()).unwrap();
            event_loop.run_once().unwrap();
        }
        let mut kept = wakers.take();
        kept.sort_by_key(|(id, _)| *id);
        assert_eq!(kept.len(), 4, "in round {round}");
        // In another order; each is dropped, so that it is free for others.
        for index in [2, 0, 3, 1] {
            kept[index].1.wake_by_ref();
        }
        drop(kept);
        event_loop.call_soon(|| ()).unwrap();
        event_loop.run_once().unwrap();
        let expected: Vec<u64> = [2, 0, 3, 1].map(|index| tasks[index].id()).into();
        assert_eq!(woken.take(), expected, "in round {round}");
    }
    for task in tasks {
        event_loop.run_until_complete(task).unwrap();
    }
}
