//! Recursive coroutines that can be saved: all levels, each of which is a frame of its own.
//!
//! The levels of a recursive coroutine are behind one type, and to read or write one its function must be known. So such
//! a function has a type beside it, of its name, which is the last parameter of its [`Recursive`] and [`Saves`] what the
//! function makes. A frame that waits for a call says by the type of the call whose level comes next.
//!
//! The levels are written as one list, the outermost first. To write a level tells how the next one is written, and to
//! read one how the next one is read and how the level gets its handle to it. Nothing nests, so that a million levels take
//! no more of the thread's stack than one.

use core::any::{Any, TypeId};
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{Error as _, SeqAccess};
use serde_core::ser::{Error as _, SerializeSeq};

use super::capturing::captureless;
use super::codecs::Codec;
use super::forking::Forkable;
use super::machine::{CLOSED, CREATED, FrameMachine, Inspect, Locals, Look, NoLocals, Sends};
use super::recursion::{Activation, Level, Life, Outcome, Returns};
use super::saving::SavedLocals;
use super::seen::Seen;
use super::shared::Shared;
use super::turn::Turn;
use crate::coroutine::Resumed;
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

    /// Writes a level of this function.
    ///
    /// # Errors
    ///
    /// What the serializer raises, and a level of another function.
    #[doc(hidden)]
    fn save<W: SerializeSeq>(level: &dyn Any, levels: &mut Writer<W>) -> Result<Option<SaveCallee<W>>, W::Error>;

    /// Reads a level of this function.
    ///
    /// # Errors
    ///
    /// As [`Recursive::restore`].
    #[doc(hidden)]
    fn load<'de, A: SeqAccess<'de>>(levels: &mut Reader<'_, A>) -> Result<LoadedLevel<'de, Y, R, S, A>, A::Error>;
}

/// How the level that a level has called is written.
pub struct SaveCallee<W: SerializeSeq>(pub(crate) SaveLevel<W>);

type SaveLevel<W> = fn(&dyn Any, &mut Writer<W>) -> Result<Option<SaveCallee<W>>, <W as SerializeSeq>::Error>;

/// How the level that a level has called is read. It is given to its caller.
pub struct LoadCallee<'de, A: SeqAccess<'de>>(LoadLevel<'de, A>);

type LoadLevel<'de, A> = fn(&mut Reader<'_, A>, &Link) -> Result<Option<Pending<'de, A>>, <A as SeqAccess<'de>>::Error>;

/// How a caller is given its callee: the caller, the slot, and the `Shared<dyn Returns<…>>`.
struct Link {
    slot: usize,
    by: fn(&dyn Any, usize, &dyn Any) -> bool,
}

/// A call whose callee has yet to be read.
pub struct Pending<'de, A: SeqAccess<'de>> {
    load: LoadCallee<'de, A>,
    link: Link,
}

impl<'de, A: SeqAccess<'de>> Pending<'de, A> {
    /// Reads the callee, and gives it to the level that was read last.
    pub(crate) fn load(self, levels: &mut Reader<'_, A>) -> Result<Option<Self>, A::Error> {
        (self.load.0)(levels, &self.link)
    }
}

/// A level that was read, and what it waits for.
pub struct LoadedLevel<'de, Y, R, S, A: SeqAccess<'de>> {
    pub(crate) level: Shared<dyn Returns<Y, R, S>>,
    pub(crate) pending: Option<Pending<'de, A>>,
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
    ['de, A: SeqAccess<'de>] Pending<'de, A> = "Pending";
    ['de, Y, R, S, A: SeqAccess<'de>] LoadedLevel<'de, Y, R, S, A> = "LoadedLevel";
    [L, F, V, R, C] Storable<L, F, V, R, C> = "Storable";
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
    link: &Link,
) -> Result<Option<Pending<'de, A>>, A::Error> {
    let LoadedLevel { level, pending } = K::load(levels)?;
    if let CREATED | CLOSED = level.position() {
        return Err(A::Error::custom(format_args!("a call of `{}` is not under way", K::NAME)));
    }
    let caller = levels.last::<Y, S>().and_then(|caller| caller.as_any());
    if !caller.is_some_and(|caller| (link.by)(caller, link.slot, &level)) {
        return Err(A::Error::custom(format_args!("`{}` was not called from there", K::NAME)));
    }
    levels.push::<Y, S>(level.to_level());
    Ok(pending)
}

/// The slots of a level: which of them hold calls.
pub trait SavedLevel<C>: SavedLocals<C> {
    /// How the callee is written of the call that a slot holds.
    fn saver<W: SerializeSeq>(slot: usize) -> Option<SaveCallee<W>>;

    /// How the callee is read of the call that a slot holds.
    fn loader<'de, A: SeqAccess<'de>>(slot: usize) -> Option<LoadCallee<'de, A>>;

