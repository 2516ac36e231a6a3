//! Context variables: what PEP 567 and CPython's `test_context.py` say of them, and the contexts of callbacks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use coframe::event_loop::EventLoop;
use coframe::{Context, ContextError, ContextToken, ContextVar, CoroutineExt, Exception, Step, yield_};

use crate::support::{Trace, run_out, trace_reports, value_error, virtual_loop};

const _: () = {
    const fn any_thread<T: Send + Sync>() {}
    any_thread::<Context>();
    any_thread::<ContextVar<String>>();
    any_thread::<ContextToken<String>>();
};

/// Each test has its own thread, and so begins with an empty context.
static VAR: ContextVar<&str> = ContextVar::with_default("var", || "default");
static OTHER: ContextVar<&str> = ContextVar::new("other");

/// A callback that says what `VAR` is.
fn looking(trace: &Trace, name: &'static str) -> impl FnOnce() + use<> {
    let trace = trace.clone();
    move || trace.say(format!("{name}:{}", VAR.get().unwrap()))
}

/// A callback that does the same, and then changes it.
fn changing(trace: &Trace, name: &'static str) -> impl FnOnce() + use<> {
    let look = looking(trace, name);
    move || {
        look();
        VAR.set("changed");
    }
}

mod variables {
    use super::*;

    #[test]
    fn a_variable_has_its_value_or_what_was_asked_with_or_its_default() {
        assert_eq!((VAR.name(), VAR.get(), VAR.get_or("given")), ("var", Ok("default"), "given"));
        assert_eq!((OTHER.get(), OTHER.get_or("given")), (Err(ContextError::NoValue("other")), "given"));
        VAR.set("set");
        OTHER.set("set too");
        assert_eq!((VAR.get(), VAR.get_or("given")), (Ok("set"), "set"));
        assert_eq!((OTHER.get(), OTHER.get_or("given")), (Ok("set too"), "set too"));
        assert_eq!(
            format!("{VAR:?} {:?}", VAR.set("again")),
            r#"ContextVar("var") ContextToken { old_value: Some("set"), .. }"#
        );
    }

