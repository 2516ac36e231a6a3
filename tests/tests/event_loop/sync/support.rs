//! What tests of primitives share.

use coframe::event_loop::EventLoop;
use coframe::{Exception, Task, TaskOutput, sleep, yield_from};

use crate::support::{Trace, virtual_loop};

/// Runs a test that is a coroutine, on a virtual clock, with a trace.
#[track_caller]
pub(super) fn run<F>(main: impl FnOnce(Trace) -> F) -> <F::Output as TaskOutput>::Value
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    let (event_loop, trace) = virtual_loop();
    event_loop.run_until_complete(main(trace)).unwrap()
}

/// Gives up a turn so many times.
#[coframe::coroutine(task)]
pub(super) fn turns(n: u32) {
    for _ in 0..n {
        yield_from!(sleep(0));
    }
}

/// Waits until all are over, however they ended: `asyncio.wait`.
#[coframe::coroutine(task)]
pub(super) fn all_over<T: 'static>(tasks: Vec<Task<T>>) {
    for task in tasks {
        yield_from!(task.handle().clone());
    }
}

/// Cancels a task from a callback: `call_soon(task.cancel)`.
pub(super) fn cancel_soon<T: 'static>(task: &Task<T>) -> Result<(), Exception> {
    let task = task.clone();
    running().call_soon(move || {
        task.cancel();
    })?;
    Ok(())
}

pub(super) fn running() -> EventLoop {
    EventLoop::running().expect("a test runs in a loop")
}

pub(super) fn yn(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
