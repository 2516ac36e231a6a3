//! What `wait` takes.

use std::rc::Rc;

use super::{Gather, Shield};
use crate::promise::Awaited;
use crate::{Promise, Task, TaskHandle};

/// A handle on a task or a promise: what [`wait`](super::wait) takes, and gives back.
///
/// Coroutines and other futures are none: `wait` would give back tasks that nobody knows (Python raises a `TypeError`
/// since 3.11). For tasks of different types there is [`Task::handle`].
#[diagnostic::on_unimplemented(
    message = "`wait` takes tasks and promises, not a `{Self}`",
    label = "neither a task nor a promise",
    note = "make a task of a coroutine or a future first: `spawn(…)`"
)]
pub trait Waitable: sealed::Watched + Unpin {}

mod sealed {
    use std::fmt;
    use std::rc::Rc;

    use crate::promise::Awaited;

    pub trait Watched {
        fn target(&self) -> Target;
    }

    /// What a handle is a handle on.
    pub struct Target(pub(in super::super) Rc<dyn Awaited>);

    impl fmt::Debug for Target {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Target")
        }
    }
}

/// What `waitable` is a handle on.
pub(super) fn target(waitable: &impl Waitable) -> Rc<dyn Awaited> {
    sealed::Watched::target(waitable).0
}

macro_rules! waitable {
    ($([$($T:ident)?] $handle:ty, |$this:ident| $awaited:expr;)*) => {$(
        impl$(<$T: 'static>)? Waitable for $handle {}

        impl$(<$T: 'static>)? sealed::Watched for $handle {
            fn target(&self) -> sealed::Target {
                let $this = self;
                sealed::Target($awaited)
            }
        }
    )*};
}

waitable! {
    [T] Promise<T>, |promise| promise.awaited();
    [T] Task<T>, |task| task.awaited();
    [T] Gather<T>, |gather| gather.awaited();
    [T] Shield<T>, |shield| shield.awaited();
    [] TaskHandle, |task| task.0.clone();
}
