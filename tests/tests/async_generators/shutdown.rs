//! AGN-14 and AGN-17: what a loop does for generators that are dropped, and for those that are left in the end.

use std::cell::RefCell;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{Exception, Runner, State, attempt, for_await, or_raise, raise, sleep, spawn, try_await, yield_};

use crate::support::{Trace, ValueError, hear, reported};

/// Says when it is closed, and that after a wait.
#[coframe::coroutine(yield = u32)]
async fn feed(name: &'static str, trace: Trace) {
    let done = attempt! {
        for n in 1.. {
            yield_!(n);
        }
    };
    sleep(0).await;
    trace.say(format!("{name} closed"));
    or_raise!(done);
}

/// A loop whose reports go to the trace.
fn reporting() -> (EventLoop, Trace) {
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let saying = trace.clone();
    event_loop.set_exception_handler(move |_, report| {
        let exception = report.exception().map_or("nothing".to_owned(), ToString::to_string);
        saying.say(format!("[{}: {exception}]", report.message()));
    });
    (event_loop, trace)
}

#[test]
fn agn_14_the_loop_closes_one_that_is_dropped_over_the_following_turns() {
    let (event_loop, trace) = reporting();
    let saying = trace.clone();
    let main = async move {
        let mut g = feed("g", saying.clone());
        g.next().await?;
        drop(g);
        for turn in 1..=4 {
            saying.say(turn);
            sleep(0).await?;
        }
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    // CPython 3.11 and 3.13 take as many turns: one to make the task, one to raise the exit, one for the `sleep(0)`.
    assert_eq!(trace.lines().join(", "), "1, 2, 3, g closed, 4");
}

#[test]
fn agn_14_an_error_of_such_a_close_goes_to_the_exception_handler() {
    #[coframe::coroutine(yield = u32)]
    async fn fails() {
        match attempt! { yield_!(1) } {
            Err(Exception::Exit) => raise!(ValueError("in the clean-up")),
            other => or_raise!(other),
        }
    }
    let (event_loop, trace) = reporting();
    let main = async {
        fails().next().await?;
        sleep(1.0).await
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "[Task exception was never retrieved: in the clean-up]");
}

#[test]
fn agn_14_a_body_that_catches_nothing_is_dropped_where_it_is() {
    #[coframe::coroutine(yield = u32)]
    async fn plain(trace: Trace) {
        let _local = trace.loud("local");
        yield_!(1);
    }
    let (event_loop, trace) = reporting();
    let saying = trace.clone();
    let main = async move {
        let mut g = plain(saying.clone());
        g.next().await?;
        drop(g);
        saying.say("dropped");
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "-local dropped");
    assert!(event_loop.all_tasks().is_empty());
}

#[test]
fn agn_14_without_a_loop_it_is_closed_at_once_and_what_waits_is_reported() {
    hear();
    #[coframe::coroutine(yield = u32)]
    async fn at_once(trace: Trace) {
        let done = attempt! { yield_!(1); };
        trace.say("closed");
        or_raise!(done);
    }
    let trace = Trace::default();
    let mut g = at_once(trace.clone());
    crate::support::block_on(g.next()).unwrap();
    drop(g);
    assert_eq!((trace.line(), reported()), ("closed".to_owned(), vec![]));
    let mut g = feed("g", trace.clone());
    crate::support::block_on(g.next()).unwrap();
    drop(g);
    assert_eq!((trace.line(), reported().len()), (String::new(), 1));
}

#[test]
fn agn_14_one_that_borrows_is_closed_at_once() {
    hear();
    #[coframe::coroutine(yield = u32)]
    async fn borrows(trace: &Trace) {
        let done = attempt! { yield_!(1); };
        trace.say("closed");
        or_raise!(done);
    }
    let (event_loop, trace) = reporting();
    let saying = trace.clone();
    let main = async move {
        let mut g = borrows(&saying);
        g.next().await?;
        drop(g);
        saying.say("dropped");
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!((trace.line(), reported()), ("closed dropped".to_owned(), vec![]));
}

#[test]
fn agn_14_from_within_a_callback_of_its_loop() {
    let (event_loop, trace) = reporting();
    let kept = Rc::new(RefCell::new(None));
    let (keeping, saying) = (Rc::clone(&kept), trace.clone());
    let main = async move {
        let mut g = feed("g", saying);
        g.next().await?;
        *keeping.borrow_mut() = Some(g);
        sleep(1.0).await
    };
    event_loop.call_later(0.5, move || drop(kept.take())).unwrap();
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "g closed");
}

#[test]
fn agn_17_a_shutdown_closes_every_one_that_is_open() {
    let (event_loop, trace) = reporting();
    let saying = trace.clone();
    let main = async move {
        let (mut a, mut b, mut over) =
            (feed("a", saying.clone()), feed("b", saying.clone()), feed("c", saying.clone()));
        let created = feed("created", saying.clone());
        a.next().await?;
        b.next().await?;
        over.next().await?;
        over.aclose().await?;
        EventLoop::running().unwrap().shutdown_asyncgens().await?;
        saying.say("shut down");
        EventLoop::running().unwrap().shutdown_asyncgens().await?;
        assert_eq!([a.state(), b.state(), created.state()], [State::Closed, State::Closed, State::Created]);
        Ok::<_, Exception>((a.next().await?, b.next().await?))
    };
    assert_eq!(event_loop.run_until_complete(main).unwrap(), (None, None));
    assert_eq!(trace.lines().join(", "), "c closed, a closed, b closed, shut down");
}

#[test]
fn agn_17_errors_of_a_shutdown_go_to_the_handler_but_a_cancellation_is_none() {
    #[coframe::coroutine(yield = u32)]
    async fn ends(how: u32) {
        match attempt! { yield_!(1) } {
            Err(Exception::Exit) if how == 0 => raise!(ValueError("in the clean-up")),
            Err(Exception::Exit) if how == 1 => raise!(Exception::Cancelled(coframe::Cancelled::default())),
            Err(Exception::Exit) if how == 2 => yield_!(2),
            other => or_raise!(other),
        }
    }
    let (event_loop, trace) = reporting();
    let main = async {
        let mut all = [0, 1, 2].map(ends);
        for g in &mut all {
            g.next().await?;
        }
        EventLoop::running().unwrap().shutdown_asyncgens().await
    };
    event_loop.run_until_complete(main).unwrap();
    let message = "an error occurred during closing of asynchronous generator ends";
    let expected = format!("[{message}: in the clean-up] [{message}: {}]", Exception::IgnoredExit);
    assert_eq!(trace.line(), expected);
}

#[test]
fn agn_17_one_that_somebody_waits_for_is_refused_and_goes_on() {
    #[coframe::coroutine(yield = u32)]
    async fn slow(trace: Trace) {
        let done = attempt! { sleep(1.0).await; yield_!(1); };
        trace.say("ends");
        or_raise!(done);
    }
    for by_stream in [false, true] {
        let (event_loop, trace) = reporting();
        let saying = trace.clone();
        let main = async move {
            let task = spawn({
                let trace = saying.clone();
                async move {
                    let mut g = slow(trace);
                    let first =
                        if by_stream { futures::StreamExt::next(&mut g).await.transpose()? } else { g.next().await? };
                    Ok::<_, Exception>((first, g.next().await?))
                }
            });
            sleep(0).await?;
            EventLoop::running().unwrap().shutdown_asyncgens().await?;
            saying.say("shut down");
            task.await
        };
        assert_eq!(event_loop.run_until_complete(main).unwrap(), (Some(1), None));
        let refused =
            format!("an error occurred during closing of asynchronous generator slow: {}", Exception::AlreadyRunning);
        assert_eq!(trace.lines().join(", "), format!("[{refused}], shut down, ends"));
    }
}

#[test]
fn agn_17_a_step_while_the_loop_closes_it_is_refused() {
    #[coframe::coroutine(yield = u32)]
    async fn slow_to_end(trace: Trace) {
        let done = attempt! { yield_!(1); };
        sleep(1.0).await;
        trace.say("cleaned");
        or_raise!(done);
    }
    let (event_loop, trace) = reporting();
    let saying = trace.clone();
    let main = async move {
        let mut g = slow_to_end(saying.clone());
        g.next().await?;
        let event_loop = EventLoop::running().unwrap();
        let shutdown = spawn(event_loop.shutdown_asyncgens());
        sleep(0.5).await?;
        assert!(matches!(g.next().await, Err(Exception::AlreadyRunning)));
        assert!(matches!(g.aclose().await, Err(Exception::AlreadyRunning)));
        shutdown.await?;
        saying.say(g.state());
        g.next().await
    };
    assert_eq!(event_loop.run_until_complete(main).unwrap(), None);
    assert_eq!(trace.line(), "cleaned closed");
}

#[test]
fn agn_17_where_a_step_was_dropped_the_exit_is_raised_at_the_await() {
    let (event_loop, trace) = reporting();
    #[coframe::coroutine(yield = u32)]
    async fn slow(trace: Trace) {
        let done = attempt! { sleep(60.0).await; yield_!(1); };
        sleep(0.5).await;
        trace.say("closed");
        or_raise!(done);
    }
    let saying = trace.clone();
    let main = async move {
        let mut g = slow(saying.clone());
        {
            let mut step = std::pin::pin!(g.next());
            std::future::poll_fn(|context| {
                assert!(step.as_mut().poll(context).is_pending());
                std::task::Poll::Ready(())
            })
            .await;
        }
        EventLoop::running().unwrap().shutdown_asyncgens().await?;
        saying.say(g.state());
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "closed closed");
}

#[test]
fn agn_17_a_body_that_shuts_its_own_loop_down_is_refused_and_goes_on() {
    #[coframe::coroutine(yield = u32)]
    async fn shuts_down(trace: Trace) {
        let done = attempt! {
            yield_!(0);
            EventLoop::running().unwrap().shutdown_asyncgens().await;
            yield_!(5);
        };
        trace.say("end");
        or_raise!(done);
    }
    let (event_loop, trace) = reporting();
    let saying = trace.clone();
    let main = async move {
        let (mut g, mut other) = (shuts_down(saying.clone()), feed("other", saying.clone()));
        other.next().await?;
        Ok::<_, Exception>([g.next().await?, g.next().await?, g.next().await?])
    };
    assert_eq!(event_loop.run_until_complete(main).unwrap(), [Some(0), Some(5), None]);
    let refused = format!(
        "[an error occurred during closing of asynchronous generator shuts_down: {}]",
        Exception::AlreadyRunning
    );
    assert_eq!(trace.lines().join(", "), format!("other closed, {refused}, end"));
}

#[test]
fn agn_17_a_clean_up_that_shuts_its_own_loop_down() {
    #[coframe::coroutine(yield = u32)]
    async fn shuts_down(trace: Trace) {
        let done = attempt! { yield_!(0); };
        trace.say("cleans");
        EventLoop::running().unwrap().shutdown_asyncgens().await;
        trace.say("cleaned");
        or_raise!(done);
    }
    let (event_loop, trace) = reporting();
    let saying = trace.clone();
    let main = async move {
        for dropped in [true, false] {
            let mut g = shuts_down(saying.clone());
            g.next().await?;
            if dropped {
                drop(g);
                sleep(1.0).await?;
            } else {
                EventLoop::running().unwrap().shutdown_asyncgens().await?;
            }
        }
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "cleans cleaned cleans cleaned");
}

#[test]
fn agn_17_a_run_closes_what_main_drops_on_its_way_out_whichever_that_is() {
    for fails in [false, true] {
        let (event_loop, trace) = reporting();
        let runner = Runner::of(event_loop);
        let saying = trace.clone();
        let result = runner.run(async move {
            let (mut a, mut b) = (feed("a", saying.clone()), feed("b", saying));
            a.next().await?;
            b.next().await?;
            if fails { Err(ValueError("main").into()) } else { Ok::<_, Exception>(()) }
        });
        assert_eq!(result.is_err(), fails);
        runner.close().unwrap();
        assert_eq!(trace.lines().join(", "), "b closed, a closed");
    }
}

#[test]
fn agn_17_a_task_that_is_cancelled_in_the_end_ends_its_generators_itself() {
    let (event_loop, trace) = reporting();
    let runner = Runner::of(event_loop);
    let saying = trace.clone();
    #[coframe::coroutine]
    async fn consumes(trace: Trace) {
        let waits = attempt! {
            for_await!(n in feed("g", trace.clone()) {
                trace.say(n);
                sleep(1.0).await;
            });
        };
        trace.say("consumer over");
        or_raise!(waits);
    }
    runner
        .run(async move {
            drop(spawn(consumes(saying)));
            sleep(1.5).await
        })
        .unwrap();
    runner.close().unwrap();
    assert_eq!(trace.lines().join(", "), "1, 2, consumer over, g closed");
}

#[test]
fn a_loop_that_is_closed_or_dropped_closes_what_it_had_begun_to_close() {
    hear();
    #[coframe::coroutine(yield = u32)]
    async fn at_once(trace: Trace) {
        let done = attempt! { yield_!(1); };
        trace.say("closed");
        or_raise!(done);
    }
    // One that is dropped with a task that has not ended keeps it: it is to be closed.
    for (turns, by_drop) in [(0, false), (1, false), (0, true)] {
        let (event_loop, trace) = reporting();
        let saying = trace.clone();
        let task = event_loop.create_task(async move {
            let mut g = at_once(saying);
            g.next().await.map(drop)
        });
        event_loop.run_once().unwrap();
        assert!(task.done());
        for _ in 0..turns {
            event_loop.run_once().unwrap();
        }
        if by_drop {
            drop((task, event_loop));
        } else {
            event_loop.close().unwrap();
        }
        assert_eq!(trace.lines().first().map(String::as_str), Some("closed"), "{turns} {by_drop}");
        assert_eq!(reported(), Vec::<String>::new());
    }
}

#[test]
fn a_generator_outlives_its_loop_and_goes_on_in_another() {
    let trace = Trace::default();
    let first = EventLoop::with_virtual_clock().unwrap();
    let kept = Rc::new(RefCell::new(None));
    let (keeping, saying) = (Rc::clone(&kept), trace.clone());
    first
        .run_until_complete(async move {
            let mut g = feed("g", saying);
            assert_eq!(g.next().await?, Some(1));
            *keeping.borrow_mut() = Some(g);
            Ok::<_, Exception>(())
        })
        .unwrap();
    first.close().unwrap();
    drop(first);
    let second = EventLoop::with_virtual_clock().unwrap();
    let mut g = kept.take().unwrap();
    second
        .run_until_complete(async move {
            assert_eq!(g.next().await?, Some(2));
            // It belongs to the loop in which it began.
            EventLoop::running().unwrap().shutdown_asyncgens().await?;
            assert_eq!(g.next().await?, Some(3));
            g.aclose().await
        })
        .unwrap();
    assert_eq!(trace.line(), "g closed");
}

#[test]
fn the_generators_of_two_loops_of_a_thread_are_kept_apart() {
    let loops = [EventLoop::with_virtual_clock().unwrap(), EventLoop::with_virtual_clock().unwrap()];
    let trace = Trace::default();
    let kept = Rc::new(RefCell::new(Vec::new()));
    for (event_loop, name) in loops.iter().zip(["a", "b"]) {
        let (keeping, saying) = (Rc::clone(&kept), trace.clone());
        let main = async move {
            let mut g = feed(name, saying);
            g.next().await?;
            keeping.borrow_mut().push(g);
            Ok::<_, Exception>(())
        };
        event_loop.run_until_complete(main).unwrap();
    }
    loops[1].run_until_complete(loops[1].shutdown_asyncgens()).unwrap();
    assert_eq!(trace.line(), "b closed");
    loops[0].run_until_complete(loops[0].shutdown_asyncgens()).unwrap();
    assert_eq!(trace.line(), "a closed");
}

#[test]
fn a_body_that_closes_is_asked_for_its_state_by_itself() {
    // A generator that is reachable from its own body: a handle that somebody else holds while the loop closes it.
    type Handle = Rc<RefCell<Option<Box<dyn Fn() -> State>>>>;
    #[coframe::coroutine(yield = u32)]
    async fn asks(handle: Handle, trace: Trace) {
        let done = attempt! { yield_!(1); };
        trace.say(handle.borrow().as_ref().unwrap()());
        or_raise!(done);
    }
    let (event_loop, trace) = reporting();
    let (handle, saying) = (Handle::default(), trace.clone());
    let main = async move {
        let mut g = asks(Rc::clone(&handle), saying);
        g.next().await?;
        let g = Rc::new(g);
        let asked = Rc::downgrade(&g);
        *handle.borrow_mut() = Some(Box::new(move || asked.upgrade().unwrap().state()));
        EventLoop::running().unwrap().shutdown_asyncgens().await?;
        drop(g);
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "running");
}

#[test]
fn a_shutdown_that_is_cancelled_cancels_the_clean_ups() {
    #[coframe::coroutine(yield = u32)]
    async fn stuck(trace: Trace) {
        let done = attempt! { yield_!(1); };
        let slept = try_await!(sleep(60.0));
        trace.say(slept.is_err());
        or_raise!(done);
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let saying = trace.clone();
    let main = async move {
        let mut g = stuck(saying.clone());
        g.next().await?;
        let shutdown = spawn(EventLoop::running().unwrap().shutdown_asyncgens());
        sleep(1.0).await?;
        shutdown.cancel();
        saying.say(matches!(shutdown.await, Err(Exception::Cancelled(_))));
        saying.say(g.state());
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "true true closed");
}