    #[test]
    fn a_default_is_made_once() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        static LAZY: ContextVar<Arc<usize>> =
            ContextVar::with_default("lazy", || Arc::new(MADE.fetch_add(1, Ordering::Relaxed)));
        assert_eq!(MADE.load(Ordering::Relaxed), 0);
        let first = LAZY.get().unwrap();
        let elsewhere = thread::spawn(|| LAZY.get().unwrap()).join().unwrap();
        assert!(Arc::ptr_eq(&first, &elsewhere));
    }

    #[test]
    fn a_default_that_asks_for_its_own_variable() {
        static KNOT: ContextVar<u32> = ContextVar::with_default("knot", || {
            let token = KNOT.set(20);
            let twice = 2 * KNOT.get().unwrap();
            KNOT.reset(token).unwrap();
            twice
        });
        assert_eq!(KNOT.get(), Ok(40));
    }

    #[test]
    fn variables_of_one_name_and_of_one_place_are_different_ones() {
        let make = || ContextVar::<u32>::new("local");
        let (one, two) = (make(), make());
        one.set(1);
        assert_eq!((one.get(), two.get()), (Ok(1), Err(ContextError::NoValue("local"))));
        let mut place = one;
        assert_eq!(place.get(), Ok(1), "it has moved");
        let moved = std::mem::replace(&mut place, make());
        assert_eq!((moved.get().ok(), place.get().ok()), (Some(1), None));
    }

    /// `test_context_getset_1` and `_3`.
    #[test]
    fn tokens_take_back_in_any_order() {
        let first = OTHER.set("a");
        let second = OTHER.set("b");
        assert_eq!((first.old_value(), second.old_value()), (None, Some(&"a")));
        OTHER.reset(first).unwrap();
        assert_eq!(OTHER.get().ok(), None);
        OTHER.reset(second).unwrap();
        assert_eq!(OTHER.get().ok(), Some("a"));
    }

    /// `test_context_getset_2`.
    #[test]
    fn a_token_of_another_variable_changes_nothing() {
        let token = VAR.set("set");
        assert_eq!(OTHER.reset(token), Err(ContextError::OtherVariable), "that one has never been set");
        OTHER.set("other");
        assert_eq!(OTHER.reset(VAR.set("again")), Err(ContextError::OtherVariable));
        assert_eq!((VAR.get(), OTHER.get()), (Ok("again"), Ok("other")));
    }

    /// `test_context_getset_4`.
    #[test]
    fn a_token_is_of_one_context() {
        let outer = VAR.set("outer");
        let copy = Context::current();
        let (refused, inner) = copy.run(|| (VAR.reset(outer), VAR.set("inner"))).unwrap();
        assert_eq!(refused, Err(ContextError::OtherContext), "a copy is another context");
        assert_eq!(VAR.reset(inner), Err(ContextError::OtherContext));
        assert_eq!((VAR.get(), copy.get(&VAR)), (Ok("outer"), Some("inner")));
        let token = copy.run(|| VAR.set("later")).unwrap();
        copy.run(|| VAR.reset(token)).unwrap().unwrap();
        assert_eq!(copy.get(&VAR), Some("inner"), "it is the same context when it is entered again");
    }

    #[test]
    fn a_context_that_nothing_was_set_in_has_no_tokens() {
        let token = VAR.set("outer");
        assert_eq!(Context::new().run(|| VAR.reset(token)), Ok(Err(ContextError::OtherContext)));
    }

    /// CPython's `HamtTest`, in small.
    #[test]
    fn many_variables_and_many_copies() {
        let variables: Vec<ContextVar<usize>> = (0..100).map(|_| ContextVar::new("one of many")).collect();
        let mut copies = Vec::new();
        for (n, variable) in variables.iter().enumerate().rev() {
            variable.set(n);
            copies.push(Context::current());
        }
        let tokens: Vec<_> = variables.iter().map(|variable| variable.set(1000)).collect();
        for (set, copy) in copies.iter().enumerate() {
            assert_eq!(copy.len(), set + 1);
            let seen = variables.iter().map(|variable| copy.get(variable));
            assert!(seen.eq((0..100).map(|n| (n >= 99 - set).then_some(n))));
        }
        for (variable, token) in variables.iter().zip(tokens) {
            variable.reset(token).unwrap();
        }
        assert!(variables.iter().map(ContextVar::get).eq((0..100).map(Ok)));
    }
}

mod runs {
    use super::*;

    /// `test_context_run_4`, `_5` and `test_context_copy_1`.
    #[test]
    fn what_is_set_inside_stays_inside() {
        let context = Context::new();
        assert!(context.is_empty());
        context.run(|| VAR.set("one")).unwrap();
        let (same, copy) = (context.clone(), context.copy());
        let inside = || {
            VAR.set("two");
            assert_eq!(same.get(&VAR), Some("two"), "at once");
        };
        context.run(inside).unwrap();
        assert_eq!(
            (same.len(), same.get(&VAR), copy.get(&VAR), VAR.get()),
            (1, Some("two"), Some("one"), Ok("default"))
        );
        assert_eq!(copy.get(&OTHER), None);
        assert_eq!(format!("{copy:?}"), "Context { len: 1, entered: false, .. }");
    }

    #[test]
    fn nested_contexts_are_left_one_by_one() {
        let (outer, inner) = (Context::new(), Context::new());
        let mut seen = Vec::new();
        let mut look = || seen.push(VAR.get().unwrap());
        VAR.set("bottom");
        outer
            .run(|| {
                VAR.set("outer");
                inner
                    .run(|| {
                        look();
                        VAR.set("inner");
                        look();
                        VAR.set("gone");
                        Context::current().run(|| VAR.set("in a copy"))
                    })
                    .unwrap()
                    .unwrap();
                look();
            })
            .unwrap();
        look();
        assert_eq!(seen, ["default", "inner", "outer", "bottom"]);
        assert_eq!((outer.get(&VAR), inner.get(&VAR)), (Some("outer"), Some("gone")));
    }

