//! Recursive coroutines that can be saved: all levels, each of which is a frame of its own.
//!
//! The levels of a recursive coroutine are behind one type, and to read or write one its function must be known. So such
//! a function has a type beside it, of its name, which is the last parameter of its [`Recursive`] and [`Saves`] what the
//! function makes. A frame that waits for a call says by the type of the call whose level comes next.
//!
//! The levels are written as one list, the outermost first. To write a level tells how the next one is written, and to
//! read one how the next one is read. Nothing nests, so that a million levels take no more of the thread's stack than one.

use core::any::{Any, TypeId};
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{Error as _, SeqAccess};
use serde_core::ser::{Error as _, SerializeSeq};

use super::call::Call;
use super::capturing::captureless;
use super::forking::Forkable;
use super::machine::{CLOSED, CREATED, FrameMachine, Inspect, Locals, Look, NoLocals};
use super::recursion::{CallFrame, LevelFrame, LookedAt};
use super::saving::SavedLocals;
use super::seen::Seen;
use super::sends::Sends;
use super::turn::Turn;
use crate::coroutine::Resumed;
use crate::recursive::Stage;
use crate::save::Position;
use crate::save::levels::{Reader, Writer};
use crate::{Code, Recursive};

/// Says of the last parameter of a [`Recursive`] that all its levels can be saved and restored. Only expansions implement
/// it, for the type beside a recursive function that says `derive(Serialize, Deserialize)`; it is what
/// [`Recursive::restore`] and `Serialize` ask for.
#[diagnostic::on_unimplemented(
    message = "this recursive coroutine cannot be saved",
    label = "a recursive coroutine that does not say `derive(Serialize, Deserialize)`",
    note = "write `derive(Serialize, Deserialize)` in the attribute of the function that is called: \
            a frame that waits for a recursive coroutine is saved with all its levels"
)]
pub trait Saves<Y, R, S>: 'static {
    /// The name of the function.
    #[doc(hidden)]
    const NAME: &'static str;

    /// Writes a level of this function, or that it is over.
    ///
    /// # Errors
    ///
    /// What the serializer raises, and a level of another function.
    #[doc(hidden)]
    fn save<W: SerializeSeq>(
        level: Option<&dyn Any>,
        levels: &mut Writer<W>,
    ) -> Result<Option<SaveCallee<W>>, W::Error>;

    /// Reads a level of this function, and puts it on those that were read, unless it is over.
    ///
    /// # Errors
    ///
    /// As [`Recursive::restore`].
    #[doc(hidden)]
    fn load<'de, A: SeqAccess<'de>>(levels: &mut Reader<'_, A>) -> Result<LoadedLevel<'de, A>, A::Error>;

    /// The code of this function, and what a start is to it.
    #[doc(hidden)]
    fn start() -> (&'static Code, Sends);
}

/// How the level that a level has called is written.
pub struct SaveCallee<W: SerializeSeq>(pub(crate) SaveLevel<W>);

type SaveLevel<W> = fn(Option<&dyn Any>, &mut Writer<W>) -> Result<Option<SaveCallee<W>>, <W as SerializeSeq>::Error>;

/// How the level that a level has called is read.
pub struct LoadCallee<'de, A: SeqAccess<'de>>(pub(crate) LoadLevel<'de, A>);

type LoadLevel<'de, A> = fn(&mut Reader<'_, A>) -> Result<Option<LoadCallee<'de, A>>, <A as SeqAccess<'de>>::Error>;

/// Where a level that was read stands, and how the next one is read, if it waits for one.
pub struct LoadedLevel<'de, A: SeqAccess<'de>> {
    pub(crate) position: u32,
    pub(crate) callee: Option<LoadCallee<'de, A>>,
}

macro_rules! opaque {
    ($([$($generics:tt)*] $ty:ty = $name:literal;)*) => {
        $(
            impl<$($generics)*> fmt::Debug for $ty {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str($name)
                }
            }
        )*
    };
}

opaque! {
    [W: SerializeSeq] SaveCallee<W> = "SaveCallee";
    ['de, A: SeqAccess<'de>] LoadCallee<'de, A> = "LoadCallee";
    ['de, A: SeqAccess<'de>] LoadedLevel<'de, A> = "LoadedLevel";
    [L, F, V, C] Storable<L, F, V, C> = "Storable";
}

impl<W: SerializeSeq> SaveCallee<W> {
    /// Of a call of `K`.
    pub(crate) fn of<Y, R, S, K: Saves<Y, R, S>>() -> Self {
        SaveCallee(K::save::<W>)
    }
}

impl<'de, A: SeqAccess<'de>> LoadCallee<'de, A> {
    /// Of a call of `K`.
    pub(super) fn of<Y: 'static, R: 'static, S: 'static, K: Saves<Y, R, S>>() -> Self {
        LoadCallee(load_callee::<Y, R, S, K, A>)
    }
}

