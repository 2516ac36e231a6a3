//! `shield`: CMB-05.

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{Cancelled, Exception, Promise, Task, gather, shield, sleep, spawn, try_yield_from, yield_from};

use crate::support::{Trace, ValueError, run_out, trace_reports, virtual_loop};

/// A task that waits behind a shield, as a coroutine or as a future, and says what it sees.
fn waiter(event_loop: &EventLoop, trace: &Trace, promise: Promise<u32>, as_future: bool) -> Task<()> {
    #[coframe::coroutine(task)]
    fn frame(trace: Trace, promise: Promise<u32>) {
        match try_yield_from!(shield(promise)) {
            Ok(value) => trace.say(value),
            Err(exception) => {
                trace.say(format!("<{exception}>"));
                coframe::raise!(exception);
            }
        }
    }

    if !as_future {
        return event_loop.create_task(frame(trace.clone(), promise));
    }
    let trace = trace.clone();
    event_loop.create_task(async move {
        let dropped = trace.loud("dropped");
        let value = shield(promise).await;
        std::mem::forget(dropped);
        trace.say(value.as_ref().map_or_else(|e| format!("<{e}>"), ToString::to_string));
        value.map(drop)
    })
}

#[test]
fn cmb_05_a_shielded_promise_survives_its_waiter() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let promise = event_loop.create_promise();
        let task = waiter(&event_loop, &trace, promise.clone(), as_future);
        event_loop.run_once().unwrap();
        assert!(task.cancel_with(Cancelled::new("go")));
        run_out(&event_loop);
        assert!(task.cancelled() && !promise.done());
        assert_eq!(trace.line(), if as_future { "dropped" } else { "<go>" });
        promise.set_result(1).unwrap();
        run_out(&event_loop);
        assert_eq!(trace.line(), "");
    }
}

#[test]
fn cmb_05_a_shielded_task_runs_to_its_end() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let outer = event_loop.create_task(async move {
        // Nobody else has a handle on what is shielded.
        shield(async move {
            sleep(1).await?;
            inner.say("saved");
            Ok(())
        })
        .await
    });
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    outer.cancel();
    run_out(&event_loop);
    assert!(outer.cancelled());
    assert_eq!(trace.line(), "saved");
}

#[test]
fn cmb_05_value_error_and_cancellation_of_the_inner_are_those_of_the_outer() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let ends: [fn(&Promise<u32>); 3] = [
            |it| it.set_result(7).unwrap(),
            |it| it.set_exception(ValueError("bad".into())).unwrap(),
            |it| assert!(it.cancel_with(Cancelled::new("inner"))),
        ];
        for end in ends {
            let promise = event_loop.create_promise();
            let task = waiter(&event_loop, &trace, promise.clone(), as_future);
            event_loop.run_once().unwrap();
            end(&promise);
            run_out(&event_loop);
            assert!(task.done());
            let _ = task.exception();
        }
        assert_eq!(trace.line(), "7 <bad> <cancelled>");
    }
}

#[test]
fn cmb_05_when_the_inner_is_cancelled_so_is_the_outer() {
    let (event_loop, _) = virtual_loop();
    let inner = event_loop.create_promise::<()>();
    let outer = shield(inner.clone());
    inner.cancel();
    assert!(!outer.done());
    event_loop.run_once().unwrap();
    assert!(outer.cancelled());
}

// Measured with CPython 3.11 and 3.13, where `_inner_done_callback` calls `outer.cancel()`.
#[test]
fn cmb_05_the_message_of_a_cancellation_stays_with_the_inner() {
    fn message(end: Result<(), Exception>) -> String {
        let Err(Exception::Cancelled(cancelled)) = end else { panic!("{end:?}") };
        format!("{:?}", cancelled.message())
    }
    let (event_loop, trace) = virtual_loop();
    let said = trace.clone();
    let program = async move {
        let waiting = || {
            let task = spawn(async { sleep(10).await });
            (task.clone(), shield(task))
        };
        let (inner, outer) = waiting();
        sleep(0).await?;
        inner.cancel_with(Cancelled::new("inner"));
        said.say(message(outer.await));
        said.say(message(inner.clone().await));
        // What is done is given as it is.
        said.say(message(shield(inner).await));
        let (inner, outer) = waiting();
        outer.cancel_with(Cancelled::new("outer"));
        said.say(message(outer.await));
        said.say(inner.done());
        Ok(())
    };
    event_loop.run_until_complete(program).unwrap();
    assert_eq!(trace.lines(), ["None", "Some(\"inner\")", "Some(\"inner\")", "Some(\"outer\")", "false"]);
}