    /// `test_context_run_7`.
    #[test]
    fn a_context_that_is_entered_is_refused_and_goes_on() {
        let (context, between) = (Context::new(), Context::new());
        let (again, dropped) = (context.clone(), Arc::new(()));
        let inside = || {
            VAR.set("inside");
            let kept = dropped.clone();
            assert_eq!(again.run(move || drop(kept)), Err(ContextError::AlreadyEntered));
            assert_eq!(Arc::strong_count(&dropped), 1);
            let through_another = between.run(|| context.run(|| ())).unwrap();
            assert_eq!(through_another, Err(ContextError::AlreadyEntered));
            assert_eq!(again.copy().run(|| VAR.get()), Ok(Ok("inside")), "a copy can be entered");
            VAR.get()
        };
        assert_eq!(context.run(inside), Ok(Ok("inside")));
        assert_eq!(context.run(|| VAR.get()), Ok(Ok("inside")));
    }

    #[test]
    fn a_context_is_entered_in_one_thread_at_a_time() {
        let context = Context::new();
        let elsewhere = context.clone();
        context
            .run(|| {
                VAR.set("here");
                let there = move || (elsewhere.run(|| ()), elsewhere.get(&VAR), VAR.get().unwrap());
                let there = thread::spawn(there).join().unwrap();
                assert_eq!(there, (Err(ContextError::AlreadyEntered), Some("here"), "default"));
            })
            .unwrap();
        let elsewhere = context.clone();
        thread::spawn(move || elsewhere.run(|| drop(VAR.set("there"))).unwrap()).join().unwrap();
        assert_eq!(context.get(&VAR), Some("there"));
    }

    /// `test_context_run_3`.
    #[test]
    fn a_panic_leaves_the_context() {
        let context = Context::new();
        VAR.set("outside");
        let panicking = || {
            VAR.set("inside");
            Context::new().run(|| panic!("out of two")).unwrap()
        };
        let panic = catch_unwind(AssertUnwindSafe(|| context.run(panicking)));
        assert!(panic.is_err());
        assert_eq!((VAR.get(), context.get(&VAR)), (Ok("outside"), Some("inside")));
        assert_eq!(context.run(|| VAR.get()), Ok(Ok("inside")), "and it can be entered again");
    }

    /// PEP 568, contexts of generators, was never accepted.
    #[test]
    fn a_coroutine_runs_in_the_context_of_whoever_resumes_it() {
        #[coframe::coroutine(yield = &'static str)]
        fn body() {
            VAR.set("set in the body");
            loop {
                yield_!(VAR.get().unwrap());
            }
        }
        let mut body = body();
        assert_eq!(body.start().unwrap(), Step::Yielded("set in the body"));
        assert_eq!(VAR.get(), Ok("set in the body"));
        let context = Context::new();
        assert_eq!(context.run(|| body.start().unwrap()), Ok(Step::Yielded("default")));
        VAR.set("changed");
        assert_eq!(body.start().unwrap(), Step::Yielded("changed"));
    }
}

mod callbacks {
    use super::*;

    #[test]
    fn a_callback_has_a_copy_from_when_it_was_scheduled() {
        let (event_loop, trace) = virtual_loop();
        event_loop.call_soon(looking(&trace, "before")).unwrap();
        VAR.set("1");
        event_loop.call_soon(changing(&trace, "soon")).unwrap();
        event_loop.call_later(1.0, changing(&trace, "later")).unwrap();
        VAR.set("2");
        event_loop.call_at(2.0, changing(&trace, "at")).unwrap();
        event_loop.call_soon_threadsafe(looking(&trace, "sibling")).unwrap();
        event_loop.remote().call_soon_threadsafe(|| drop(VAR.set("remote"))).unwrap();
        VAR.set("3");
        run_out(&event_loop);
        assert_eq!(trace.line(), "before:default soon:1 sibling:2 later:1 at:2");
        assert_eq!(VAR.get(), Ok("3"), "and what they set is gone with them");
    }

