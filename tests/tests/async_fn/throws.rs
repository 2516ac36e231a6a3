//! Exceptions that come in at an await: cancellations, at every point, and what a body makes of them.

use std::cell::Cell;
use std::future::{pending, ready};
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{
    Cancelled, CoroutineExt, Exception, Promise, Step, attempt, current_task, or_raise, raise, sleep, spawn, try_await,
    yield_from,
};

use crate::support::{Trace, ValueError, cancelled_after, kind};

#[coframe::coroutine]
async fn points(trace: Trace) -> u32 {
    let _first = trace.loud("first");
    trace.turn("a").await;
    let sum = {
        let _second = trace.loud("second");
        1 + trace.later("b", 2).await
    };
    let _third = trace.loud("third");
    for _ in 0..2 {
        let _each = trace.loud("each");
        if trace.later("c", true).await {
            continue;
        }
    }
    match trace.later("d", Some(sum)).await {
        Some(n) if n > 1 => trace.later("e", n).await,
        _ => 0,
    }
}

#[test]
fn it_is_raised_at_each_await_and_drops_what_is_in_scope() {
    let traces = [
        "",
        "a? -a -first",
        "a? a! -a b? -b -second -first",
        "a? a! -a b? b! -b -second c? -c -each -third -first",
        "a? a! -a b? b! -b -second c? c! -c -each c? -c -each -third -first",
        "a? a! -a b? b! -b -second c? c! -c -each c? c! -c -each d? -d -third -first",
        "a? a! -a b? b! -b -second c? c! -c -each c? c! -c -each d? d! -d e? -e -third -first",
    ];
    for (turns, expected) in traces.iter().enumerate() {
        let trace = Trace::default();
        let result = cancelled_after(turns as u32, points(trace.clone()));
        assert!(matches!(result, Err(Exception::Cancelled(_))), "{result:?}");
        assert_eq!(trace.line(), *expected, "after {turns} turns");
    }
    let trace = Trace::default();
    assert_eq!(cancelled_after(7, points(trace.clone())).unwrap(), 3);
    assert_eq!(trace.line(), "a? a! -a b? b! -b -second c? c! -c -each c? c! -c -each d? d! -d e? e! -e -third -first");
}

#[test]
fn it_can_be_caught_and_refused() {
    #[coframe::coroutine]
    async fn stubborn(trace: Trace) -> u32 {
        loop {
            match try_await!(trace.later("wait", 5)) {
                Ok(value) => return value,
                Err(exception) => trace.say(kind(&exception)),
            }
        }
    }
    let trace = Trace::default();
    assert_eq!(cancelled_after(1, stubborn(trace.clone())).unwrap(), 5);
    assert_eq!(trace.line(), "wait? -wait CancelledError wait? wait! -wait");
}

#[test]
fn cleaning_up_may_await() {
    #[coframe::coroutine]
    async fn clean(trace: Trace) {
        let caught = attempt! {
            let _inside = trace.loud("inside");
            trace.turn("work").await;
            trace.turn("more").await;
        };
        if let Err(exception) = caught {
            trace.turn("clean").await;
            trace.turn("up").await;
            raise!(exception);
        }
    }
    let trace = Trace::default();
    let result = cancelled_after(2, clean(trace.clone()));
    assert!(matches!(result, Err(Exception::Cancelled(_))));
    assert_eq!(trace.line(), "work? work! -work more? -more -inside clean? clean! -clean up? up! -up");
}

#[test]
fn a_second_cancellation_interrupts_the_clean_up() {
    #[coframe::coroutine]
    async fn clean(trace: Trace) {
        if let Err(exception) = try_await!(sleep(3600.0)) {
            let second = try_await!(sleep(3600.0)).map_err(|second| second.to_string());
            trace.say(format!("{exception}, {second:?}"));
            raise!(exception);
        }
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(clean(trace.clone()));
    for message in ["one", "two"] {
        event_loop.run_once().unwrap();
        assert!(task.cancel_with(Cancelled::new(message)));
    }
    assert_eq!(task.cancelling(), 2);
    let exception = event_loop.run_until_complete(task).unwrap_err();
    assert_eq!(
        trace.line(),
        format!("{exception}, Err({:?})", Exception::Cancelled(Cancelled::new("two")).to_string())
    );
}

#[test]
fn tsk_05_one_that_cancels_itself_hears_of_it_at_its_next_wait() {
    #[coframe::coroutine]
    async fn itself(trace: Trace) {
        current_task().unwrap().cancel();
        trace.say("goes on");
        ready(()).await; // this does not wait
        trace.say("still");
        if let Err(exception) = try_await!(sleep(1.0)) {
            trace.say(kind(&exception));
            raise!(exception);
        }
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let result = event_loop.run_until_complete(itself(trace.clone()));
    assert!(matches!(result, Err(Exception::Cancelled(_))));
    assert_eq!(trace.line(), "goes on still CancelledError");
}

#[test]
fn tsk_06_requests_are_counted_and_can_be_taken_back() {
    #[coframe::coroutine]
    async fn counting(trace: Trace) -> usize {
        let task = current_task().unwrap();
        while let Err(exception) = try_await!(sleep(0.0)) {
            trace.say(format!("{} {}", kind(&exception), task.cancelling()));
            task.uncancel();
        }
        task.cancelling()
    }
    let trace = Trace::default();
    assert_eq!(cancelled_after(1, counting(trace.clone())).unwrap(), 0);
    assert_eq!(trace.line(), "CancelledError 1");
}

#[test]
fn tsk_04_what_is_awaited_is_cancelled_first() {
    #[coframe::coroutine]
    async fn child(trace: Trace) -> &'static str {
        if let Err(exception) = try_await!(sleep(3600.0)) {
            trace.say(format!("child {}", kind(&exception)));
        }
        "refused"
    }
    #[coframe::coroutine]
    async fn parent(trace: Trace) -> &'static str {
        let child = spawn(child(trace.clone()));
        match try_await!(child) {
            Ok(value) => trace.say(format!("parent has {value}")),
            Err(exception) => trace.say(format!("parent {}", kind(&exception))),
        }
        "parent"
    }
    let trace = Trace::default();
    assert_eq!(cancelled_after(3, parent(trace.clone())).unwrap(), "parent");
    assert_eq!(trace.lines(), ["child CancelledError", "parent has refused"]);
}

