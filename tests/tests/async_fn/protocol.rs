//! The await protocol: section 11 of the semantics, and what an `.await` gives.

use std::future::{Future, ready};

use coframe::event_loop::EventLoop;
use coframe::{Awaitable, Exception, attempt, or_raise, raise, sleep, try_await, yield_};

use crate::support::{Trace, ValueError, block_on, cancelled_after};

/// AWT-01 is `ui/native/await_of_a_number.rs`.
#[test]
fn awt_02_what_a_frame_yields_reaches_the_loop_and_what_it_returns_is_the_value() {
    #[coframe::coroutine(task)]
    fn turns(trace: Trace, n: u32) -> u32 {
        for i in 0..n {
            trace.say(i);
            yield_!(Awaitable::turn());
        }
        n * 10
    }
    #[coframe::coroutine]
    async fn awaits(trace: Trace) -> u32 {
        turns(trace.clone(), 2).await + turns(trace, 1).await
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(awaits(trace.clone()));
    event_loop
        .call_soon({
            let trace = trace.clone();
            move || trace.say("other")
        })
        .unwrap();
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 30);
    assert_eq!(trace.line(), "0 other 1 0");
}

#[test]
fn awt_04_awaiting_what_does_not_wait_does_not_wait() {
    #[coframe::coroutine]
    async fn quick(n: u32) -> u32 {
        ready(n).await
    }
    #[coframe::coroutine]
    async fn nested(trace: Trace) -> u32 {
        let sum = quick(quick(1).await + quick(quick(2).await).await).await;
        trace.say("nested");
        sum
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    let task = event_loop.create_task(nested(trace.clone()));
    event_loop.run_once().unwrap();
    assert_eq!(task.result().unwrap(), 3);
    assert_eq!(trace.line(), "nested");
    // It needs no loop either.
    assert_eq!(block_on(nested(trace)).unwrap(), 3);
}

#[test]
fn awt_05_exceptions_pass_through_layers_to_the_innermost() {
    #[coframe::coroutine]
    async fn innermost() -> &'static str {
        match try_await!(sleep(3600.0)) {
            Ok(()) => "slept",
            Err(_) => "innermost has it",
        }
    }
    async fn layer<F: Future>(inner: F) -> F::Output {
        Box::pin(inner).await
    }
    #[coframe::coroutine]
    async fn outermost() -> &'static str {
        layer(layer(layer(innermost()))).await
    }
    assert_eq!(cancelled_after(1, layer(outermost())).unwrap(), "innermost has it");
}

#[test]
fn awt_06_a_future_of_it_is_awaited_as_it_is() {
    #[coframe::coroutine]
    async fn waits() -> u32 {
        match try_await!(sleep(3600.0)) {
            Ok(()) => 0,
            Err(exception) => raise!(ValueError("from"), from = exception),
        }
    }
    for result in [cancelled_after(1, waits()), cancelled_after(1, async { waits().await })] {
        assert!(matches!(result.unwrap_err().source(), Some(Exception::Cancelled(_))));
    }
}

#[test]
fn awt_08_an_error_passes_through_a_clean_up_that_awaits() {
    #[coframe::coroutine]
    async fn manages(trace: Trace) {
        sleep(0.5).await;
        trace.say("enter");
        let caught = attempt! {
            sleep(0.5).await;
            raise!(ValueError("body"));
        };
        sleep(0.5).await;
        trace.say("exit");
        or_raise!(caught);
    }
    let (event_loop, trace) = (EventLoop::with_virtual_clock().unwrap(), Trace::default());
    assert_eq!(event_loop.run_until_complete(manages(trace.clone())).unwrap_err().to_string(), "body");
    assert_eq!(trace.line(), "enter exit");
}

#[test]
fn an_await_of_a_nested_block_is_plain() {
    macro_rules! hidden {
        ($future:ident) => {
            $future.await
        };
    }
    #[coframe::coroutine]
    async fn nested() -> [bool; 3] {
        let fails = || ready(Err::<u8, _>(Exception::from(ValueError("no"))));
        let block = async { fails().await.is_err() };
        let closure = async || fails().await.is_err();
        let future = fails();
        [block.await, closure().await, hidden!(future).is_err()]
    }
    assert_eq!(block_on(nested()).unwrap(), [true; 3]);
}

#[test]
fn the_error_of_a_result_is_raised_if_it_is_an_exception() {
    type Raised = Result<u8, Exception>;
    #[coframe::coroutine]
    async fn gives() -> (u8, Result<u8, ValueError>, Option<u8>, Raised, Raised) {
        let a: u8 = ready(Ok::<_, Exception>(1)).await;
        let b: Result<u8, ValueError> = ready(Err(ValueError("a value"))).await;
        let c: Option<u8> = ready(None).await;
        let d: Raised = try_await!(ready(Ok::<_, Exception>(2)));
        let e: Raised = try_await!(ready(3));
        (a, b, c, d, e)
    }
    let (a, b, c, d, e) = block_on(gives()).unwrap();
    assert_eq!((a, b.unwrap_err().0, c, d.unwrap(), e.unwrap()), (1, "a value", None, 2, 3));

    #[coframe::coroutine]
    async fn raises() -> u8 {
        ready(Err::<u8, _>(Exception::from(ValueError("raised")))).await
    }
    assert_eq!(block_on(raises()).unwrap_err().to_string(), "raised");
}

#[test]
fn a_type_parameter_is_any_other_future() {
    #[coframe::coroutine]
    async fn generic<T, F: Future<Output = T>>(future: F) -> T {
        future.await
    }
    #[coframe::coroutine]
    async fn fallible<T, F: Future<Output = Result<T, Exception>>>(future: F) -> T {
        future.await
    }
    let fails = || ready(Err::<u8, _>(Exception::from(ValueError("no"))));
    assert!(block_on(generic(fails())).unwrap().is_err());
    assert!(block_on(fallible(fails())).is_err());
}

#[test]
fn what_the_operand_borrows_from_lives_to_the_end_of_the_statement() {
    #[coframe::coroutine]
    async fn len(text: &str) -> usize {
        ready(text.len()).await
    }
    #[coframe::coroutine]
    async fn temporaries() -> usize {
        len(&String::from("three")).await + or_raise!(try_await!(len(&"x".repeat(2))))
    }
    assert_eq!(block_on(temporaries()).unwrap(), 7);
}

#[test]
fn none_of_it_runs_before_it_is_awaited() {
    #[coframe::coroutine]
    async fn lazy(trace: Trace) {
        trace.say("runs");
    }
    let trace = Trace::default();
    let future = lazy(trace.clone());
    assert_eq!(trace.line(), "");
    block_on(future).unwrap();
    assert_eq!(trace.line(), "runs");
}