    #[test]
    fn a_callback_hands_its_context_on() {
        let (event_loop, trace) = virtual_loop();
        let (inner, inner_trace) = (event_loop.clone(), trace.clone());
        event_loop
            .call_soon(move || {
                VAR.set("parent");
                inner.call_soon(changing(&inner_trace, "first child"))?;
                inner.call_later(1.0, looking(&inner_trace, "second child"))?;
                VAR.set("too late");
                Ok::<_, Exception>(())
            })
            .unwrap();
        run_out(&event_loop);
        assert_eq!(trace.line(), "first child:parent second child:parent");
    }

    #[test]
    fn callbacks_from_other_threads_bring_the_context_of_those() {
        let (event_loop, _) = virtual_loop();
        let (report, reports) = channel();
        VAR.set("of the loop's thread");
        let remote = event_loop.remote();
        let worker = thread::spawn(move || {
            for value in ["one", "two"] {
                VAR.set(value);
                let report = report.clone();
                let callback = move || report.send((VAR.get().unwrap(), VAR.set("changed in the loop")));
                remote.call_soon_threadsafe(callback).unwrap();
            }
            let context = Context::new();
            remote.call_soon_threadsafe_with_context(&context, move || report.send(("", VAR.set("given")))).unwrap();
            (VAR.get().unwrap(), context)
        });
        run_out(&event_loop);
        let (left, context) = worker.join().unwrap();
        let seen: Vec<_> = reports.iter().map(|(seen, token)| (seen, token.old_value().copied())).collect();
        assert_eq!(seen, [("one", Some("one")), ("two", Some("two")), ("", None)]);
        assert_eq!((left, context.get(&VAR), VAR.get()), ("two", Some("given"), Ok("of the loop's thread")));
    }

    #[test]
    fn a_given_context_is_entered_itself() {
        let (event_loop, trace) = virtual_loop();
        let context = Context::new();
        VAR.set("outside");
        event_loop.call_soon_with_context(&context, changing(&trace, "soon")).unwrap();
        event_loop.call_later_with_context(&context, 1.0, changing(&trace, "later")).unwrap();
        event_loop.call_at_with_context(&context, 2.0, || drop(VAR.set("at"))).unwrap();
        context.run(|| VAR.set("since")).unwrap();
        run_out(&event_loop);
        assert_eq!(trace.line(), "soon:since later:changed");
        assert_eq!((context.get(&VAR), VAR.get()), (Some("at"), Ok("outside")));
    }

    #[test]
    fn a_given_context_that_is_entered_is_reported_and_the_callback_dropped() {
        let (event_loop, trace) = virtual_loop();
        trace_reports(&event_loop, &trace);
        let context = Context::new();
        let loud = trace.loud("dropped");
        event_loop.call_soon_with_context(&context, move || drop(loud)).unwrap();
        event_loop.call_soon(trace.saying("next")).unwrap();
        context.run(|| event_loop.run_once()).unwrap().unwrap();
        assert_eq!(trace.line(), "dropped <cannot enter a context that is entered already> next");
        context.run(|| ()).unwrap();
    }

    /// As in CPython since 3.12.
    #[test]
    fn the_exception_handler_runs_in_the_context_of_the_callback() {
        let (event_loop, trace) = virtual_loop();
        let inner = trace.clone();
        event_loop.set_exception_handler(move |_, report| {
            inner.say(format!("{}:{}", report.exception().unwrap(), VAR.get().unwrap()));
            VAR.set("set in the handler");
        });
        let failing = |value| {
            move || {
                VAR.set(value);
                value_error("failed")
            }
        };
        let context = Context::new();
        event_loop.call_soon(failing("own")).unwrap();
        event_loop.call_soon_with_context(&context, failing("given")).unwrap();
        run_out(&event_loop);
        assert_eq!(trace.line(), "failed:own failed:given");
        assert_eq!((context.get(&VAR), VAR.get()), (Some("set in the handler"), Ok("default")));
    }

