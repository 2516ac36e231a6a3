//! How a cancellation goes from task to task.

use coframe::{Promise, Task, TaskHandle, sleep, try_yield_from, yield_from};

use crate::support::virtual_loop;

#[test]
fn tsk_04_a_long_chain_is_cancelled_without_a_recursion() {
    #[coframe::coroutine(task)]
    fn first_of(promise: Promise<u32>) -> u32 {
        yield_from!(promise)
    }
    #[coframe::coroutine(task)]
    fn next_to(task: Task<u32>) -> u32 {
        yield_from!(task) + 1
    }
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise();
    let first = event_loop.create_task(first_of(promise.clone()));
    let mut last = first.clone();
    for _ in 0..100_000 {
        last = event_loop.create_task(next_to(last));
    }
    event_loop.run_once().unwrap();
    assert!(last.cancel());
    assert_eq!((first.cancelling(), promise.cancelled()), (1, true));
    event_loop.run_until_complete(last).unwrap_err();
    assert!(first.cancelled());
}

/// Whoever waits for a handle is told how the task ended by nothing but its own cancellation.
#[test]
fn tsk_04_who_waits_for_a_task_handle_hears_of_the_cancellation() {
    #[coframe::coroutine(task)]
    fn long(refuses: bool) {
        let end = try_yield_from!(sleep(100.0));
        match end {
            Err(exception) if !refuses => coframe::raise!(exception),
            Err(exit @ coframe::Exception::Exit) => coframe::raise!(exit),
            _ => {}
        }
    }
    #[coframe::coroutine(task)]
    fn wait(task: TaskHandle) -> u32 {
        yield_from!(task);
        5
    }
    let (event_loop, _) = virtual_loop();
    for refuses in [false, true] {
        let task = event_loop.create_task(long(refuses));
        let coroutine = event_loop.create_task(wait(task.handle().clone()));
        event_loop.run_once().unwrap();
        coroutine.cancel();
        let end = event_loop.run_until_complete(coroutine.clone());
        assert_eq!((end.is_ok(), coroutine.cancelled(), task.cancelled()), (refuses, !refuses, !refuses));
    }
    // The end of another one's cancellation is no cancellation here.
    let task = event_loop.create_task(long(false));
    let coroutine = event_loop.create_task(wait(task.handle().clone()));
    event_loop.run_once().unwrap();
    task.cancel();
    assert_eq!(event_loop.run_until_complete(coroutine).unwrap(), 5);
}