#[test]
fn cmb_05_the_outer_is_cancelled_at_once_and_once() {
    let (event_loop, _) = virtual_loop();
    let inner = event_loop.create_promise::<()>();
    let outer = shield(inner.clone());
    assert!(outer.cancel() && outer.cancelled() && !outer.cancel());
    run_out(&event_loop);
    assert!(!inner.done());
}

#[test]
fn cmb_05_what_is_done_is_given_as_it_is_and_takes_no_turn() {
    let (event_loop, trace) = virtual_loop();
    let inner = event_loop.create_promise();
    inner.set_result("done".to_owned()).unwrap();
    let (one, other) = (shield(inner.clone()), shield(inner.clone()));
    assert!(one.done() && !one.cancel());
    event_loop.call_soon(trace.saying("a pass")).unwrap();
    let task = event_loop.create_task(async move { Ok((one.await?, other.await?)) });
    event_loop.run_once().unwrap();
    assert_eq!(task.result().unwrap(), ("done".to_owned(), "done".to_owned()));
    // The value is still there for others.
    assert_eq!(inner.result().unwrap(), "done");

    let failed = event_loop.create_promise::<()>();
    failed.set_exception(ValueError("bad".into())).unwrap();
    assert_eq!(shield(failed).result().unwrap_err().to_string(), "bad");
}

#[test]
fn cmb_05_an_error_after_the_outer_was_cancelled_is_reported_unless_it_is_of_the_same_pass() {
    for same_pass in [false, true] {
        let (event_loop, trace) = virtual_loop();
        trace_reports(&event_loop, &trace);
        let inner = event_loop.create_promise::<()>();
        let outer = shield(inner.clone());
        outer.cancel();
        if !same_pass {
            event_loop.run_once().unwrap();
        }
        inner.set_exception(ValueError("lost".into())).unwrap();
        drop((inner, outer));
        run_out(&event_loop);
        // The callback that looks at it is removed in the next pass.
        assert_eq!(trace.line(), if same_pass { "" } else { "<lost>" });
    }
}

#[test]
fn cmb_05_a_shield_in_a_gather_keeps_the_gather_from_cancelling_it() {
    let (event_loop, _) = virtual_loop();
    let (kept, other) = (event_loop.create_promise::<u32>(), event_loop.create_promise::<u32>());
    let all = gather([shield(kept.clone()), shield(other.clone())]);
    assert!(all.cancel());
    run_out(&event_loop);
    assert!(matches!(all.exception(), Err(Exception::Cancelled(_))));
    assert!(!kept.done() && !other.done());
}

#[test]
fn cmb_05_a_value_that_is_not_clone_is_moved_through() {
    struct Connection(u32);

    #[coframe::coroutine(task)]
    fn connect() -> Connection {
        yield_from!(sleep(1));
        Connection(4)
    }

    #[coframe::coroutine(task)]
    fn main() -> u32 {
        yield_from!(shield(connect())).0
    }

    let (event_loop, _) = virtual_loop();
    assert_eq!(event_loop.run_until_complete(main()).unwrap(), 4);
}

#[test]
fn cmb_05_where_no_loop_runs_it_fails() {
    let outer = shield(async { 1_u32 });
    assert!(matches!(outer.exception().unwrap().unwrap().downcast_ref(), Some(LoopError::NotRunning)));
}

#[test]
fn cmb_05_neither_side_keeps_the_other() {
    let (event_loop, trace) = virtual_loop();
    let inner = event_loop.create_promise::<()>();
    let outer = shield(inner.clone());
    let loud = trace.loud("dropped");
    outer.add_done_callback(move |_| drop(loud)).unwrap();
    drop(outer);
    assert_eq!(trace.line(), "");
    drop(inner);
    assert_eq!(trace.line(), "dropped");
}
