//! A frame as it is written: its header, then the locals that count where it stands, each by its name.
//!
//! What is empty is not written, and what may be empty is a list of none or one: an `Option` would not do, since a text
//! format writes `Some(None)` and `None` in the same way.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Error as _, SerializeStruct};
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::header::{self, Headed, Place, name_of};
use super::{Header, HeaderOf, Position, compact};
use crate::private::{Layout, SavedLocals};

const FIELDS: &[&str] = &["coroutine", "locals"];

/// A frame to be written.
pub(crate) struct Record<'a, L, C> {
    pub(crate) locals: &'a L,
    pub(crate) position: Position,
    pub(crate) codecs: PhantomData<C>,
}

impl<L: SavedLocals<C>, C> Serialize for Record<'_, L, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(layout) = self.position.layout::<L, C>() else {
            let name = name_of::<L, C>();
            return Err(S::Error::custom(format_args!("`{name}` stands where it cannot be saved")));
        };
        let locals = Locals { locals: self.locals, layout, codecs: self.codecs };
        write(&HeaderOf::<L, C>::new(self.position, layout), &locals, serializer)
    }
}

/// Writes a frame of these two parts.
pub(super) fn write<L: SavedLocals<C>, C, S: Serializer>(
    header: &impl Serialize,
    locals: &Locals<'_, L, C>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut record = serializer.serialize_struct("Frame", FIELDS.len())?;
    record.serialize_field("coroutine", header)?;
    record.serialize_field("locals", locals)?;
    record.end()
}

/// The locals to be written.
pub(super) struct Locals<'a, L, C> {
    pub(super) locals: &'a L,
    pub(super) layout: &'static Layout,
    pub(super) codecs: PhantomData<C>,
}

impl<L: SavedLocals<C>, C> Serialize for Locals<'_, L, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Locals", self.layout.slots.len())?;
        for (name, (slot, optional)) in self.layout.names.iter().zip(self.layout.slots) {
            let local = SlotRef { locals: self.locals, slot: *slot, optional: *optional, codecs: PhantomData::<C> };
            fields.serialize_field(name, &local)?;
        }
        fields.end()
    }
}

struct SlotRef<'a, L, C> {
    locals: &'a L,
    slot: usize,
    optional: bool,
    codecs: PhantomData<C>,
}

impl<L: SavedLocals<C>, C> Serialize for SlotRef<'_, L, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.locals.save(self.slot, self.optional, serializer)
    }
}

/// A frame that was read, and fits.
pub(crate) struct Restored<L, C> {
    pub(crate) locals: L,
    pub(crate) position: Position,
    pub(super) layout: &'static Layout,
    codecs: PhantomData<C>,
}

impl<'de, L: SavedLocals<C>, C> Deserialize<'de> for Restored<L, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RecordSeed::new(HeaderSeed::<L, C>(PhantomData)).deserialize(deserializer)
    }
}

/// Reads the header of a frame of `L`.
struct HeaderSeed<L, C>(PhantomData<fn(C) -> L>);

impl<'de, L: SavedLocals<C>, C> DeserializeSeed<'de> for HeaderSeed<L, C> {
    type Value = Place;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Place, D::Error> {
        header::read(self, deserializer)
    }
}

impl<L: SavedLocals<C>, C> Headed for HeaderSeed<L, C> {
    type Value = Place;

    #[inline]
    fn at_once(&self, bytes: &[u8]) -> Option<Place> {
        compact::known_place::<L, C>(bytes)
    }

    fn of<T: AsRef<[u8]>, E: serde_core::de::Error>(self, header: &Header<T>) -> Result<Place, E> {
        header.place::<L, C>().map_err(E::custom)
    }
}

/// Reads a frame, by what reads its header.
pub(super) struct RecordSeed<H, L, C>(H, PhantomData<fn(C) -> L>);

impl<H, L, C> RecordSeed<H, L, C> {
    pub(super) fn new(header: H) -> Self {
        RecordSeed(header, PhantomData)
    }
}

impl<'de, H: DeserializeSeed<'de, Value = Place>, L: SavedLocals<C>, C> DeserializeSeed<'de> for RecordSeed<H, L, C> {
    type Value = Restored<L, C>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_struct("Frame", FIELDS, self)
    }
}