    #[test]
    fn a_panic_in_a_callback_leaves_its_context() {
        let (event_loop, trace) = virtual_loop();
        VAR.set("outside");
        let context = Context::new();
        let panicking = || {
            VAR.set("inside");
            panic!("out of the loop") as ()
        };
        event_loop.call_soon(panicking).unwrap();
        event_loop.call_soon_with_context(&context, panicking).unwrap();
        event_loop.call_soon(looking(&trace, "next")).unwrap();
        for _ in 0..2 {
            assert!(catch_unwind(AssertUnwindSafe(|| event_loop.run_once())).is_err());
            assert_eq!(VAR.get(), Ok("outside"));
        }
        event_loop.run_once().unwrap();
        assert_eq!(trace.line(), "next:outside");
        assert_eq!(context.run(|| VAR.get()), Ok(Ok("inside")));
    }

    #[test]
    fn a_loop_inside_a_context_and_callbacks_with_tokens() {
        let (event_loop, trace) = virtual_loop();
        let context = Context::new();
        let token = context.run(|| VAR.set("of the context")).unwrap();
        let inner = trace.clone();
        let callback = move || {
            inner.say(VAR.reset(token).unwrap_err());
            let own = VAR.set("own");
            VAR.reset(own)
        };
        context.run(|| event_loop.call_soon(callback)).unwrap().unwrap();
        context.run(|| event_loop.run_once()).unwrap().unwrap();
        assert_eq!(trace.line(), "the token was made in another context");
    }
}

mod drops {
    use super::*;

    type Lines = Arc<Mutex<Vec<String>>>;

    static HELD: ContextVar<Touching> = ContextVar::new("held");

