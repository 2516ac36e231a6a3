//! `gather`: CMB-01 and CMB-02.

use std::panic::{AssertUnwindSafe, catch_unwind};

use coframe::event_loop::{EventLoop, LoopError};
use coframe::{
    Cancelled, Exception, Gather, Promise, PromiseError, Task, current_task, gather, gather_results, sleep, spawn,
    try_yield_from, yield_from,
};

use crate::support::{Trace, ValueError, run_out, trace_reports, virtual_loop};

/// Says when it is over, and how.
#[coframe::coroutine(task)]
fn job(name: &'static str, delay: i32, trace: Trace) -> &'static str {
    match try_yield_from!(sleep(delay)) {
        Ok(()) => trace.say(name),
        Err(exception) => {
            trace.say(format!("{name}:{exception}"));
            coframe::raise!(exception);
        }
    }
    name
}

#[coframe::coroutine(task)]
fn failing(text: &'static str, delay: i32) -> &'static str {
    yield_from!(sleep(delay));
    coframe::raise!(ValueError(text.to_owned()))
}

/// What a gathering came to, which it says as the results of those that wait for it do.
fn said(result: &Result<Vec<&'static str>, Exception>) -> String {
    result.as_ref().map_or_else(|e| format!("<{e}>"), |values| values.join("+"))
}

#[coframe::coroutine(task)]
fn waits(gathering: Gather<Vec<&'static str>>, trace: Trace) {
    let result = try_yield_from!(gathering);
    trace.say(said(&result));
    if let Err(exception) = result {
        coframe::raise!(exception);
    }
}

/// A task that waits for what `make` gathers, as a coroutine or as a future.
fn waiter(
    event_loop: &EventLoop,
    trace: &Trace,
    as_future: bool,
    make: impl FnOnce() -> Gather<Vec<&'static str>> + 'static,
) -> Task<()> {
    let trace = trace.clone();
    if as_future {
        event_loop.create_task(async move {
            let result = make().await;
            trace.say(said(&result));
            result.map(drop)
        })
    } else {
        #[coframe::coroutine(task)]
        fn frame<M: FnOnce() -> Gather<Vec<&'static str>>>(trace: Trace, mut make: Option<M>) {
            let gathering = make.take().unwrap()();
            yield_from!(waits(gathering, trace));
        }
        event_loop.create_task(frame(trace, Some(make)))
    }
}

#[test]
fn cmb_01_results_are_in_the_order_of_the_arguments() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let inner = trace.clone();
        let task = waiter(&event_loop, &trace, as_future, move || {
            gather([("a", 3), ("b", 1), ("c", 2)].map(|(name, delay)| job(name, delay, inner.clone())))
        });
        event_loop.run_until_complete(task).unwrap();
        assert_eq!(trace.line(), "b c a a+b+c");
    }
}

#[test]
fn cmb_01_children_start_when_it_is_called_not_when_it_is_awaited() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop
        .run_until_complete(async move {
            let all = gather([job("a", 1, inner.clone()), job("b", 2, inner.clone())]);
            sleep(5).await?;
            assert!(all.done());
            inner.say("awaited");
            all.await
        })
        .unwrap();
    assert_eq!(trace.line(), "a b awaited");
}

#[test]
fn cmb_01_the_first_error_is_raised_and_the_others_go_on() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        trace_reports(&event_loop, &trace);
        let inner = trace.clone();
        let task = waiter(&event_loop, &trace, as_future, move || {
            // The error of the last is not reported, as in CPython.
            gather([spawn(job("a", 3, inner)), spawn(failing("bad", 1)), spawn(failing("worse", 2))])
        });
        run_out(&event_loop);
        assert_eq!(task.exception().unwrap().unwrap().to_string(), "bad");
        assert_eq!(trace.line(), "<bad> a");
    }
}

