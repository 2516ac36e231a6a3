//! All that an expansion may name besides the public protocol. Not for people; it may change in any release.

#[cfg(feature = "alloc")]
mod arena;
mod awaiting;
#[cfg(feature = "alloc")]
mod call;
#[cfg(feature = "alloc")]
mod callee;
#[cfg(feature = "serde")]
mod calls;
#[cfg(feature = "serde")]
mod capturing;
mod capturing_fields;
mod catching;
#[cfg(feature = "serde")]
mod codecs;
mod delegation;
#[cfg(feature = "alloc")]
mod driver;
#[cfg(feature = "alloc")]
mod forking;
mod hold;
#[cfg(feature = "serde")]
mod known;
mod machine;
mod native;
mod order;
mod parted;
mod raise;
#[cfg(feature = "alloc")]
mod recursion;
mod residual;
#[cfg(feature = "serde")]
mod saving;
mod seen;
mod sends;
mod slot;
#[cfg(feature = "serde")]
mod storing;
#[cfg(feature = "std")]
pub(crate) mod tracking;
#[cfg(feature = "alloc")]
mod turn;

#[cfg(feature = "alloc")]
pub use self::awaiting::FutureOperand;
pub use self::awaiting::{AnyFuture, FallibleFuture, FallibleInPlace, FutureInPlace};
#[cfg(feature = "event-loop")]
pub use self::awaiting::{Awaiting, AwaitingBoxed, Raising};
#[cfg(feature = "alloc")]
pub use self::call::Call;
#[cfg(feature = "alloc")]
pub use self::callee::{
    Begin, Begun, Called, Callee, DelegateOperand, Drive, IterableOperand, NoOperand, Plain, begin, begin_apart, drive,
};
#[cfg(feature = "serde")]
pub use self::calls::{CallCodec, LevelsCodec, PlainOf, UnsavedLevels};
#[cfg(feature = "serde")]
pub use self::capturing::Captureless;
pub use self::capturing_fields::{CapturedByField, CapturedFields, Fields, StdPointer, std_pointer};
pub use self::catching::{CatchingMachine, Exit, Lent, Sent, catching, catching_lending};
#[cfg(feature = "serde")]
pub use self::codecs::{
    Codec, Inclusive, ItemsOf, Nested, NoCodec, NotSaved, Nullable, Rest, SavedLocal, SlotProbe, ViaSerde,
    ViaSerdeCodec,
};
pub use self::delegation::{
    Items, Iterable, NoDelegate, Operand, PinnedOperand, Undelegated, delegated, forward, try_delegated,
};
#[cfg(feature = "alloc")]
pub use self::driver::Driver;
#[cfg(feature = "alloc")]
pub use self::forking::{Forkable, Forks, recursive_cloneable};
pub use self::hold::{Held, Kept, assert_no_drop, consumes, never, no_drop, witness};
pub use self::machine::{
    CLOSED, CREATED, FrameMachine, Inspect, Lend, LendBody, Locals, Look, Machine, NoLocals, RUNNING, Raised, finished,
    generator, lending, over, sent, sent_option, sent_unit,
};
#[allow(deprecated)]
pub use self::native::{drops_exit, returns_exit};
pub use self::native::{endless, native, pause, pause_unit, raised, resumed, try_pause, try_pause_unit};
pub use self::order::{
    Borrowed, Copied, OnlyBorrowed, Other, PlainDeref, PlainIndex, Pointer, Primitive, Receiver, Target, only_borrowed,
    plain_deref, plain_index, primitives, receiver,
};
pub use self::parted::{LeavesNothing, Parted, TakenApart, imagined};
pub use self::raise::{raise, raise_from, raised_while_closing};
#[cfg(feature = "alloc")]
pub use self::recursion::{CallFrame, LevelFrame, LookedAt, Outcome, recursive};
pub use self::residual::{Branch, FromResidual, branch, returned};
#[cfg(feature = "serde")]
pub(crate) use self::saving::Framed;
#[cfg(feature = "serde")]
pub use self::saving::{
    Capturing, Layout, SavedLocals, SavedMachine, Shape, codecs, load_plain, load_slot, save_plain, save_slot, saved,
    saved_closure, unsaved,
};
pub use self::seen::{DELEGATE, IDENTITY};
pub use self::seen::{Delegating, MaybeInspectable, NotInspectable, Opaque, Probe, Seen, SeenLocal};
pub use self::sends::{Receives, Sends, SendsOption, SendsUnit, SendsValue};
pub use self::slot::{place, put, take};
#[cfg(feature = "serde")]
pub use self::storing::{
    LoadCallee, LoadedLevel, SaveCallee, SavedLevel, Saves, Storable, StoredFrame, level, level_codecs, load_level,
    save_level, start_level, storable, storable_cloneable, stored,
};
#[cfg(feature = "std")]
pub use self::tracking::{Entered, Identity, entered};
#[cfg(feature = "alloc")]
pub use self::turn::{Levels, Turn};
pub use crate::__expr_text as expr_text;
#[cfg(feature = "event-loop")]
pub use crate::async_generator::{
    AsyncBodyMachine, NextItem, NextResult, Request, StreamOperand, async_generator, stream,
};
#[cfg(target_has_atomic = "ptr")]
pub use crate::pinned::{
    Body, BodyFrame, BodyMachine, Delegation, InPlace, IterableInPlace, Movable, NoBody, NoneInPlace, Pause,
    PinnedDelegate, PinnedInPlace, Raise, pinned, pinned_with, received,
};
#[cfg(feature = "serde")]
pub use crate::save::levels::{Reader, Writer};
#[cfg(feature = "event-loop")]
pub use crate::task::{AsyncBody, AsyncFrame, Await, AwaitOperand, AwaitResult};
#[cfg(feature = "event-loop")]
pub use crate::wait::Together;
pub use crate::{Code, CodeFlag, CodeKind, Exception, Point, PointKind, Step};
#[cfg(feature = "serde")]
pub use serde_core as serde;

/// The markers, for the expansion to name.
pub mod markers {
    pub use crate::{attempt, for_await, or_raise, raise, try_await, try_yield, try_yield_from, yield_, yield_from};
}
