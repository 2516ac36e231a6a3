//! A trace, a task that is cancelled, and the kinds of exceptions.

use coframe::event_loop::EventLoop;
use coframe::{Exception, TaskOutput};

pub(crate) use coframe_tests::traced::{Loud, Trace, ValueError, block_on, poll_times};

/// Runs a task on a virtual clock, cancels it after `turns` turns, and gives its result.
pub(crate) fn cancelled_after<F>(turns: u32, future: F) -> Result<<F::Output as TaskOutput>::Value, Exception>
where
    F: IntoFuture<Output: TaskOutput<Value: Clone>, IntoFuture: 'static>,
{
    let event_loop = EventLoop::with_virtual_clock().unwrap();
    let task = event_loop.create_task(future);
    for _ in 0..turns {
        event_loop.run_once().unwrap();
    }
    task.cancel();
    event_loop.run_until_complete(task)
}

/// What an exception is, as asyncio's programs print it.
pub(crate) fn kind(exception: &Exception) -> &'static str {
    match exception {
        Exception::Cancelled(_) => "CancelledError",
        other if other.is::<ValueError>() => "ValueError",
        _ => "another",
    }
}