#[test]
fn cmb_01_an_error_of_a_gathering_that_nobody_awaits_is_reported_once() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    event_loop.call_soon(|| drop(gather([failing("one", 1), failing("two", 1)]))).unwrap();
    run_out(&event_loop);
    assert_eq!(trace.line(), "<one>");
}

#[test]
fn cmb_01_results_collects_errors_and_cancellations() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let results = event_loop
        .run_until_complete(async move {
            let tasks = [spawn(job("a", 3, inner.clone())), spawn(failing("bad", 1)), spawn(job("c", 9, inner))];
            let last = tasks[2].clone();
            EventLoop::running().unwrap().call_later(2, move || _ = last.cancel_with(Cancelled::new("no")))?;
            gather_results(tasks).await
        })
        .unwrap();
    let shown: Vec<_> =
        results.iter().map(|it| it.as_ref().map_or_else(|e| format!("{e:?}"), ToString::to_string)).collect();
    assert_eq!(shown[0], "a");
    assert!(shown[1].contains("bad"), "{shown:?}");
    assert_eq!(shown[2], r#"Cancelled("no")"#);
    assert_eq!(trace.line(), "c:no a");
}

#[test]
fn cmb_01_duplicates_share() {
    let (event_loop, trace) = virtual_loop();
    let task = event_loop.create_task(job("same", 1, trace.clone()));
    let all = gather([task.clone(), task.clone(), task]);
    assert_eq!(event_loop.run_until_complete(all).unwrap(), ["same"; 3]);
    assert_eq!(trace.line(), "same");
}

#[test]
fn cmb_01_nothing_gives_nothing_at_once() {
    let (event_loop, _) = virtual_loop();
    let (all, none, tuple) = event_loop
        .run_until_complete(async {
            let nothing = gather(Vec::<Task<u32>>::new());
            assert!(nothing.done() && !nothing.cancel());
            Ok((nothing.await?, gather_results(Vec::<Task<u32>>::new()).await?.len(), gather!().await?))
        })
        .unwrap();
    assert_eq!((all, none, tuple), (vec![], 0, ()));
    assert!(gather(Vec::<Task<u32>>::new()).done());
}

#[test]
fn cmb_01_children_that_are_done_take_no_turn() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise();
    promise.set_result(1_u32).unwrap();
    let all = gather([promise.clone(), promise]);
    assert_eq!(all.result().unwrap(), [1, 1]);
    let failed = event_loop.create_promise::<u32>();
    failed.set_exception(ValueError("bad".into())).unwrap();
    let all = gather([event_loop.create_promise(), failed]);
    assert_eq!(all.exception().unwrap().unwrap().to_string(), "bad");
}

#[test]
fn cmb_01_the_macro_takes_different_types() {
    #[coframe::coroutine(task)]
    fn main(trace: Trace) -> usize {
        let task = spawn(job("task", 2, trace.clone()));
        let (name, number, (), nested) =
            yield_from!(gather!(task, async { 7_u32 }, sleep(1), gather!(async { true }, async { 'c' })));
        trace.say(format!("{name} {number} {nested:?}"));
        let nap = || sleep(0);
        let (.., eighth) = yield_from!(coframe::gather!(nap(), nap(), nap(), nap(), nap(), nap(), nap(), async { 8 }));
        assert_eq!(eighth, 8);
        match try_yield_from!(gather!(failing("bad", 1), sleep(9))) {
            Err(e) => e.to_string().len(),
            Ok(_) => 0,
        }
    }

    let (event_loop, trace) = virtual_loop();
    assert_eq!(event_loop.run_until_complete(main(trace.clone())).unwrap(), 3);
    assert_eq!(trace.lines(), ["task", "task 7 (true, 'c')"]);
}

