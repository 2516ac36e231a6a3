//! A frame that can be saved: what its expansion says of its slots, and the machine around it.

use core::fmt;
use core::marker::PhantomData;

use serde_core::ser::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::capturing::{Captureless, captureless};
use super::catching::{CatchingMachine, Exit};
use super::codecs::Codec;
use super::known::KnownHeader;
use super::machine::{FrameMachine, Inspect, Locals, Machine, NoLocals};
use super::seen::Seen;
use crate::coroutine::Resumed;
use crate::{Code, Generator, Signal};

/// What is saved of a frame at one position.
#[derive(Debug)]
pub struct Layout {
    pub(crate) label: Option<&'static str>,
    pub(crate) names: &'static [&'static str],
    /// The number of each slot, and whether it may be empty.
    pub(crate) slots: &'static [(usize, bool)],
    is_reachable: bool,
    pub(crate) header: KnownHeader,
}

impl Layout {
    /// Of these slots.
    #[must_use]
    pub const fn new(
        label: Option<&'static str>,
        names: &'static [&'static str],
        slots: &'static [(usize, bool)],
    ) -> Self {
        Layout { label, names, slots, is_reachable: true, header: KnownHeader::new() }
    }

    /// At a suspension point that control does not come to.
    #[must_use]
    pub const fn unreachable() -> Self {
        Layout { label: None, names: &[], slots: &[], is_reachable: false, header: KnownHeader::new() }
    }

    /// Of a frame whose body is over.
    pub(crate) fn closed() -> &'static Self {
        static CLOSED: Layout = Layout::new(None, &[], &[]);
        &CLOSED
    }

    pub(crate) fn reachable(&self) -> Option<&Self> {
        self.is_reachable.then_some(self)
    }
}

/// The slots of a frame, each with a codec, whose types are `C`.
pub trait SavedLocals<C>: Locals {
    /// The fingerprint of the source.
    const SOURCE: u64;

    /// What is saved before the start, then at each suspension point.
    fn layouts() -> &'static [Layout];

    /// With all slots empty.
    fn blank() -> Self;

    /// Writes a slot.
    ///
    /// # Errors
    ///
    /// Those of the value and of the format.
    fn save<S: Serializer>(&self, slot: usize, optional: bool, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads a slot.
    ///
    /// # Errors
    ///
    /// Those of the value and of the format.
    fn load<'de, D: Deserializer<'de>>(&mut self, slot: usize, optional: bool, deserializer: D)
    -> Result<(), D::Error>;

    /// Says of what type a slot is.
    fn describe(slot: usize, shape: &mut Shape<'_>);
}

/// Takes what there is to say of types.
pub struct Shape<'a>(&'a mut dyn FnMut(&str));

impl<'a> Shape<'a> {
    pub(crate) fn new(take: &'a mut dyn FnMut(&str)) -> Self {
        Shape(take)
    }

    /// Takes a text.
    pub fn text(&mut self, text: &str) {
        (self.0)(text);
    }

    /// A fingerprint of the locals that a layout saves, by name and type: FNV-1a, which is the same on every machine.
    pub(crate) fn of<L: SavedLocals<C>, C>(layout: &Layout) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut take = |text: &str| {
            for byte in text.bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        for (name, (slot, optional)) in layout.names.iter().zip(layout.slots) {
            take(name);
            take(if *optional { "?:" } else { ":" });
            L::describe(*slot, &mut Shape(&mut take));
            take(";");
        }
        hash
    }
}

impl fmt::Debug for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shape")
    }
}

struct Written<'a, C, T>(&'a T, PhantomData<C>);

impl<C: Codec<T>, T> Serialize for Written<'_, C, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        C::save(self.0, serializer)
    }
}

pub(super) struct Read<C, T>(pub(super) T, PhantomData<C>);

impl<'de, C: Codec<T>, T> Deserialize<'de> for Read<C, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        C::load(deserializer).map(|value| Read(value, PhantomData))
    }
}

/// Writes a slot that is never empty.
///
/// # Errors
///
/// Those of the value and of the format.
pub fn save_plain<C: Codec<T>, T, S: Serializer>(slot: &T, serializer: S) -> Result<S::Ok, S::Error> {
    C::save(slot, serializer)
}

/// Writes a slot; one that may be empty is written as a list.
///
/// # Errors
///
/// Those of the value and of the format.
pub fn save_slot<C: Codec<T>, T, S: Serializer>(
    slot: &Option<T>,
    optional: bool,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match slot {
        Some(value) if !optional => C::save(value, serializer),
        None if !optional => Err(S::Error::custom("coframe: a local is empty here that was taken to have a value")),
        slot => slot.as_ref().map(|value| (Written(value, PhantomData::<C>),)).serialize(serializer),
    }
}

/// Reads a slot that is never empty.
///
/// # Errors
///
/// Those of the value and of the format.
pub fn load_plain<'de, C: Codec<T>, T, D: Deserializer<'de>>(slot: &mut T, deserializer: D) -> Result<(), D::Error> {
    *slot = C::load(deserializer)?;
    Ok(())
}

/// Reads a slot.
///
/// # Errors
///
/// Those of the value and of the format.
pub fn load_slot<'de, C: Codec<T>, T, D: Deserializer<'de>>(
    slot: &mut Option<T>,
    optional: bool,
    deserializer: D,
) -> Result<(), D::Error> {
    *slot = if optional {
        Option::<(Read<C, T>,)>::deserialize(deserializer)?.map(|(read,)| read.0)
    } else {
        Some(C::load(deserializer)?)
    };
    Ok(())
}

