//! Coroutines in futures in coroutines: where an exception is raised that is thrown into the whole, what cleans up, and
//! when a future is dropped.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use coframe::{
    Awaitable, BoxCoroutine, Cancelled, CoroutineExt, CoroutineFuture, Exception, Promise, Step, Task, attempt,
    current_task, raise, sleep, try_yield_from, yield_from,
};

use crate::support::{Loud, Trace, ValueError, end, trace_reports, virtual_loop};

type Nested = Pin<Box<dyn Future<Output = Result<(), Exception>>>>;

/// Waits for what it is given; cleans up with a wait if that fails, and lets the exception pass.
#[coframe::coroutine(task)]
fn level(name: &'static str, inner: Nested, trace: Trace) {
    let _local = Local(name, trace.clone());
    if let Err(e) = try_yield_from!(inner) {
        trace.say(format!("{name}:raised({})", shown(&e)));
        if !e.is_exit() {
            yield_from!(sleep(1));
            trace.say(format!("{name}:cleaned"));
        }
        raise!(e);
    }
}

fn shown(exception: &Exception) -> String {
    if exception.is_exit() { "exit".to_owned() } else { exception.to_string() }
}

struct Local(&'static str, Trace);

impl Drop for Local {
    fn drop(&mut self) {
        self.1.say(format!("{}:dropped", self.0));
    }
}

/// The same as a plain future: it sees an `Err` and can do something about it, unless it is dropped.
async fn plain(name: &'static str, inner: Nested, trace: Trace) -> Result<(), Exception> {
    let _local = Local(name, trace.clone());
    let result = inner.await;
    if let Err(e) = &result {
        trace.say(format!("{name}:err({e})"));
        sleep(1).await?;
        trace.say(format!("{name}:cleaned"));
    }
    result
}

/// `c` stands for a coroutine, `f` for a plain future, the outermost first; the innermost waits for `promise`.
fn nested(shape: &'static str, promise: &Promise<()>, trace: &Trace) -> Nested {
    let mut inner: Nested = Box::pin(promise.clone());
    for (depth, kind) in shape.char_indices().rev() {
        let name = &shape[depth..];
        inner = match kind {
            'c' => Box::pin(level(name, inner, trace.clone()).into_future()),
            _ => Box::pin(plain(name, inner, trace.clone())),
        };
    }
    inner
}

/// What a cancellation of the task does.
fn cancelled(shape: &'static str) -> String {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    let task = event_loop.create_task(nested(shape, &promise, &trace));
    event_loop.run_once().unwrap();
    assert!(task.cancel_with(Cancelled::new("x")));
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(x)", "{shape}");
    assert!(promise.cancelled(), "{shape}");
    trace.line()
}

#[test]
fn a_cancellation_is_raised_in_the_innermost_coroutine_and_climbs() {
    assert_eq!(cancelled("c"), "c:raised(x) c:cleaned c:dropped");
    assert_eq!(cancelled("f"), "f:dropped");
    assert_eq!(cancelled("cc"), "c:raised(x) c:cleaned c:dropped cc:raised(x) cc:cleaned cc:dropped");
    assert_eq!(cancelled("fc"), "c:raised(x) c:cleaned c:dropped fc:err(x) fc:cleaned fc:dropped");
    // A future in which no coroutine waits is dropped, and the exception raised where it was awaited.
    assert_eq!(cancelled("cf"), "f:dropped cf:raised(x) cf:cleaned cf:dropped");
    assert_eq!(cancelled("ff"), "f:dropped ff:dropped");
    assert_eq!(
        cancelled("cfc"),
        "c:raised(x) c:cleaned c:dropped fc:err(x) fc:cleaned fc:dropped cfc:raised(x) cfc:cleaned cfc:dropped"
    );
    assert_eq!(cancelled("fcf"), "f:dropped cf:raised(x) cf:cleaned cf:dropped fcf:err(x) fcf:cleaned fcf:dropped");
    assert_eq!(cancelled("ccf"), "f:dropped cf:raised(x) cf:cleaned cf:dropped ccf:raised(x) ccf:cleaned ccf:dropped");
    assert_eq!(
        cancelled("ffc"),
        "c:raised(x) c:cleaned c:dropped fc:err(x) fc:cleaned fc:dropped ffc:err(x) ffc:cleaned ffc:dropped"
    );
    assert_eq!(
        cancelled("ccc"),
        "c:raised(x) c:cleaned c:dropped cc:raised(x) cc:cleaned cc:dropped ccc:raised(x) ccc:cleaned ccc:dropped"
    );
    assert_eq!(
        cancelled("fcc"),
        "c:raised(x) c:cleaned c:dropped cc:raised(x) cc:cleaned cc:dropped fcc:err(x) fcc:cleaned fcc:dropped"
    );
    assert_eq!(cancelled("cff"), "f:dropped ff:dropped cff:raised(x) cff:cleaned cff:dropped");
    assert_eq!(cancelled("fff"), "f:dropped ff:dropped fff:dropped");
}

#[test]
fn a_second_cancellation_interrupts_the_clean_up_that_waits() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    let task = event_loop.create_task(nested("cfc", &promise, &trace));
    event_loop.run_once().unwrap();
    assert!(task.cancel_with(Cancelled::new("1")));
    event_loop.run_once().unwrap();
    assert_eq!(trace.line(), "c:raised(1)");
    assert!(task.cancel_with(Cancelled::new("2")));
    assert_eq!(end(event_loop.run_until_complete(task.clone())), "cancelled(2)");
    assert_eq!(trace.line(), "c:dropped fc:err(2) fc:cleaned fc:dropped cfc:raised(2) cfc:cleaned cfc:dropped");
    assert_eq!(task.cancelling(), 2);
}