#[test]
fn a_promise_that_fails_raises_where_it_is_awaited() {
    #[coframe::coroutine]
    async fn waits(promise: Promise<u32>) -> u32 {
        match try_await!(promise) {
            Err(exception) if exception.is::<ValueError>() => 7,
            other => or_raise!(other),
        }
    }
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let promise = event_loop.create_promise();
    let task = event_loop.create_task(waits(promise.clone()));
    event_loop.run_once().unwrap();
    promise.set_exception(ValueError("no")).unwrap();
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 7);
}

#[test]
fn any_exception_can_be_thrown_in_by_a_frame_that_is_resumed_by_hand() {
    #[coframe::coroutine]
    async fn inside(trace: Trace) -> &'static str {
        let _local = trace.loud("local");
        while let Err(exception) = try_await!(pending::<()>()) {
            trace.say(format!("{} {exception}", kind(&exception)));
            if exception.to_string() == "last" {
                raise!(ValueError("another"), from = exception);
            }
        }
        "never"
    }
    #[coframe::coroutine(task)]
    fn outside(trace: Trace) -> &'static str {
        yield_from!(inside(trace))
    }
    let trace = Trace::default();
    let mut outside = outside(trace.clone());
    assert!(matches!(outside.start(), Ok(Step::Yielded(_))));
    assert!(matches!(outside.throw(ValueError("one")), Ok(Step::Yielded(_))));
    assert!(matches!(outside.throw(ValueError("two")), Ok(Step::Yielded(_))));
    let exception = outside.throw(ValueError("last")).unwrap_err();
    assert_eq!(exception.to_string(), "another");
    assert_eq!(exception.source().unwrap().to_string(), "last");
    assert_eq!(trace.lines(), ["ValueError one", "ValueError two", "ValueError last", "-local"]);
}

#[test]
fn closing_drops_it_where_it_waits() {
    #[coframe::coroutine]
    async fn inside(trace: Trace) {
        let _local = trace.loud("local");
        if let Err(exception) = try_await!(trace.turn("wait")) {
            trace.say(exception);
        }
    }
    #[coframe::coroutine(task)]
    fn outside(trace: Trace) {
        yield_from!(inside(trace));
    }
    let trace = Trace::default();
    let mut outside = outside(trace.clone());
    outside.start().unwrap();
    assert!(outside.close().unwrap().is_none());
    assert_eq!(trace.line(), "wait? -wait -local");
}

#[test]
fn two_that_wait_side_by_side_are_dropped_together() {
    // No one place is that where the task waits.
    #[coframe::coroutine]
    async fn one(trace: Trace, name: &'static str) {
        let _local = trace.loud(name);
        _ = try_await!(sleep(3600.0)).inspect_err(|exception| trace.say(exception));
    }
    let trace = Trace::default();
    let (a, b) = (one(trace.clone(), "a"), one(trace.clone(), "b"));
    let both = async move {
        let (mut a, mut b) = (std::pin::pin!(a), std::pin::pin!(b));
        std::future::poll_fn(|context| match (a.as_mut().poll(context), b.as_mut().poll(context)) {
            (std::task::Poll::Ready(_), std::task::Poll::Ready(_)) => std::task::Poll::Ready(()),
            _ => std::task::Poll::Pending,
        })
        .await;
    };
    assert!(matches!(cancelled_after(1, both), Err(Exception::Cancelled(_))));
    assert_eq!(trace.line(), "-b -a");
}

#[test]
fn a_panic_passes_and_drops_the_locals() {
    #[coframe::coroutine]
    async fn panics(trace: Trace, passed: Rc<Cell<bool>>) {
        let _local = trace.loud("local");
        trace.turn("wait").await;
        passed.set(true);
        panic!("on purpose");
    }
    let (trace, passed) = (Trace::default(), Rc::new(Cell::new(false)));
    let future = std::panic::AssertUnwindSafe(panics(trace.clone(), passed.clone()));
    let panicked = std::panic::catch_unwind(|| crate::support::block_on(future));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"on purpose"));
    assert!(passed.get());
    assert_eq!(trace.line(), "wait? wait! -wait -local");
}
