//! What drives rustc's own coroutines by the plans of the harness. Part of the crates that `nightly` writes, and of no other.

use std::fmt::Debug;
pub(crate) use std::ops::Coroutine;
use std::ops::CoroutineState;

use crate::harness::{Act, first_act, is_unstarted, message, next_act, quietly, script, t, untraced};
use crate::script::Script;

/// The value of a `yield`. Only the first resume brings nothing, and that one starts the body.
pub(crate) fn sent<S>(resumed: Option<S>) -> S {
    resumed.expect("a suspended coroutine is resumed with a value")
}

/// Runs a coroutine, of which there is only to be sent values and to be dropped.
pub(crate) fn drive<S: Script, Y: Debug, R: Debug>(coroutine: impl Coroutine<Option<S>, Yield = Y, Return = R>) {
    let mut coroutine = Box::pin(coroutine);
    let mut next = (!is_unstarted()).then_some(None);
    loop {
        let Some(signal) = next else {
            assert!(matches!(first_act(), Act::Drop));
            return dropped(coroutine);
        };
        match quietly(|| coroutine.as_mut().resume(signal)) {
            Ok(CoroutineState::Yielded(value)) => t(format_args!("yield {value:?}")),
            Ok(CoroutineState::Complete(value)) => return t(format_args!("return {}", untraced(&value))),
            Err(payload) => return t(format_args!("panicked: {}", message(&*payload))),
        }
        next = match next_act() {
            (index, Act::Send) => Some(Some(script(index))),
            (_, act) => {
                assert!(matches!(act, Act::Drop), "there is no way to {act:?}");
                return dropped(coroutine);
            }
        };
    }
}

fn dropped<C>(coroutine: C) {
    match quietly(|| drop(coroutine)) {
        Ok(()) => t("dropped"),
        Err(payload) => t(format_args!("panicked: {}", message(&*payload))),
    }
}