#[test]
fn what_is_thrown_by_hand_goes_where_a_cancellation_goes() {
    for (shape, line) in [
        ("c", "c:raised(thrown)"),
        ("cc", "c:raised(thrown)"),
        ("cf", "f:dropped cf:raised(thrown)"),
        ("cfc", "c:raised(thrown)"),
        ("ccf", "f:dropped cf:raised(thrown)"),
        ("cff", "f:dropped ff:dropped cff:raised(thrown)"),
    ] {
        let (event_loop, trace) = virtual_loop();
        let promise = event_loop.create_promise();
        let mut co = level(shape, nested(&shape[1..], &promise, &trace), trace.clone());
        assert!(matches!(co.start().unwrap(), Step::Yielded(_)), "{shape}");
        // It waits in its clean-up, in a loop that does not run: that fails.
        let refused = co.throw(ValueError("thrown".to_owned())).unwrap_err();
        assert_eq!(refused.to_string(), "no running event loop", "{shape}");
        assert!(trace.line().starts_with(line), "{shape}");
        assert!(!promise.cancelled(), "{shape}: nobody has cancelled it");
    }
}

#[test]
fn closing_and_dropping_drop_what_is_awaited_from_within() {
    for (shape, line) in [
        ("c", "c:raised(exit) c:dropped"),
        ("cf", "f:dropped cf:raised(exit) cf:dropped"),
        // The inner coroutine is dropped with the future that it runs in.
        ("cfc", "c:raised(exit) c:dropped fc:dropped cfc:raised(exit) cfc:dropped"),
        ("cc", "c:raised(exit) c:dropped cc:raised(exit) cc:dropped"),
    ] {
        for closes in [true, false] {
            let (event_loop, trace) = virtual_loop();
            let promise = event_loop.create_promise();
            let mut co = level(shape, nested(&shape[1..], &promise, &trace), trace.clone());
            assert!(matches!(co.start().unwrap(), Step::Yielded(_)));
            if closes {
                assert!(co.close().unwrap().is_none());
            } else {
                drop(co);
            }
            assert_eq!(trace.line(), line, "{shape} {closes}");
        }
    }
}