fn load_callee<'de, Y: 'static, R: 'static, S: 'static, K: Saves<Y, R, S>, A: SeqAccess<'de>>(
    levels: &mut Reader<'_, A>,
) -> Result<Option<LoadCallee<'de, A>>, A::Error> {
    match K::load(levels)? {
        LoadedLevel { position: CREATED | CLOSED, .. } => {
            Err(A::Error::custom(format_args!("a call of `{}` is not under way", K::NAME)))
        }
        LoadedLevel { callee, .. } => Ok(callee),
    }
}

/// The slots of a level: which of them hold calls.
pub trait SavedLevel<C>: SavedLocals<C> {
    /// How the callee is written of the call that a slot holds.
    fn saver<W: SerializeSeq>(slot: usize) -> Option<SaveCallee<W>>;

    /// How the callee is read of the call that a slot holds.
    fn loader<'de, A: SeqAccess<'de>>(slot: usize) -> Option<LoadCallee<'de, A>>;
}

impl SavedLevel<()> for NoLocals {
    fn saver<W: SerializeSeq>(_: usize) -> Option<SaveCallee<W>> {
        None
    }

    fn loader<'de, A: SeqAccess<'de>>(_: usize) -> Option<LoadCallee<'de, A>> {
        None
    }
}

/// A frame that can be saved: `C` are the codecs of its slots. That its body captures nothing is an invariant, as of
/// what is [`Captureless`](super::Captureless).
pub struct Storable<L, F, V, C> {
    frame: CallFrame<'static, L, F, V>,
    codecs: PhantomData<fn() -> C>,
}

impl<L: Clone, F: Clone, V: Clone, C> Clone for Storable<L, F, V, C> {
    fn clone(&self) -> Self {
        Storable { frame: self.frame.clone(), codecs: PhantomData }
    }
}

impl<L: Locals, F, V: Look<L>, C> Inspect for Storable<L, F, V, C> {
    fn code(&self) -> &'static Code {
        self.frame.code()
    }

    fn position(&self) -> u32 {
        self.frame.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.frame.see(what, show);
    }
}

impl<L: Locals, F, V: Look<L>, C> LookedAt for Storable<L, F, V, C>
where
    Self: 'static,
{
    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl<Y, R, S, L, F, V, C> LevelFrame<Y, R, S> for Storable<L, F, V, C>
where
    Self: LookedAt,
    CallFrame<'static, L, F, V>: LevelFrame<Y, R, S>,
{
    const CODE: &'static Code = CallFrame::<'static, L, F, V>::CODE;
    const SENDS: Sends = CallFrame::<'static, L, F, V>::SENDS;

    fn starts(sent: &S) -> bool {
        CallFrame::<'static, L, F, V>::starts(sent)
    }

    #[inline(always)]
    fn run<'r>(&mut self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Resumed<(), R>
    where
        Self: 'r,
    {
        self.frame.run(sent, turn)
    }
}

/// A frame that was read, which is none if it is over, and how its callee is read.
type ReadFrame<'de, F, A> = (Option<F>, Option<LoadCallee<'de, A>>);

/// What the frame of a recursive function that can be saved is: a [`Storable`], or one that can be cloned as well.
pub trait StoredFrame<Y, R, S>: LevelFrame<Y, R, S> + Sized + 'static {
    /// Writes a level that is such a frame, or that it is over.
    ///
    /// # Errors
    ///
    /// What the serializer raises, and a level that is another frame.
    fn save<W: SerializeSeq>(
        level: Option<&dyn Any>,
        levels: &mut Writer<W>,
    ) -> Result<Option<SaveCallee<W>>, W::Error>;

    /// Reads such a frame, which is none if it is over.
    ///
    /// # Errors
    ///
    /// As [`Recursive::restore`].
    fn load<'de, A: SeqAccess<'de>>(levels: &mut Reader<'_, A>) -> Result<ReadFrame<'de, Self, A>, A::Error>;
}

