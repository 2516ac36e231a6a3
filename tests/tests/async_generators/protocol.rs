//! Section 13 of the semantics, but for what ends a generator: that is in `closing.rs`, and what a loop does in the end in
//! `shutdown.rs`.

use std::pin::pin;
use std::task::Poll;

use coframe::event_loop::EventLoop;
use coframe::{Exception, State, attempt, for_await, or_raise, raise, sleep, try_await, try_yield, yield_};

use crate::support::{KeyError, Trace, ValueError, block_on, in_loop, poll_once};

/// Waits before each value and in the end, and takes a `ValueError`.
#[coframe::coroutine(yield = u32, send = Option<u32>)]
async fn numbers(n: u32, trace: Trace) {
    let done = attempt! {
        for i in 0..n {
            trace.tick(format!("before {i}")).await;
            match try_yield!(i) {
                Ok(sent) => trace.say(format!("got {sent:?}")),
                Err(exception) if exception.is::<ValueError>() => {
                    trace.tick(format!("caught {exception}")).await;
                    yield_!(100);
                }
                Err(exception) => raise!(exception),
            }
        }
    };
    trace.tick("cleaning").await;
    trace.say("cleaned");
    or_raise!(done);
}

/// What a step gave.
pub(crate) fn shown<T: std::fmt::Debug>(result: Result<T, Exception>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(Exception::Cancelled(_)) => "Cancelled".to_owned(),
        Err(exception) => format!("Err({})", exception),
    }
}

#[test]
fn agn_01_values_reach_the_consumer_and_awaits_the_driver() {
    #[coframe::coroutine]
    async fn consumes(trace: Trace) {
        for_await!(n in numbers(2, trace.clone()) { trace.say(format!("= {n}")); });
        trace.say("end");
    }
    let trace = Trace::default();
    let mut future = pin!(consumes(trace.clone()));
    let mut turns = Vec::new();
    let result = loop {
        let poll = poll_once(future.as_mut());
        turns.push(trace.line());
        if let Poll::Ready(result) = poll {
            break result;
        }
    };
    result.unwrap();
    assert_eq!(turns, ["before 0", "= 0 got None before 1", "= 1 got None cleaning", "cleaned end"]);
}