    /// Asks for and sets variables, its own among them, when its last clone is dropped, and when it is cloned.
    #[derive(Clone)]
    struct Touching(#[expect(dead_code, reason = "held for its drop")] Arc<Inner>, Recloned);

    struct Inner(&'static str, Lines);

    struct Recloned;

    impl Clone for Recloned {
        fn clone(&self) -> Self {
            OTHER.set("set in a clone");
            Recloned
        }
    }

    impl Drop for Inner {
        fn drop(&mut self) {
            let held = HELD.get().is_ok();
            let token = VAR.set("set in a drop");
            let line = format!("{}:{held}:{}", self.0, token.old_value().unwrap_or(&"-"));
            _ = VAR.reset(token);
            let context = Context::current();
            drop(context.run(|| VAR.set("in a context")));
            self.1.lock().unwrap().push(line);
        }
    }

    fn touching(name: &'static str, lines: &Lines) -> Touching {
        Touching(Arc::new(Inner(name, lines.clone())), Recloned)
    }

    fn line(lines: &Lines) -> String {
        std::mem::take(&mut *lines.lock().unwrap()).join(" ")
    }

    #[test]
    fn values_that_use_variables_when_they_are_replaced_and_reset() {
        let lines = Lines::default();
        VAR.set("here");
        drop(HELD.set(touching("first", &lines)));
        let token = HELD.set(touching("second", &lines));
        assert_eq!(line(&lines), "", "the token has it");
        drop(token);
        assert_eq!(line(&lines), "first:true:here");
        let token = HELD.set(touching("third", &lines));
        drop(HELD.get());
        assert_eq!(OTHER.get(), Ok("set in a clone"));
        HELD.reset(token).unwrap();
        assert_eq!(line(&lines), "third:true:here");
        let context = Context::current();
        drop(context.get(&HELD));
        drop(context.run(|| HELD.set(touching("fourth", &lines))));
        drop(context);
        assert_eq!(line(&lines), "fourth:true:here");
        let refused = Context::new().run(|| HELD.set(touching("fifth", &lines))).unwrap();
        assert_eq!(line(&lines), "fifth:true:here", "with its context");
        assert_eq!(HELD.reset(refused), Err(ContextError::OtherContext));
    }

    #[test]
    fn values_that_use_variables_when_their_callback_is_done_or_cancelled_or_closed() {
        let (event_loop, _) = virtual_loop();
        let lines = Lines::default();
        let schedule = |name: &'static str, delay: f64| {
            let callback = || event_loop.call_later(delay, || value_error("reported"));
            let context = Context::new();
            context.run(|| drop(HELD.set(touching(name, &lines)))).unwrap();
            context.run(callback).unwrap().unwrap()
        };
        event_loop.set_exception_handler(|_, _| assert!(HELD.get().is_ok()));
        let failed = schedule("failed", 1.0);
        event_loop.run_once().unwrap();
        assert_eq!(line(&lines), "failed:false:-", "the handle does not keep it");
        let context = Context::new();
        context.run(|| drop(HELD.set(touching("done", &lines)))).unwrap();
        let done = context.run(|| event_loop.call_soon(|| ())).unwrap().unwrap();
        drop(context);
        event_loop.run_once().unwrap();
        assert_eq!(line(&lines), "done:false:-");
        drop((failed, done));
        schedule("cancelled", 1.0).cancel();
        assert_eq!(line(&lines), "cancelled:false:-");
        for _ in 0..300 {
            schedule("many", 1.0).cancel();
        }
        schedule("given up", 1.0);
        event_loop.run_once().unwrap();
        lines.lock().unwrap().clear();
        let remote = event_loop.remote();
        let context = Context::new();
        context.run(|| drop(HELD.set(touching("on its way", &lines)))).unwrap();
        context.run(|| remote.call_soon_threadsafe(|| ())).unwrap().unwrap();
        drop(context);
        schedule("closed", 1.0);
        event_loop.close().unwrap();
        assert_eq!(line(&lines), "closed:false:- on its way:false:-");
        let context = Context::new();
        context.run(|| drop(HELD.set(touching("refused", &lines)))).unwrap();
        context.run(|| remote.call_soon_threadsafe(|| ()).unwrap_err()).unwrap();
        drop(context);
        assert_eq!(line(&lines), "refused:false:-");
    }

    /// There is no context any more when those of a thread are dropped.
    #[test]
    fn values_that_use_variables_at_the_end_of_their_thread() {
        let lines = Lines::default();
        let there = lines.clone();
        thread::spawn(move || {
            VAR.set("set");
            drop(HELD.set(touching("at the end", &there)));
        })
        .join()
        .unwrap();
        assert_eq!(line(&lines), "at the end:false:-");
    }

    #[test]
    fn a_default_of_a_local_is_dropped_with_it_and_a_value_with_its_context() {
        let lines = Lines::default();
        let context = Context::new();
        let local = ContextVar::new("local");
        context.run(|| drop(local.set(touching("value", &lines)))).unwrap();
        drop(local);
        assert_eq!(line(&lines), "");
        drop(context);
        assert_eq!(line(&lines), "value:false:-");
    }

    #[test]
    fn a_callback_that_panics_when_it_is_cancelled_has_left_nothing() {
        struct Panicking;
        impl Drop for Panicking {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        let (event_loop, lines) = (EventLoop::with_virtual_clock().unwrap(), Lines::default());
        let context = Context::new();
        context.run(|| drop(HELD.set(touching("value", &lines)))).unwrap();
        let panicking = Panicking;
        let timer = context.run(|| event_loop.call_later(1.0, move || drop(panicking))).unwrap().unwrap();
        drop(context);
        assert!(catch_unwind(AssertUnwindSafe(|| timer.cancel())).is_err());
        assert_eq!(line(&lines), "value:false:-");
        run_out(&event_loop);
    }
}