#[test]
fn cmb_01_the_macro_for_results_waits_for_all_and_takes_no_turn_more() {
    #[coframe::coroutine(task)]
    fn main(trace: Trace) {
        let cancelled = spawn(job("cancelled", 9, trace.clone()));
        cancelled.cancel();
        let (failed, name, cancelled, slept) = yield_from!(gather_results!(
            failing(yield_from!(async { "bad" }), 1),
            job("done", 2, trace.clone()),
            cancelled,
            sleep(3)
        ));
        trace.say(format!(
            "<{}> {} {} {:?}",
            failed.unwrap_err(),
            name.unwrap(),
            cancelled.unwrap_err(),
            slept.unwrap()
        ));
    }

    let (event_loop, trace) = virtual_loop();
    event_loop.run_until_complete(main(trace.clone())).unwrap();
    assert_eq!(trace.lines(), ["done", "<bad> done cancelled ()"]);

    fn passes<T: 'static>(gathering: impl FnOnce() -> Gather<T> + 'static) -> usize {
        let (event_loop, _) = virtual_loop();
        let waiting = event_loop.create_task(async move { gathering().await.map(drop) });
        (1..).find(|_| event_loop.run_once().is_ok() && waiting.done()).unwrap()
    }
    let of_macro = passes(|| gather_results!(async { 1_u32 }, async { 2_u32 }));
    assert_eq!(of_macro, passes(|| gather_results([1_u32, 2].map(|n| async move { n }))));
    assert_eq!(of_macro, passes(|| gather!(async { 1_u32 }, async { 2_u32 })));
    assert_eq!(passes(|| gather_results!()), 1);
}

#[test]
fn cmb_01_values_need_not_be_clone() {
    struct Connection(u32);
    let (event_loop, _) = virtual_loop();
    let connect = |n| async move { Ok(Connection(n)) };
    let all = event_loop.run_until_complete(async move { gather([connect(1), connect(2)]).await }).unwrap();
    assert_eq!(all.iter().map(|it| it.0).sum::<u32>(), 3);
}

#[test]
fn cmb_01_nested_gatherings_are_waited_for_as_they_are() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let main = event_loop.create_task(async move {
        let pair = |names: [&'static str; 2]| gather(names.map(|name| job(name, 1, inner.clone())));
        gather([pair(["a", "b"]), pair(["c", "d"])]).await
    });
    event_loop.run_once().unwrap();
    // No task was made of the inner ones.
    assert_eq!(event_loop.all_tasks().len(), 5);
    assert_eq!(event_loop.run_until_complete(main).unwrap(), [["a", "b"], ["c", "d"]]);
}

#[test]
fn cmb_02_cancelling_it_cancels_the_children() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let inner = trace.clone();
        let task = waiter(&event_loop, &trace, as_future, move || {
            gather([gather([job("a", 3, inner.clone())]).take_first(), spawn(job("b", 9, inner))])
        });
        event_loop.run_once().unwrap();
        event_loop.run_once().unwrap();
        assert!(task.cancel_with(Cancelled::new("go")));
        run_out(&event_loop);
        assert!(task.cancelled());
        // A plain future is dropped at its wait when the cancellation comes back.
        assert_eq!(trace.line(), if as_future { "a:go b:go" } else { "a:go b:go <go>" });
    }
}

/// A task of the first value, so that a gathering can be nested in one of tasks.
trait TakeFirst {
    fn take_first(self) -> Task<&'static str>;
}

impl TakeFirst for Gather<Vec<&'static str>> {
    fn take_first(self) -> Task<&'static str> {
        spawn(async move { Ok(self.await?[0]) })
    }
}

#[test]
fn cmb_02_cancelled_before_the_children_have_begun() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let main = event_loop.create_task(async move {
        let all = gather([job("a", 1, inner.clone()), job("b", 1, inner)]);
        assert!(all.cancel() && !all.done());
        all.await
    });
    run_out(&event_loop);
    assert!(main.cancelled());
    assert_eq!(trace.line(), "");
}