#[test]
fn agn_01_in_a_loop_the_others_run_while_it_waits() {
    #[coframe::coroutine(yield = u32)]
    async fn ticks() {
        for n in 1..=2 {
            sleep(1.0).await;
            yield_!(n);
        }
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let saying = trace.clone();
    event_loop.call_later(1.5, move || saying.say("other")).unwrap();
    let saying = trace.clone();
    let consumer = async move {
        let mut ticks = ticks();
        while let Some(n) = ticks.next().await? {
            saying.say(n);
        }
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(consumer).unwrap();
    assert_eq!(trace.line(), "1 other 2");
    assert_eq!(event_loop.time().as_secs(), 2);
}

#[test]
fn agn_02_next_gives_each_value_and_at_the_end_none_for_ever() {
    let trace = Trace::default();
    let mut g = numbers(1, trace.clone());
    assert_eq!(g.state(), State::Created);
    assert_eq!(block_on(g.next()).unwrap(), Some(0));
    assert_eq!(g.state(), State::Suspended);
    assert_eq!(block_on(g.next()).unwrap(), None);
    assert_eq!(g.state(), State::Closed);
    assert_eq!(trace.line(), "before 0 got None cleaning cleaned");
    assert_eq!((block_on(g.next()).unwrap(), block_on(g.asend(Some(1))).unwrap()), (None, None));
    assert_eq!(trace.line(), "");
}

#[test]
fn agn_03_an_error_of_the_body_leaves_through_next_and_finishes_it() {
    #[coframe::coroutine(yield = u32)]
    async fn raises() {
        yield_!(1);
        raise!(ValueError("raised"));
    }
    #[coframe::coroutine(yield = u32)]
    async fn returns() -> Result<(), std::num::ParseIntError> {
        yield_!(1);
        let n: u32 = "x".parse()?;
        yield_!(n);
        Ok(())
    }
    let mut g = raises();
    assert_eq!(block_on(g.next()).unwrap(), Some(1));
    assert!(block_on(g.next()).unwrap_err().is::<ValueError>());
    assert_eq!((g.state(), block_on(g.next()).unwrap()), (State::Closed, None));
    let mut g = returns();
    assert_eq!(block_on(g.next()).unwrap(), Some(1));
    assert!(block_on(g.next()).unwrap_err().is::<std::num::ParseIntError>());
    assert_eq!((g.state(), block_on(g.next()).unwrap()), (State::Closed, None));
}

#[test]
fn agn_03_a_cancellation_where_the_body_waits_leaves_through_next_and_finishes_it() {
    #[coframe::coroutine(yield = u32)]
    async fn waits(trace: Trace) {
        let _local = trace.loud("local");
        sleep(60.0).await;
        yield_!(1);
    }
    #[coframe::coroutine]
    async fn consumes(trace: Trace) {
        let mut g = waits(trace.clone());
        let step = try_await!(g.next());
        trace.say(shown(step));
        trace.say(g.state());
        trace.say(shown(try_await!(g.next())));
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(consumes(trace.clone()));
    event_loop.run_once().unwrap();
    task.cancel();
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "-local Cancelled closed None");
}

#[test]
fn agn_04_handlers_with_yields_and_awaits_do_as_those_of_a_frame() {
    #[coframe::coroutine(yield = u32)]
    fn frame(trace: Trace) {
        let _outer = trace.loud("outer");
        let first = attempt! {
            let _inner = trace.loud("inner");
            yield_!(1);
            let second = attempt! {
                yield_!(2);
                yield_!(3)
            };
            trace.say("second");
            yield_!(4);
            or_raise!(second);
        };
        trace.say("first");
        if first.is_err() {
            yield_!(5);
        }
        yield_!(6);
        or_raise!(first);
        yield_!(7);
    }
    #[coframe::coroutine(yield = u32)]
    async fn generator(trace: Trace) {
        let _outer = trace.loud("outer");
        let first = attempt! {
            let _inner = trace.loud("inner");
            yield_!(1);
            let second = attempt! {
                yield_!(2);
                trace.tick("").await;
                yield_!(3)
            };
            trace.say("second");
            trace.tick("").await;
            yield_!(4);
            or_raise!(second);
        };
        trace.say("first");
        if first.is_err() {
            trace.tick("").await;
            yield_!(5);
        }
        yield_!(6);
        or_raise!(first);
        yield_!(7);
    }
    use coframe::{CoroutineExt, Step};
    // An error is thrown in after so many values, and another one after so many more.
    for (first, second) in (0..8).flat_map(|first| (1..8).map(move |second| (first, second))) {
        let (a, b) = (Trace::default(), Trace::default());
        let (mut frame, mut generator) = (frame(a.clone()), generator(b.clone()));
        for n in 0..12 {
            let ended = frame.state() == State::Closed;
            let throws = n == first || n == first + second;
            let step = if throws { frame.throw(ValueError("thrown")) } else { frame.start() };
            match step {
                Ok(Step::Yielded(value)) => a.say(format!("{n}: {value}")),
                Ok(Step::Returned(())) | Err(Exception::Finished) => a.say(format!("{n}: end")),
                // An error that comes after the end is not raised by a generator: CPython's `async_gen_athrow_send`.
                Err(_) if ended => a.say(format!("{n}: end")),
                Err(exception) => a.say(format!("{n}: {exception}")),
            }
            let step =
                if throws { block_on(generator.athrow(ValueError("thrown"))) } else { block_on(generator.next()) };
            match step {
                Ok(Some(value)) => b.say(format!("{n}: {value}")),
                Ok(None) => b.say(format!("{n}: end")),
                Err(exception) => b.say(format!("{n}: {exception}")),
            }
        }
        let lines = b.lines().into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>();
        assert_eq!(lines, a.lines(), "thrown after {first} and {second} more");
    }
}

/// Two at once cannot be written: a step borrows the generator. What can is to drop a step before it is over.
#[test]
fn agn_05_a_step_that_was_dropped_goes_on_and_takes_no_value() {
    let trace = Trace::default();
    let mut g = numbers(2, trace.clone());
    assert!(poll_once(pin!(g.next())).is_pending());
    assert_eq!(g.state(), State::Running);
    assert!(matches!(block_on(g.asend(Some(7))), Err(Exception::AlreadyRunning)));
    assert_eq!((block_on(g.next()).unwrap(), trace.line()), (Some(0), "before 0".to_owned()));
    assert!(poll_once(pin!(g.asend(Some(8)))).is_pending());
    assert_eq!(trace.line(), "got Some(8) before 1");
    assert_eq!((block_on(g.next()).unwrap(), trace.line()), (Some(1), String::new()));
}

#[test]
fn agn_05_a_step_that_was_never_polled_was_none() {
    let trace = Trace::default();
    let mut g = numbers(1, trace.clone());
    drop(g.next());
    drop(g.athrow(ValueError("no")));
    drop(g.aclose());
    assert_eq!((g.state(), trace.line()), (State::Created, String::new()));
    assert_eq!(block_on(g.next()).unwrap(), Some(0));
}

/// A step is not closed, but dropped, and the body stays where it is.
#[test]
fn agn_06_a_close_where_a_step_was_dropped_raises_there_and_waits() {
    let trace = Trace::default();
    let mut g = numbers(1, trace.clone());
    assert!(poll_once(pin!(g.next())).is_pending());
    block_on(g.aclose()).unwrap();
    assert_eq!((g.state(), trace.line()), (State::Closed, "before 0 cleaning cleaned".to_owned()));
}

#[test]
fn agn_06_a_dropped_close_can_be_repeated_and_waited_for_by_a_step() {
    let trace = Trace::default();
    let mut g = numbers(1, trace.clone());
    block_on(g.next()).unwrap();
    assert!(poll_once(pin!(g.aclose())).is_pending());
    assert_eq!(trace.line(), "before 0 cleaning");
    // An exit is raised where the body cleans up.
    block_on(g.aclose()).unwrap();
    assert_eq!((g.state(), trace.line()), (State::Closed, String::new()));

    let mut g = numbers(1, trace.clone());
    block_on(g.next()).unwrap();
    assert!(poll_once(pin!(g.aclose())).is_pending());
    assert_eq!(block_on(g.next()).unwrap(), None);
    assert_eq!((g.state(), trace.line()), (State::Closed, "before 0 cleaning cleaned".to_owned()));
}

#[test]
fn agn_09_at_each_point_of_a_step_it_can_be_dropped_thrown_into_and_closed() {
    #[coframe::coroutine(yield = u32)]
    async fn waits_twice(trace: Trace) {
        trace.tick("a").await;
        if let Err(exception) = attempt! { trace.tick("b").await } {
            trace.say("caught");
            if exception.is_exit() {
                raise!(exception);
            }
            yield_!(2);
        }
        yield_!(1);
    }
    let at = |point: u32| {
        let trace = Trace::default();
        let mut g = waits_twice(trace.clone());
        for _ in 0..point {
            assert!(poll_once(pin!(g.next())).is_pending());
        }
        (g, trace)
    };
    let outcomes = [1, 2].map(|point| {
        let (mut g, went_on) = at(point);
        went_on.say(shown(block_on(g.next())));
        let (mut g, thrown) = at(point);
        thrown.say(shown(block_on(g.athrow(ValueError("thrown")))));
        let (mut g, closed) = at(point);
        block_on(g.aclose()).unwrap();
        closed.say(shown(block_on(g.next())));
        [went_on, thrown, closed].map(|trace| trace.line())
    });
    let expected =
        [["a b Some(1)", "a Err(thrown)", "a None"], ["a b Some(1)", "a b caught Some(2)", "a b caught None"]];
    assert_eq!(outcomes, expected);
}

#[test]
fn agn_10_a_fresh_one_is_ended_by_a_throw_and_not_begun_by_a_send() {
    let trace = Trace::default();
    let mut g = numbers(1, trace.clone());
    assert!(matches!(block_on(g.asend(Some(5))), Err(Exception::NotStarted)));
    assert_eq!(block_on(g.asend(None)).unwrap(), Some(0));
    let mut g = numbers(1, trace.clone());
    assert!(block_on(g.athrow(ValueError("thrown"))).unwrap_err().is::<ValueError>());
    assert_eq!((g.state(), block_on(g.next()).unwrap()), (State::Closed, None));
    let mut g = numbers(1, trace.clone());
    assert!(matches!(block_on(g.athrow(Exception::Exit)), Err(Exception::Exit)));
    assert_eq!(g.state(), State::Closed);
}

#[test]
fn agn_10_what_is_thrown_arrives_as_it_is_and_may_be_swallowed() {
    #[coframe::coroutine(yield = u32)]
    async fn swallows(trace: Trace) {
        if let Err(exception) = attempt! { yield_!(1); } {
            trace.say(exception.downcast_ref::<ValueError>().unwrap().0);
        }
    }
    let trace = Trace::default();
    let mut g = swallows(trace.clone());
    block_on(g.next()).unwrap();
    assert_eq!(block_on(g.athrow(ValueError("verbatim"))).unwrap(), None);
    assert_eq!((g.state(), trace.line()), (State::Closed, "verbatim".to_owned()));
    // After the end nothing is raised.
    assert_eq!(block_on(g.athrow(ValueError("late"))).unwrap(), None);
}

#[test]
fn agn_15_asend_brings_values_and_errors_leave_by_it() {
    #[coframe::coroutine(yield = u32, send = u32)]
    async fn doubles(trace: Trace) {
        let done = attempt! {
            let mut sent = yield_!(0);
            loop {
                trace.tick(format!("doubling {sent}")).await;
                if sent > 9 {
                    raise!(ValueError("too big"));
                }
                sent = yield_!(sent * 2);
            }
        };
        trace.tick("cleaning").await;
        or_raise!(done);
    }
    let trace = Trace::default();
    let mut g = doubles(trace.clone());
    assert!(matches!(block_on(g.asend(1)), Err(Exception::NotStarted)));
    assert_eq!(block_on(g.next()).unwrap(), Some(0));
    assert!(matches!(block_on(g.next()), Err(Exception::AlreadyStarted)));
    assert_eq!(block_on(g.asend(4)).unwrap(), Some(8));
    assert_eq!(block_on(g.asend(10)).unwrap_err().to_string(), "too big");
    assert_eq!(block_on(g.asend(1)).unwrap(), None);
    assert_eq!(trace.line(), "doubling 4 doubling 10 cleaning");
}

#[test]
fn agn_15_a_cancellation_during_asend_runs_the_clean_up_with_its_awaits() {
    #[coframe::coroutine(yield = u32, send = u32)]
    async fn slow(trace: Trace) {
        let mut sent = 0;
        let done = attempt! {
            loop {
                sent = yield_!(sent);
                sleep(f64::from(sent)).await;
            }
        };
        trace.say(shown(done.clone().map(|never: ()| never)));
        sleep(1.0).await;
        trace.say("cleaned");
        or_raise!(done);
    }
    #[coframe::coroutine]
    async fn main(trace: Trace) {
        let mut g = slow(trace.clone());
        g.next().await;
        trace.say(shown(try_await!(g.asend(60))));
        trace.say(g.state());
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(main(trace.clone()));
    event_loop.run_once().unwrap();
    task.cancel();
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "Cancelled cleaned Cancelled closed");
    assert_eq!(event_loop.time().as_secs(), 1);
}

#[test]
fn agn_16_athrow_is_handled_with_awaits_and_yields() {
    let trace = Trace::default();
    let mut g = numbers(2, trace.clone());
    block_on(g.next()).unwrap();
    assert_eq!(block_on(g.athrow(ValueError("v"))).unwrap(), Some(100));
    assert_eq!(block_on(g.next()).unwrap(), Some(1));
    assert!(block_on(g.athrow(KeyError("k"))).unwrap_err().is::<KeyError>());
    assert_eq!(trace.line(), "before 0 caught v before 1 cleaning cleaned");
    assert_eq!(block_on(g.athrow(KeyError("k"))).unwrap(), None);
}

#[test]
fn agn_16_a_cancellation_in_the_handler_of_athrow_leaves_by_it() {
    #[coframe::coroutine(yield = u32)]
    async fn handles(trace: Trace) {
        if let Err(exception) = attempt! { yield_!(1); } {
            trace.say(exception);
            let slept = attempt! { sleep(60.0).await };
            trace.say(shown(slept.clone()));
            sleep(1.0).await;
            or_raise!(slept);
        }
    }
    #[coframe::coroutine]
    async fn main(trace: Trace) {
        let mut g = handles(trace.clone());
        g.next().await;
        trace.say(shown(try_await!(g.athrow(ValueError("v")))));
        trace.say(shown(try_await!(g.next())));
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(main(trace.clone()));
    event_loop.run_once().unwrap();
    task.cancel();
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "v Cancelled Cancelled None");
}

#[test]
fn agn_20_a_close_after_a_close_and_after_the_end_does_nothing() {
    let trace = Trace::default();
    let mut g = numbers(1, trace.clone());
    block_on(g.next()).unwrap();
    block_on(g.aclose()).unwrap();
    assert_eq!(trace.line(), "before 0 cleaning cleaned");
    block_on(g.aclose()).unwrap();
    assert_eq!(block_on(g.next()).unwrap(), None);
    let mut g = numbers(0, trace.clone());
    assert_eq!(block_on(g.next()).unwrap(), None);
    block_on(g.aclose()).unwrap();
    assert_eq!(trace.line(), "cleaning cleaned");
    let mut g = numbers(1, trace.clone());
    block_on(g.aclose()).unwrap();
    assert_eq!((g.state(), block_on(g.next()).unwrap(), trace.line()), (State::Closed, None, String::new()));
}

#[test]
fn a_step_of_the_loop_and_one_of_another_executor_may_take_turns() {
    let trace = Trace::default();
    let mut g = numbers(3, trace.clone());
    assert_eq!(block_on(g.next()).unwrap(), Some(0));
    let (value, mut g) = in_loop(async move {
        let value = g.next().await?;
        Ok::<_, Exception>(std::rc::Rc::new(std::cell::RefCell::new(Some((value, g)))))
    })
    .unwrap()
    .take()
    .unwrap();
    assert_eq!((value, block_on(g.next()).unwrap()), (Some(1), Some(2)));
    block_on(g.aclose()).unwrap();
}

#[test]
fn debug_says_the_name_and_the_state() {
    let mut g = numbers(1, Trace::default());
    assert_eq!(format!("{g:?}"), "<async generator numbers, created>");
    assert_eq!(format!("{:?}", g.next()), "AsyncStep(<async generator numbers, created>)");
    block_on(g.next()).unwrap();
    assert_eq!(format!("{:?}", g.aclose()), "AsyncClose(<async generator numbers, suspended>)");
    assert_eq!((g.code().name(), g.code().points().len()), ("numbers", 5));
}

// What the programs of `ui` are told, which `ui.rs` compares.
#[test]
fn agn_21_what_is_never_awaited_is_warned_of() {
    let said = include_str!("../../ui/lints/must_use_async_generator.stderr");
    for unused in ["AsyncGenerator", "AsyncStep", "AsyncClose"] {
        assert!(said.contains(&format!("{unused}` that must be used")), "{unused}");
    }
}

#[test]
fn agn_22_a_value_is_not_returned() {
    let said = include_str!("../../ui/native/async_generator_returns.stderr");
    assert!(said.contains("an async generator returns `()` or `Result<(), E>`, and not `u32`"), "{said}");
}