/// A machine that has a frame.
pub trait Framed: Inspect {
    /// The saved locals.
    type Locals: Locals;
    /// The saved locals.
    fn locals(&self) -> &Self::Locals;
    /// Puts other locals in place of those of a frame that has not run.
    fn replace(&mut self, locals: Self::Locals, position: u32);
    /// A frame that stands at a position, for a machine that is [`Captureless`].
    fn again(locals: Self::Locals, position: u32) -> Self;
}

impl<L: Locals, F, V> Framed for FrameMachine<L, F, V>
where
    Self: Inspect,
{
    type Locals = L;

    fn locals(&self) -> &L {
        &self.locals
    }

    fn replace(&mut self, locals: L, position: u32) {
        self.locals.clear();
        self.locals = locals;
        self.position = position;
    }

    fn again(locals: L, position: u32) -> Self {
        FrameMachine { position, locals, body: captureless(), look: captureless() }
    }
}

impl<X: Exit<L, F, V>, L: Locals, F, V> Framed for CatchingMachine<X, L, F, V>
where
    Self: Inspect,
    FrameMachine<L, F, V>: Inspect,
{
    type Locals = L;

    fn locals(&self) -> &L {
        self.frame.locals()
    }

    fn replace(&mut self, locals: L, position: u32) {
        self.frame.replace(locals, position);
    }

    fn again(locals: L, position: u32) -> Self {
        CatchingMachine { frame: FrameMachine::again(locals, position), exit: PhantomData }
    }
}

/// The machine of a frame that can be saved: `C` are the codecs of its slots, `K` says whether its body captures.
pub struct SavedMachine<M, C, K> {
    pub(crate) machine: M,
    types: PhantomData<fn(C) -> K>,
}

/// The body of a `coroutine!` expression, which may capture.
#[derive(Clone, Copy, Debug)]
pub struct Capturing;

impl<M: Framed, C> SavedMachine<M, C, Captureless> {
    /// A machine of which nothing is left but what was saved.
    pub(crate) fn again(locals: M::Locals, position: u32) -> Self {
        SavedMachine { machine: M::again(locals, position), types: PhantomData }
    }
}

/// The codecs of a frame's slots, by a closure that is not run: it is there for their types.
pub fn codecs<M: Framed, C>(_: &Generator<M>, _: impl FnOnce(&M::Locals) -> C) -> PhantomData<C> {
    PhantomData
}

/// A coroutine made by a function, as one that can be saved.
///
/// The body is the closure of an expansion of `#[coroutine]`: it captures nothing (see [`Captureless`]).
pub fn saved<M: Framed, C>(_: PhantomData<C>, made: Generator<M>) -> Generator<SavedMachine<M, C, Captureless>> {
    Generator::new(SavedMachine { machine: made.into_machine(), types: PhantomData })
}

/// The coroutine of a function that could not be compiled, as one that can be saved.
pub fn unsaved<M: Framed<Locals = NoLocals>>(made: Generator<M>) -> Generator<SavedMachine<M, (), Captureless>> {
    saved(PhantomData, made)
}

impl SavedLocals<()> for NoLocals {
    const SOURCE: u64 = 0;

    fn layouts() -> &'static [Layout] {
        &[]
    }

    fn blank() -> Self {
        NoLocals
    }

    fn save<S: Serializer>(&self, _: usize, _: bool, _: S) -> Result<S::Ok, S::Error> {
        unreachable!("coframe: what could not be compiled has no slots")
    }

    fn load<'de, D: Deserializer<'de>>(&mut self, _: usize, _: bool, _: D) -> Result<(), D::Error> {
        unreachable!("coframe: what could not be compiled has no slots")
    }

    fn describe(_: usize, _: &mut Shape<'_>) {}
}

/// A coroutine made by an expression, as one that can be saved.
pub fn saved_closure<M: Framed, C>(_: PhantomData<C>, made: Generator<M>) -> Generator<SavedMachine<M, C, Capturing>> {
    Generator::new(SavedMachine { machine: made.into_machine(), types: PhantomData })
}

impl<M: Clone, C, K> Clone for SavedMachine<M, C, K> {
    fn clone(&self) -> Self {
        SavedMachine { machine: self.machine.clone(), types: PhantomData }
    }
}

impl<M: fmt::Debug, C, K> fmt::Debug for SavedMachine<M, C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SavedMachine").field(&self.machine).finish()
    }
}

impl<M: Inspect, C, K> Inspect for SavedMachine<M, C, K> {
    fn code(&self) -> &'static Code {
        self.machine.code()
    }

    fn position(&self) -> u32 {
        self.machine.position()
    }

    fn see(&self, what: u32, show: &mut dyn FnMut(Seen<'_>)) {
        self.machine.see(what, show);
    }
}

impl<S, M: Machine<S>, C, K> Machine<S> for SavedMachine<M, C, K> {
    type Yield = M::Yield;
    type Return = M::Return;

    #[inline(always)]
    fn resume(&mut self, signal: Signal<S>) -> Resumed<M::Yield, M::Return> {
        self.machine.resume(signal)
    }
}