#[test]
fn cmb_02_a_cancelled_child_makes_it_fail_and_leaves_its_siblings() {
    for as_future in [false, true] {
        let (event_loop, trace) = virtual_loop();
        let inner = trace.clone();
        let task = waiter(&event_loop, &trace, as_future, move || {
            let tasks = [spawn(job("a", 3, inner.clone())), spawn(job("b", 9, inner))];
            let b = tasks[1].clone();
            EventLoop::running().unwrap().call_later(1, move || _ = b.cancel()).unwrap();
            gather(tasks)
        });
        run_out(&event_loop);
        assert!(task.cancelled());
        assert_eq!(trace.line(), "b:cancelled <cancelled> a");
    }
}

#[test]
fn cmb_02_a_gathering_whose_child_was_cancelled_is_not_cancelled_itself() {
    let (event_loop, _) = virtual_loop();
    let (one, other) = (event_loop.create_promise::<()>(), event_loop.create_promise::<()>());
    let all = gather([one.clone(), other.clone()]);
    one.cancel_with(Cancelled::new("why"));
    event_loop.run_once().unwrap();
    assert!(all.done() && !all.cancelled() && !other.done());
    assert_eq!(all.result().unwrap_err().to_string(), "why");
    assert!(!all.cancel());
}

#[test]
fn cmb_02_a_child_that_cancels_itself() {
    #[coframe::coroutine(task)]
    fn suicidal() -> &'static str {
        current_task().unwrap().cancel_with(Cancelled::new("myself"));
        yield_from!(sleep(1));
        "not reached"
    }

    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let task = waiter(&event_loop, &trace, false, move || gather([spawn(suicidal()), spawn(job("b", 1, inner))]));
    run_out(&event_loop);
    assert!(task.cancelled());
    assert_eq!(trace.line(), "<myself> b");
}

#[test]
fn cmb_02_children_that_refuse_are_waited_for_and_it_is_cancelled_all_the_same() {
    #[coframe::coroutine(task)]
    fn stubborn(trace: Trace) -> &'static str {
        if let Err(Exception::Cancelled(_)) = try_yield_from!(sleep(9)) {
            yield_from!(sleep(1));
            trace.say("cleaned up");
        }
        "refused"
    }

    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let task = waiter(&event_loop, &trace, false, move || gather([stubborn(inner.clone()), stubborn(inner)]));
    let cancelled = task.clone();
    event_loop.call_later(1, move || _ = cancelled.cancel_with(Cancelled::new("go"))).unwrap();
    run_out(&event_loop);
    assert!(task.cancelled());
    assert_eq!(trace.line(), "cleaned up cleaned up <go>");

    // With results that are collected too.
    let results = gather_results([event_loop.create_task(stubborn(trace.clone()))]);
    event_loop.run_once().unwrap();
    assert!(results.cancel());
    run_out(&event_loop);
    assert!(matches!(results.exception(), Err(Exception::Cancelled(_))));
}

#[test]
fn cmb_02_nested_gatherings_pass_a_cancellation_on() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let main = event_loop.create_task(async move {
        let pair = |names: [&'static str; 2]| gather(names.map(|name| job(name, 5, inner.clone())));
        gather!(pair(["a", "b"]), pair(["c", "d"]), sleep(7)).await
    });
    let cancelled = main.clone();
    event_loop.call_later(1, move || _ = cancelled.cancel_with(Cancelled::new("all"))).unwrap();
    run_out(&event_loop);
    assert!(main.exception().is_err_and(|it| it.to_string() == "all"));
    assert_eq!(trace.line(), "a:all b:all c:all d:all");
}

#[test]
fn cmb_02_cancelled_in_a_plain_future_nothing_is_reported() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let jobs = [job("a", 5, trace.clone()), job("b", 9, trace.clone())];
    let task = event_loop.create_task(async { gather_results(jobs).await.map(|results| results.len()) });
    let cancelling = task.clone();
    event_loop
        .call_later(1, move || {
            cancelling.cancel();
        })
        .unwrap();
    run_out(&event_loop);
    assert!(task.cancelled());
    assert_eq!(trace.line(), "a:cancelled b:cancelled");
}