#[test]
fn a_future_is_dropped_when_it_is_over_and_before_its_value_is_used() {
    struct Gives(Loud, bool);

    impl Future for Gives {
        type Output = u32;

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut self.1, true) { Poll::Ready(7) } else { Poll::Pending }
        }
    }

    #[coframe::coroutine(task)]
    fn uses(trace: Trace) -> u32 {
        let _first = trace.loud("first local");
        let sum = said(&trace, yield_from!(Gives(trace.loud("one"), false)))
            + said(&trace, yield_from!(Gives(trace.loud("two"), false)));
        let _last = trace.loud("last local");
        trace.say("sum");
        let failed = attempt! {
            let _inside = trace.loud("inside");
            yield_from!(Gives(trace.loud("three"), false));
            yield_from!(Fails(trace.loud("four")));
        };
        trace.say(failed.unwrap_err());
        sum
    }

    struct Fails(Loud);

    impl Future for Fails {
        type Output = Result<(), Exception>;

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
            Poll::Ready(Err(ValueError("failed".to_owned()).into()))
        }
    }

    fn said(trace: &Trace, value: u32) -> u32 {
        trace.say(value);
        value
    }

    let (event_loop, trace) = virtual_loop();
    assert_eq!(event_loop.run_until_complete(uses(trace.clone())).unwrap(), 14);
    assert_eq!(trace.line(), "one 7 two 7 sum three four inside failed last local first local");
}

#[test]
fn a_coroutine_may_be_moved_while_it_waits_in_a_future() {
    let (event_loop, trace) = virtual_loop();
    let promise = event_loop.create_promise();
    let mut co = level("c", Box::pin(plain("f", Box::pin(promise.clone()), trace.clone())), trace.clone());
    assert!(matches!(co.start().unwrap(), Step::Yielded(_)));
    let boxed: BoxCoroutine<'static, Awaitable, ()> = Box::new(co);
    let task = event_loop.create_task(CoroutineFuture::new(boxed));
    event_loop.run_once().unwrap();
    promise.set_result(()).unwrap();
    assert_eq!(end(event_loop.run_until_complete(task)), "ok");
    assert_eq!(trace.line(), "f:dropped c:dropped");
}

#[test]
fn a_future_that_waits_in_several_coroutines_is_dropped() {
    let (event_loop, trace) = virtual_loop();
    trace_reports(&event_loop, &trace);
    let promises = [event_loop.create_promise(), event_loop.create_promise()];
    let (mut one, mut two) = (nested("c", &promises[0], &trace), nested("c", &promises[1], &trace));
    let both = async move {
        poll_fn(|context| {
            let polls = (one.as_mut().poll(context), two.as_mut().poll(context));
            if let (Poll::Ready(_), Poll::Ready(_)) = polls { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    };
    let task: Task<()> = event_loop.create_task(both);
    event_loop.run_once().unwrap();
    assert!(task.cancel());
    assert_eq!(end(event_loop.run_until_complete(task)), "cancelled(cancelled)");
    assert_eq!(trace.line(), "c:raised(exit) c:dropped c:raised(exit) c:dropped");
    assert!(!promises[0].cancelled() && !promises[1].cancelled(), "it waited for more than one");
}

#[test]
fn a_coroutine_that_is_polled_with_another_waker_sees_its_task() {
    #[coframe::coroutine(task)]
    fn looks(trace: Trace) {
        trace.say(current_task().unwrap().name());
        yield_from!(sleep(1));
        trace.say(current_task().unwrap().name());
    }

    let (event_loop, trace) = virtual_loop();
    let inner = trace.clone();
    let task = event_loop.create_task(async move {
        let mut looking = pin!(looks(inner.clone()).into_future());
        let pending = looking.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
        inner.say(pending);
        looking.await
    });
    event_loop.run_until_complete(task).unwrap();
    assert_eq!(trace.line(), "Task-1 true Task-1");
}
