//! Frames that are saved and restored.
//!
//! `everywhere` runs the tables of `lowering` with frames that travel: before each resume a frame is saved, and another
//! one that is made of that goes on in its place. The other modules are about what is saved, and about what does not fit.

#![allow(
    unused,
    deprecated,
    irrefutable_let_patterns,
    for_loops_over_fallibles,
    reason = "the tables of `lowering` test the compiler with whatever Rust allows, and not all of the harness is used here"
)]
#![allow(clippy::all, clippy::undocumented_unsafe_blocks, reason = "what a body looks like is the point of it")]

/// How a frame is compiled.
macro_rules! compiled {
    ($yield:tt $send:tt $($function:tt)*) => {
        #[coframe::coroutine(yield = $yield, send = $send, derive(Serialize, Deserialize), crate = crate::lenient)]
        $($function)*
    };
}

/// Runs a frame.
macro_rules! driven {
    ($coroutine:expr) => {
        $crate::travel::drive($coroutine)
    };
}

/// `pinned` bodies cannot be saved.
macro_rules! pinned_form {
    ($($form:tt)*) => {};
}

/// The forms of a body, by name.
macro_rules! engines {
    ($kind:ident $frame:expr, $pinned:expr $(,)?) => {
        &[("frame", $frame)]
    };
}

#[macro_use]
#[path = "../lowering/twin_markers.rs"]
mod twin_markers;
#[macro_use]
#[path = "../lowering/harness.rs"]
mod harness;
#[path = "../lowering/delegates.rs"]
mod delegates;
#[path = "../lowering/script.rs"]
mod script;
#[path = "../lowering/things.rs"]
mod things;
#[path = "../lowering/twin.rs"]
mod twin;

mod bodies;
mod compact;
mod everywhere;

mod lenient;
mod misfits;
mod recursive;
mod recursive_misfits;
mod travel;