    /// Makes a slot hold the call of a level, an `Shared<dyn Returns<…>>`. Tells whether it is of the right type.
    fn link(&mut self, slot: usize, callee: &dyn Any) -> bool;
}

/// Makes a slot hold the call of a level.
pub fn link_slot<C: Codec<T>, T>(slot: &mut Option<T>, callee: &dyn Any) -> bool {
    C::link(callee).map(|call| *slot = Some(call)).is_some()
}

impl SavedLevel<()> for NoLocals {
    fn saver<W: SerializeSeq>(_: usize) -> Option<SaveCallee<W>> {
        None
    }

    fn loader<'de, A: SeqAccess<'de>>(_: usize) -> Option<LoadCallee<'de, A>> {
        None
    }

    fn link(&mut self, _: usize, _: &dyn Any) -> bool {
        false
    }
}

/// An activation that can be saved: `C` are the codecs of its slots. That its body captures nothing is an invariant, as of
/// what is [`Captureless`](super::Captureless).
pub struct Storable<L, F, V, R, C> {
    activation: Activation<'static, L, F, V, R>,
    codecs: PhantomData<fn() -> C>,
}

impl<L: Clone, F: Clone, V: Clone, R, C> Clone for Storable<L, F, V, R, C> {
    fn clone(&self) -> Self {
        Storable { activation: self.activation.clone(), codecs: PhantomData }
    }
}

impl<L: Locals, F, V: Look<L>, R, C> Inspect for Storable<L, F, V, R, C> {
    fn code(&self) -> &'static Code {
        self.activation.code()
    }

    fn position(&self) -> u32 {
        self.activation.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.activation.see(what, show);
    }
}

impl<Y, S, L, F, V, R, C> Level<Y, S> for Storable<L, F, V, R, C>
where
    L: Locals + 'static,
    F: 'static,
    V: Look<L> + 'static,
    R: 'static,
    C: 'static,
    Activation<'static, L, F, V, R>: Level<Y, S>,
{
    fn resume<'r>(&self, sent: Option<S>, turn: &Turn<'r, Y, S>) -> Outcome
    where
        Self: 'r,
    {
        self.activation.resume(sent, turn)
    }

    fn abandon(&self) {
        self.activation.abandon();
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl<Y, S, L, F, V, R, C> Returns<Y, R, S> for Storable<L, F, V, R, C>
where
    Self: Level<Y, S>,
    Activation<'static, L, F, V, R>: Returns<Y, R, S>,
{
    fn take(&self) -> Option<R> {
        self.activation.take()
    }

    fn sends(&self) -> Sends {
        self.activation.sends()
    }
}

/// What the frame of a recursive function that can be saved is: a [`Storable`], or one that can be cloned as well.
pub trait StoredFrame<Y, R, S>: Returns<Y, R, S> + Sized + 'static {
    /// Writes a level that is such a frame.
    ///
    /// # Errors
    ///
    /// What the serializer raises, and a level that is another frame or runs.
    fn save<W: SerializeSeq>(level: &dyn Any, levels: &mut Writer<W>) -> Result<Option<SaveCallee<W>>, W::Error>;

    /// Reads such a frame.
    ///
    /// # Errors
    ///
    /// As [`Recursive::restore`].
    fn load<'de, A: SeqAccess<'de>>(levels: &mut Reader<'_, A>) -> Result<(Self, Option<Pending<'de, A>>), A::Error>;
}

impl<Y, R, S, L, F, V, C> StoredFrame<Y, R, S> for Storable<L, F, V, R, C>
where
    Self: Returns<Y, R, S> + 'static,
    L: SavedLevel<C>,
{
    fn save<W: SerializeSeq>(level: &dyn Any, levels: &mut Writer<W>) -> Result<Option<SaveCallee<W>>, W::Error> {
        let name = || L::CODE.name();
        let Some(Storable { activation, .. }) = level.downcast_ref::<Self>() else {
            return Err(W::Error::custom(format_args!(
                "a level that should be one of `{}` is of another type",
                name()
            )));
        };
        let Ok(life) = activation.life.try_borrow() else {
            return Err(W::Error::custom(format_args!("`{}` is running: it cannot be saved", name())));
        };
        let layout = match &*life {
            Life::Live(frame) => {
                levels.write(TypeId::of::<Self>(), &frame.locals, Position(frame.position), PhantomData)?
            }
            Life::Over(_) => levels.write(TypeId::of::<Self>(), &L::blank(), Position::CLOSED, PhantomData)?,
        };
        Ok(layout.slots.iter().find_map(|(slot, _)| L::saver(*slot)))
    }

    fn load<'de, A: SeqAccess<'de>>(levels: &mut Reader<'_, A>) -> Result<(Self, Option<Pending<'de, A>>), A::Error> {
        let (locals, position, layout) = levels.read::<L, C>(TypeId::of::<Self>())?;
        let life = match position {
            Position::CLOSED => Life::Over(None),
            Position(position) => {
                Life::Live(FrameMachine { position, locals, body: captureless(), look: captureless() })
            }
        };
        let pending = layout.slots.iter().find_map(|(slot, _)| {
            let link = Link { slot: *slot, by: link_level::<L, F, V, R, C> };
            L::loader(*slot).map(|load| Pending { load, link })
        });
        Ok((Storable { activation: Activation::of(life), codecs: PhantomData }, pending))
    }
}