#[test]
fn cmb_02_dropping_it_cancels_nobody() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    event_loop.call_soon(move || drop(gather([job("a", 1, inner.clone()), job("b", 2, inner)]))).unwrap();
    run_out(&event_loop);
    assert_eq!(trace.line(), "a b");
}

#[test]
fn cmb_02_a_task_that_gathers_itself_can_be_cancelled() {
    let (event_loop, trace) = virtual_loop();
    let slot = std::rc::Rc::new(std::cell::RefCell::new(None::<Task<()>>));
    let (inner, own) = (trace.clone(), slot.clone());
    let task = event_loop.create_task(async move {
        let itself = own.take().unwrap();
        inner.say("waits for itself");
        gather([itself]).await.map(drop)
    });
    slot.replace(Some(task.clone()));
    event_loop.run_once().unwrap();
    assert!(task.cancel());
    run_out(&event_loop);
    assert!(task.cancelled());
}

fn inner_is_fine() -> bool {
    false
}

#[test]
fn cmb_01_a_panic_in_a_child_is_an_error_of_the_whole() {
    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let all = event_loop.create_task(async move {
        let panicking = async {
            assert!(inner_is_fine(), "in a child");
        };
        gather!(panicking, job("b", 1, inner)).await
    });
    catch_unwind(AssertUnwindSafe(|| event_loop.run_forever())).unwrap_err();
    run_out(&event_loop);
    assert_eq!(all.exception().unwrap().unwrap().downcast_ref(), Some(&PromiseError::Panicked));
    assert_eq!(trace.line(), "b");
}

#[test]
fn cmb_01_where_no_loop_runs_it_fails() {
    let all = gather([1, 2].map(|n| async move { n }));
    assert!(matches!(all.exception().unwrap().unwrap().downcast_ref(), Some(LoopError::NotRunning)));
    let pair = gather!(sleep(1), async { 2 });
    assert!(matches!(pair.exception().unwrap().unwrap().downcast_ref(), Some(LoopError::NotRunning)));
}

#[test]
fn cmb_01_tasks_of_a_loop_can_be_gathered_before_it_runs() {
    let (event_loop, trace) = virtual_loop();
    let all = gather(["a", "b"].map(|name| event_loop.create_task(job(name, 1, trace.clone()))));
    assert_eq!(event_loop.run_until_complete(all).unwrap(), ["a", "b"]);
}

#[test]
fn cmb_01_tasks_of_two_loops_are_refused() {
    let (one, other) = (virtual_loop().0, virtual_loop().0);
    let all = gather([one.create_promise::<()>(), other.create_promise()]);
    assert_eq!(all.exception().unwrap().unwrap().downcast_ref(), Some(&PromiseError::OfAnotherLoop));
}

#[test]
fn cmb_01_of_a_closed_loop() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let pending = event_loop.create_promise::<u32>();
    let all = gather([pending.clone()]);
    event_loop.close().unwrap();
    pending.set_result(1).unwrap_err();
    assert!(!all.done() && !all.cancel());
    let closed = gather([event_loop.create_task(async { 1_u32 })]);
    assert!(matches!(closed.exception().unwrap().unwrap().downcast_ref(), Some(LoopError::Closed)));
}

#[test]
fn cmb_01_a_loop_that_is_closed_drops_what_is_gathered() {
    let (event_loop, trace) = virtual_loop();
    let (loud, inner) = (trace.loud("dropped"), trace.clone());
    event_loop.set_exception_handler(|_, _| {});
    let task = event_loop.create_task(async move {
        let promise: Promise<()> = EventLoop::running().unwrap().create_promise();
        promise.add_done_callback(move |_| drop(loud))?;
        gather!(promise, job("a", 9, inner)).await
    });
    event_loop.run_once().unwrap();
    event_loop.run_once().unwrap();
    event_loop.close().unwrap();
    drop(task);
    assert_eq!(trace.line(), "dropped a:coroutine is being closed");
}