impl<Y, R, S, L, F, V, C> StoredFrame<Y, R, S> for Storable<L, F, V, C>
where
    Self: LevelFrame<Y, R, S> + 'static,
    L: SavedLevel<C>,
{
    fn save<W: SerializeSeq>(
        level: Option<&dyn Any>,
        levels: &mut Writer<W>,
    ) -> Result<Option<SaveCallee<W>>, W::Error> {
        let Some(level) = level else {
            levels.write(TypeId::of::<Self>(), &L::blank(), Position::CLOSED, PhantomData)?;
            return Ok(None);
        };
        let Some(Storable { frame, .. }) = level.downcast_ref::<Self>() else {
            let name = L::CODE.name();
            return Err(W::Error::custom(format_args!("a level that should be one of `{name}` is of another type")));
        };
        let FrameMachine { position, locals, .. } = &frame.machine;
        let layout = levels.write(TypeId::of::<Self>(), locals, Position(*position), PhantomData)?;
        Ok(layout.slots.iter().find_map(|(slot, _)| L::saver(*slot)))
    }

    fn load<'de, A: SeqAccess<'de>>(levels: &mut Reader<'_, A>) -> Result<ReadFrame<'de, Self, A>, A::Error> {
        let (locals, position, layout) = levels.read::<L, C>(TypeId::of::<Self>())?;
        if position == Position::CLOSED {
            return Ok((None, None));
        }
        let Position(position) = position;
        let machine = FrameMachine { position, locals, body: captureless(), look: captureless() };
        let callee = layout.slots.iter().find_map(|(slot, _)| L::loader(*slot));
        Ok((Some(Storable { frame: CallFrame::of(machine), codecs: PhantomData }), callee))
    }
}

impl<Y, R, S, A: StoredFrame<Y, R, S> + Clone> StoredFrame<Y, R, S> for Forkable<A> {
    fn save<W: SerializeSeq>(
        level: Option<&dyn Any>,
        levels: &mut Writer<W>,
    ) -> Result<Option<SaveCallee<W>>, W::Error> {
        A::save(level, levels)
    }

    fn load<'de, Q: SeqAccess<'de>>(levels: &mut Reader<'_, Q>) -> Result<ReadFrame<'de, Self, Q>, Q::Error> {
        let (frame, callee) = A::load(levels)?;
        Ok((frame.map(Forkable), callee))
    }
}

/// Makes a frame of its start values and its body.
#[inline(always)]
pub fn level<S: 'static, Y: 'static, R, L, F, V>(locals: L, body: F, look: V) -> CallFrame<'static, L, F, V>
where
    L: Locals + 'static,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'static, Y, S>) -> Resumed<(), R> + 'static,
    V: Fn(&L, u32, u32) -> Seen<'_> + 'static,
{
    CallFrame::new(locals, body, look)
}

/// The codecs of a frame's slots, by a closure that is not run: it is there for their types.
pub fn level_codecs<L, F, V, C>(_: &CallFrame<'static, L, F, V>, _: impl FnOnce(&L) -> C) -> PhantomData<C> {
    PhantomData
}

/// A frame, as one that can be saved.
///
/// The body is the closure of an expansion of `#[coroutine]` on a function: it captures nothing (see
/// [`Captureless`](super::Captureless)).
pub fn storable<L, F, V, C>(_: PhantomData<C>, frame: CallFrame<'static, L, F, V>) -> Storable<L, F, V, C> {
    Storable { frame, codecs: PhantomData }
}

/// [`storable`] where the locals are `Clone`.
pub fn storable_cloneable<L: Clone, F: Clone, V: Clone, C>(
    codecs: PhantomData<C>,
    frame: CallFrame<'static, L, F, V>,
) -> Forkable<Storable<L, F, V, C>> {
    Forkable(storable(codecs, frame))
}

/// Makes a recursive coroutine of what makes its first frame, which does nothing but to move. `K` is the type beside the
/// function.
#[inline(always)]
pub fn stored<Y: 'static, R: 'static, S: 'static, K: Saves<Y, R, S>, A: StoredFrame<Y, R, S>>(
    frame: impl FnOnce() -> A + 'static,
) -> Recursive<'static, Y, R, S, K> {
    Recursive::at(Stage::Called(Call::new(frame)))
}

/// [`Saves::save`] of a function, by what makes its frames, which is not called.
///
/// # Errors
///
/// Those of [`StoredFrame::save`].
pub fn save_level<Y, R, S, T, A: StoredFrame<Y, R, S>, W: SerializeSeq>(
    _: impl FnOnce(T) -> A,
    level: Option<&dyn Any>,
    levels: &mut Writer<W>,
) -> Result<Option<SaveCallee<W>>, W::Error> {
    A::save(level, levels)
}

/// [`Saves::load`] of a function, by what makes its frames, which is not called.
///
/// # Errors
///
/// Those of [`StoredFrame::load`].
pub fn load_level<'de, Y: 'static, R: 'static, S: 'static, T, A: StoredFrame<Y, R, S>, Q: SeqAccess<'de>>(
    _: impl FnOnce(T) -> A,
    levels: &mut Reader<'_, Q>,
) -> Result<LoadedLevel<'de, Q>, Q::Error> {
    let (frame, callee) = A::load(levels)?;
    let position = frame.as_ref().map_or(CLOSED, Inspect::position);
    if let Some(frame) = frame {
        levels.push::<Y, R, S, A>(frame);
    }
    Ok(LoadedLevel { position, callee })
}

/// [`Saves::start`] of a function, by what makes its frames, which is not called.
pub fn start_level<Y, R, S, T, A: StoredFrame<Y, R, S>>(_: impl FnOnce(T) -> A) -> (&'static Code, Sends) {
    (A::CODE, A::SENDS)
}