impl<'de, H: DeserializeSeed<'de, Value = Place>, L: SavedLocals<C>, C> Visitor<'de> for RecordSeed<H, L, C> {
    type Value = Restored<L, C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a frame of `{}`", name_of::<L, C>())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let place = fields.next_element_seed(self.0)?.ok_or_else(|| A::Error::missing_field(FIELDS[0]))?;
        fields.next_element_seed(LocalsSeed::new(place))?.ok_or_else(|| A::Error::missing_field(FIELDS[1]))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut header, mut place, mut restored) = (Some(self.0), None, None);
        while let Some(key) = fields.next_key::<String>()? {
            match (key.as_str(), header.take(), place, &restored) {
                ("coroutine", Some(header), ..) => place = Some(fields.next_value_seed(header)?),
                ("locals", _, Some(place), None) => restored = Some(fields.next_value_seed(LocalsSeed::new(place))?),
                // What the locals are is not known before.
                ("locals", _, None, _) => return Err(A::Error::missing_field(FIELDS[0])),
                ("coroutine", ..) => return Err(A::Error::duplicate_field(FIELDS[0])),
                ("locals", ..) => return Err(A::Error::duplicate_field(FIELDS[1])),
                _ => return Err(A::Error::unknown_field(&key, FIELDS)),
            }
        }
        restored.ok_or_else(|| A::Error::missing_field(FIELDS[usize::from(place.is_some())]))
    }
}

/// Reads the locals that are saved at a position.
struct LocalsSeed<L, C> {
    position: Position,
    layout: &'static Layout,
    locals: PhantomData<fn(C) -> L>,
}

impl<L, C> LocalsSeed<L, C> {
    fn new((position, layout): Place) -> Self {
        LocalsSeed { position, layout, locals: PhantomData }
    }

    fn restored(self, locals: L) -> Restored<L, C> {
        Restored { locals, position: self.position, layout: self.layout, codecs: PhantomData }
    }
}

impl<'de, L: SavedLocals<C>, C> DeserializeSeed<'de> for LocalsSeed<L, C> {
    type Value = Restored<L, C>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_struct("Locals", self.layout.names, self)
    }
}

impl<L: SavedLocals<C>, C> LocalsSeed<L, C> {
    fn slot<'a>(&self, locals: &'a mut L, index: usize) -> SlotSeed<'a, L, C> {
        let (slot, optional) = self.layout.slots[index];
        SlotSeed { locals, slot, optional, codecs: PhantomData }
    }

    fn missing<E: serde_core::de::Error>(&self, index: usize) -> E {
        let (name, function) = (self.layout.names[index], name_of::<L, C>());
        E::custom(format_args!("the local `{name}` of `{function}` is missing"))
    }
}

impl<'de, L: SavedLocals<C>, C> Visitor<'de> for LocalsSeed<L, C> {
    type Value = Restored<L, C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the locals of `{}`", name_of::<L, C>())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut locals = L::blank();
        for index in 0..self.layout.slots.len() {
            let read = fields.next_element_seed(self.slot(&mut locals, index))?;
            read.ok_or_else(|| self.missing(index))?;
        }
        Ok(self.restored(locals))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut locals = L::blank();
        let mut read: Vec<bool> = vec![false; self.layout.slots.len()];
        while let Some(key) = fields.next_key::<String>()? {
            let function = name_of::<L, C>();
            let Some(index) = self.layout.names.iter().position(|name| *name == key) else {
                return Err(A::Error::custom(format_args!("`{key}` is no local of `{function}` that is saved here")));
            };
            if core::mem::replace(&mut read[index], true) {
                return Err(A::Error::custom(format_args!("the local `{key}` of `{function}` is there twice")));
            }
            fields.next_value_seed(self.slot(&mut locals, index))?;
        }
        match read.iter().position(|read| !read) {
            Some(index) => Err(self.missing(index)),
            None => Ok(self.restored(locals)),
        }
    }
}

struct SlotSeed<'a, L, C> {
    locals: &'a mut L,
    slot: usize,
    optional: bool,
    codecs: PhantomData<C>,
}

impl<'de, L: SavedLocals<C>, C> DeserializeSeed<'de> for SlotSeed<'_, L, C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.locals.load(self.slot, self.optional, deserializer)
    }
}
