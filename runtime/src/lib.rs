//! Python's coroutine model, whole, on stable Rust.
//!
//! A function marked [`#[coframe::coroutine]`](macro@coroutine) pauses at each `yield_!` and is a plain value while it
//! is paused: no allocation, no pinning, no unsafe code, every local in a field of a struct.
//!
//! ```
//! use coframe::{CoroutineExt, Step, yield_};
//!
//! #[coframe::coroutine(yield = f64, send = f64)]
//! fn averager() {
//!     let (mut sum, mut count) = (0.0, 0.0);
//!     loop {
//!         sum += yield_!(if count == 0.0 { 0.0 } else { sum / count });
//!         count += 1.0;
//!     }
//! }
//!
//! let mut average = averager();
//! average.start()?; // runs to the first `yield_!`
//! assert_eq!(average.send(10.0)?, Step::Yielded(10.0));
//! assert_eq!(average.send(20.0)?, Step::Yielded(15.0));
//! # Ok::<(), coframe::Exception>(())
//! ```
//!
//! # Features
//!
//! - `event-loop` (default): implies `std`; [`event_loop`], [`run`], [`Task`], [`Promise`], [`sync`], [`ContextVar`].
//! - `std` (default): implies `alloc`; [`set_unraisable_hook`].
//! - `serde`: implies `alloc`; frames that are saved and restored, `coframe::save`.
//! - `alloc`: errors of any type in an [`Exception`], `Coroutine` for `Box`, [`BoxCoroutine`], [`Shared`], [`Recursive`].
//!
//! With `default-features = false` the crate is `no_std` and needs no allocator.

#![cfg_attr(not(feature = "std"), no_std)]
// Allowed in few files, at the item: the README says what for.
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

#[cfg(all(doctest, feature = "event-loop"))]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "alloc"))]
#[doc = include_str!("../../docs/exceptions.md")]
struct ExceptionsPage;

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../../docs/inspecting.md")]
struct InspectingPage;

#[cfg(all(doctest, feature = "event-loop"))]
#[doc = include_str!("../../docs/tasks.md")]
struct TasksPage;

#[cfg(all(doctest, feature = "event-loop"))]
#[doc = include_str!("../../docs/async_generators.md")]
struct AsyncGeneratorsPage;

#[cfg(all(doctest, feature = "serde", feature = "std"))]
#[doc = include_str!("../../docs/saving.md")]
struct SavingPage;

#[cfg(feature = "event-loop")]
mod async_generator;
#[cfg(feature = "event-loop")]
mod awaitable;
#[cfg(feature = "event-loop")]
mod call_graph;
mod code;
#[cfg(feature = "event-loop")]
mod context;
mod coroutine;
mod delegate;
#[cfg(feature = "event-loop")]
pub mod event_loop;
mod exception;
#[cfg(feature = "alloc")]
mod exception_group;
mod frame;
mod generator;
mod markers;
// Its activations are numbered.
#[cfg(target_has_atomic = "ptr")]
mod pinned;
pub mod prelude;
#[cfg(feature = "event-loop")]
mod promise;
#[cfg(feature = "alloc")]
mod recursive;
#[cfg(feature = "event-loop")]
mod runner;
#[cfg(feature = "serde")]
pub mod save;
#[cfg(feature = "event-loop")]
mod scope_error;
#[cfg(feature = "alloc")]
mod shared;
mod signal;
#[cfg(feature = "event-loop")]
mod sleep;
#[cfg(feature = "event-loop")]
pub mod sync;
#[cfg(feature = "event-loop")]
mod task;
#[cfg(feature = "event-loop")]
mod task_group;
#[cfg(feature = "event-loop")]
mod threads;
#[cfg(feature = "event-loop")]
mod timeout;
mod unraisable;
#[cfg(feature = "event-loop")]
mod wait;

#[doc(hidden)]
pub mod private;

pub use crate::code::{Code, CodeFlag, CodeKind, Dot, Mermaid, Node, Point, PointKind};
pub use crate::coroutine::{Coroutine, CoroutineExt, Resumed};
pub use crate::delegate::Delegate;
pub use crate::exception::{Exception, Traceback};
pub use crate::frame::{Chain, Delegation, Frame, FrameId, FrameLocals, FrameVisitor, Inspectable, Local, State};
pub use crate::generator::{Generator, Values};
#[cfg(target_has_atomic = "ptr")]
pub use crate::pinned::{Pinned, PinnedMachine};
pub use crate::private::Machine;
pub use crate::signal::{Signal, Step};

/// Makes a function a coroutine: calling it runs none of its body and gives a [`Generator`].
///
/// | argument | |
/// | --- | --- |
/// | `yield = Y` | what it yields; `()` if left out |
/// | `send = S` | what it is sent; `()` if left out |
/// | `task` | it is a task: `yield = Awaitable` |
/// | `pinned` | borrows of its own locals may cross its yields; it must be pinned, and gives a [`Pinned`] |
/// | `recursive` | it may call itself; it gives a [`Recursive`](https://docs.rs/coframe/latest/coframe/struct.Recursive.html) |
/// | `derive(Clone)` | the paused function can be cloned, which forks it; its locals must be `Clone`, and so must the recursive functions that a recursive one calls |
/// | `derive(Serialize, Deserialize)` | the paused function can be saved and restored (feature `serde`); its locals must be both, and so must the recursive functions that a recursive one calls, which are free functions |
/// | `crate = path` | where this crate is, if not at `::coframe` |
pub use coframe_macros::coroutine;

#[cfg(feature = "alloc")]
pub use crate::{
    coroutine::BoxCoroutine,
    exception::{Cancelled, Thrown},
    exception_group::ExceptionGroup,
    recursive::{Cloneable, Recursive},
    shared::{Shared, WeakShared},
};

#[cfg(feature = "std")]
pub use crate::unraisable::{Misbehaviour, Unraisable, UnraisableHook, set_unraisable_hook, take_unraisable_hook};

#[cfg(feature = "event-loop")]
pub use crate::{
    async_generator::{AsyncClose, AsyncGenerator, AsyncMachine, AsyncStep, GeneratorEnd},
    awaitable::Awaitable,
    call_graph::{CallGraph, CallGraphFrame, CallGraphNode, TaskState},
    context::{Context, ContextError, ContextToken, ContextVar},
    promise::{CallbackId, Promise, PromiseError, RemotePromise, Taking},
    runner::{Runner, run},
    scope_error::{Scope, ScopeError},
    sleep::{Sleep, sleep},
    task::{CoroutineFuture, Task, TaskBuilder, TaskHandle, TaskOutput, current_task, spawn},
    task_group::TaskGroup,
    threads::{RemoteTask, ThreadPanicked, to_thread},
    timeout::{Limit, Timeout, TimeoutError, timeout, timeout_at, wait_for},
    wait::{
        AsCompleted, CompletedTasks, Gather, NextResult, NextTask, ReturnWhen, Shield, Wait, Waitable, as_completed,
        gather, gather_results, shield, wait,
    },
};
