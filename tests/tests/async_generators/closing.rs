//! What a close does: AGN-11 to AGN-13.

use coframe::event_loop::EventLoop;
use coframe::{Exception, State, attempt, or_raise, raise, sleep, spawn, try_await, yield_};

use crate::protocol::shown;
use crate::support::{Trace, ValueError, block_on};

#[test]
fn agn_11_a_close_waits_for_what_the_body_waits_for() {
    #[coframe::coroutine(yield = u32)]
    async fn lines(trace: Trace) {
        let done = attempt! { yield_!(1); yield_!(2); };
        sleep(1.0).await;
        trace.say("slept");
        let task = spawn(async {
            sleep(1.0).await.unwrap();
            7_u32
        });
        trace.say(task.await);
        or_raise!(done);
    }
    let trace = Trace::default();
    let saying = trace.clone();
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let main = async move {
        let mut g = lines(saying.clone());
        g.next().await?;
        g.aclose().await?;
        saying.say(g.state());
        Ok::<_, Exception>(())
    };
    event_loop.run_until_complete(main).unwrap();
    assert_eq!(trace.line(), "slept 7 closed");
    assert_eq!(event_loop.time().as_secs(), 2);
}

#[test]
fn agn_11_with_a_future_that_is_never_ready_a_cancellation_ends_the_close() {
    #[coframe::coroutine(yield = u32)]
    async fn stuck(trace: Trace) {
        let done = attempt! { yield_!(1); };
        let waited = try_await!(EventLoop::running().unwrap().create_promise::<()>());
        trace.say(shown(waited));
        or_raise!(done);
    }
    #[coframe::coroutine]
    async fn main(trace: Trace) {
        let mut g = stuck(trace.clone());
        g.next().await;
        trace.say(shown(try_await!(g.aclose())));
        trace.say(g.state());
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(main(trace.clone()));
    event_loop.run_once().unwrap();
    task.cancel();
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "Cancelled () closed");
}

#[test]
fn agn_12_a_yield_during_a_close_is_an_error_and_the_body_goes_on() {
    #[coframe::coroutine(yield = u32)]
    async fn ignores(trace: Trace) {
        if let Err(exception) = attempt! { yield_!(1); } {
            trace.say(exception);
            trace.tick("waits").await;
            yield_!(2);
            yield_!(3);
        }
        trace.say("end");
    }
    let trace = Trace::default();
    let mut g = ignores(trace.clone());
    block_on(g.next()).unwrap();
    assert!(matches!(block_on(g.aclose()), Err(Exception::IgnoredExit)));
    assert_eq!(g.state(), State::Suspended);
    trace.lines();
    // CPython's `ag_closed`: it is neither thrown into nor closed again, but may go on.
    assert_eq!(block_on(g.athrow(ValueError("no"))).unwrap(), None);
    block_on(g.aclose()).unwrap();
    assert_eq!((g.state(), trace.line()), (State::Suspended, String::new()));
    assert_eq!(block_on(g.next()).unwrap(), Some(3));
    assert_eq!(block_on(g.next()).unwrap(), None);
    assert_eq!((g.state(), trace.line()), (State::Closed, "end".to_owned()));
}

#[test]
fn agn_12_an_error_during_a_close_leaves_with_the_exit_as_its_source() {
    #[coframe::coroutine(yield = u32)]
    async fn raises() {
        if let Err(Exception::Exit) = attempt! { yield_!(1); } {
            raise!(ValueError("in the clean-up"));
        }
    }
    #[coframe::coroutine(yield = u32)]
    async fn returns() -> Result<(), ValueError> {
        let done = attempt! { yield_!(1); };
        done.map_err(|_| ValueError("returned"))
    }
    let mut g = raises();
    block_on(g.next()).unwrap();
    let error = block_on(g.aclose()).unwrap_err();
    assert!(error.is::<ValueError>() && error.source().is_some_and(Exception::is_exit));
    block_on(g.aclose()).unwrap();
    let mut g = returns();
    block_on(g.next()).unwrap();
    let error = block_on(g.aclose()).unwrap_err();
    assert_eq!(error.to_string(), "returned");
    assert!(error.source().is_some_and(Exception::is_exit));
}

#[test]
fn agn_13_to_swallow_the_exit_or_to_return_it_is_an_end_as_any_other() {
    #[coframe::coroutine(yield = u32)]
    async fn swallows() {
        if let Err(Exception::Exit) = attempt! { yield_!(1); } {
            return;
        }
    }
    #[coframe::coroutine(yield = u32)]
    async fn returns() -> Result<(), Exception> {
        let caught = attempt! { yield_!(1); };
        caught
    }
    #[coframe::coroutine(yield = u32)]
    async fn asks() -> Result<(), Exception> {
        attempt! { yield_!(1); }?;
        Ok(())
    }
    let mut g = swallows();
    block_on(g.next()).unwrap();
    block_on(g.aclose()).unwrap();
    assert_eq!(g.state(), State::Closed);
    let mut g = returns();
    block_on(g.next()).unwrap();
    block_on(g.aclose()).unwrap();
    assert_eq!(g.state(), State::Closed);
    let mut g = asks();
    block_on(g.next()).unwrap();
    block_on(g.aclose()).unwrap();
    assert_eq!(g.state(), State::Closed);
}