/// Gives a level its callee.
fn link_level<L: SavedLevel<C>, F, V, R, C>(level: &dyn Any, slot: usize, callee: &dyn Any) -> bool
where
    Storable<L, F, V, R, C>: 'static,
{
    let Some(Storable { activation, .. }) = level.downcast_ref::<Storable<L, F, V, R, C>>() else { return false };
    match &mut *activation.life.borrow_mut() {
        Life::Live(frame) => frame.locals.link(slot, callee),
        Life::Over(_) => false,
    }
}

impl<Y, R, S, A: StoredFrame<Y, R, S> + Clone> StoredFrame<Y, R, S> for Forkable<A> {
    fn save<W: SerializeSeq>(level: &dyn Any, levels: &mut Writer<W>) -> Result<Option<SaveCallee<W>>, W::Error> {
        A::save(level, levels)
    }

    fn load<'de, Q: SeqAccess<'de>>(levels: &mut Reader<'_, Q>) -> Result<(Self, Option<Pending<'de, Q>>), Q::Error> {
        let (activation, pending) = A::load(levels)?;
        Ok((Forkable::new(activation), pending))
    }
}

/// Makes an activation of its start values and its body.
#[inline]
pub fn level<S: 'static, Y: 'static, R, L, F, V>(locals: L, body: F, look: V) -> Activation<'static, L, F, V, R>
where
    L: Locals + 'static,
    F: FnMut(&mut L, &mut u32, u32, Option<S>, &Turn<'static, Y, S>) -> Resumed<(), R> + 'static,
    V: Fn(&L, u32, u32) -> Seen<'_> + 'static,
{
    Activation::new(locals, body, look)
}

/// The codecs of an activation's slots, by a closure that is not run: it is there for their types.
pub fn level_codecs<L, F, V, R, C>(_: &Activation<'static, L, F, V, R>, _: impl FnOnce(&L) -> C) -> PhantomData<C> {
    PhantomData
}

/// An activation, as one that can be saved.
///
/// The body is the closure of an expansion of `#[coroutine]` on a function: it captures nothing (see
/// [`Captureless`](super::Captureless)).
pub fn storable<L, F, V, R, C>(
    _: PhantomData<C>,
    activation: Activation<'static, L, F, V, R>,
) -> Storable<L, F, V, R, C> {
    Storable { activation, codecs: PhantomData }
}

/// [`storable`] where the locals are `Clone`.
pub fn storable_cloneable<L: Clone, F: Clone, V: Clone, R, C>(
    codecs: PhantomData<C>,
    activation: Activation<'static, L, F, V, R>,
) -> Forkable<Storable<L, F, V, R, C>> {
    Forkable::new(storable(codecs, activation))
}

/// Makes a recursive coroutine of its first frame. `K` is the type beside the function.
#[inline]
pub fn stored<Y: 'static, R: 'static, S: 'static, K: Saves<Y, R, S>>(
    frame: impl StoredFrame<Y, R, S>,
) -> Recursive<'static, Y, R, S, K> {
    Recursive::new(Shared::new(frame).into_returns())
}

/// [`Saves::save`] of a function, by what makes its frames, which is not called.
///
/// # Errors
///
/// Those of [`StoredFrame::save`].
pub fn save_level<Y, R, S, T, A: StoredFrame<Y, R, S>, W: SerializeSeq>(
    _: impl FnOnce(T) -> A,
    level: &dyn Any,
    levels: &mut Writer<W>,
) -> Result<Option<SaveCallee<W>>, W::Error> {
    A::save(level, levels)
}

/// [`Saves::load`] of a function, by what makes its frames, which is not called.
///
/// # Errors
///
/// Those of [`StoredFrame::load`].
pub fn load_level<'de, Y, R, S, T, A: StoredFrame<Y, R, S>, Q: SeqAccess<'de>>(
    _: impl FnOnce(T) -> A,
    levels: &mut Reader<'_, Q>,
) -> Result<LoadedLevel<'de, Y, R, S, Q>, Q::Error> {
    let (frame, pending) = A::load(levels)?;
    Ok(LoadedLevel { level: Shared::new(frame).into_returns(), pending })
}
