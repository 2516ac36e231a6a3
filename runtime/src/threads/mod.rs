//! Threads: blocking functions run beside the loop, and coroutines that other threads wait for.
//!
//! | file | |
//! | --- | --- |
//! | `executor` | functions that run in a thread while tasks wait for them. The only file that names the crate `blocking` |
//! | `crew` | how many of them there are, so that they can be waited for |
//! | `error` | what becomes of a function that panics |
//! | `remote_task` | a coroutine that another thread submits and waits for |

mod crew;
mod error;
mod executor;
mod remote_task;

pub(crate) use self::crew::Crew;
pub use self::error::ThreadPanicked;
pub use self::executor::to_thread;
pub use self::remote_task::RemoteTask;
