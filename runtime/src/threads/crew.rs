//! The functions of a loop that run in threads or are about to, to be waited for in the end.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::RemotePromise;

#[derive(Default)]
pub(crate) struct Crew(Mutex<State>);

#[derive(Default)]
struct State {
    working: usize,
    /// No more are taken.
    shut: bool,
    /// Those who wait for all to be over.
    waiting: Vec<RemotePromise<()>>,
}

/// One that runs, or is about to.
pub(super) struct Working(Arc<Crew>);

impl Crew {
    /// `None` if no more are taken.
    pub(super) fn join(self: &Arc<Self>) -> Option<Working> {
        let mut state = self.state();
        if state.shut {
            return None;
        }
        state.working += 1;
        Some(Working(Arc::clone(self)))
    }

    pub(super) fn shut(&self) {
        self.state().shut = true;
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.state().working == 0
    }

    /// Has the promise settled when all are over.
    pub(super) fn when_idle(&self, promise: RemotePromise<()>) {
        let mut state = self.state();
        state.waiting.push(promise);
        tell_if_idle(state);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.working -= 1;
        tell_if_idle(state);
    }
}

fn tell_if_idle(mut state: MutexGuard<'_, State>) {
    let told = if state.working == 0 { mem::take(&mut state.waiting) } else { Vec::new() };
    drop(state);
    for promise in told {
        // A closed loop waits for nobody.
        _ = promise.set_result(());
    }
}
