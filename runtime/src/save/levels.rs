//! The levels of a recursive coroutine as they are written: a list of frames, the outermost first.
//!
//! Most levels are of the same function and stand at the same suspension point. So the header of a frame is written once,
//! and a later frame that has the same one says by number which of those it is.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::any::{Any, TypeId};
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{DeserializeSeed, EnumAccess, Error as _, SeqAccess, Unexpected, VariantAccess, Visitor};
use serde_core::ser::{Error as _, SerializeSeq};
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::header::{self, Headed, Place, name_of};
use super::record::{self, RecordSeed, Restored};
use super::{Header, HeaderOf, Position};
use crate::private::{Layout, LevelFrame, Levels, SavedLocals};

const VARIANTS: &[&str] = &["new", "like"];

/// Where levels are written.
pub struct Writer<W> {
    levels: W,
    /// The number of the header that was written of a type of frame at a position.
    headers: BTreeMap<(TypeId, u32), u32>,
}

impl<W: SerializeSeq> Writer<W> {
    pub(super) fn new(levels: W) -> Self {
        Writer { levels, headers: BTreeMap::new() }
    }

    /// Writes a level. `frame` stands for `L` and `C`.
    pub(crate) fn write<L: SavedLocals<C>, C>(
        &mut self,
        frame: TypeId,
        locals: &L,
        position: Position,
        codecs: PhantomData<C>,
    ) -> Result<&'static Layout, W::Error> {
        let Some(layout) = position.layout::<L, C>() else {
            let name = name_of::<L, C>();
            return Err(W::Error::custom(format_args!("`{name}` stands where it cannot be saved")));
        };
        let next = u32::try_from(self.headers.len()).map_err(W::Error::custom)?;
        let number = *self.headers.entry((frame, position.0)).or_insert(next);
        let header =
            if number == next { Told::New(HeaderOf::<L, C>::new(position, layout)) } else { Told::Like(number) };
        self.levels.serialize_element(&Written { header, locals: record::Locals { locals, layout, codecs } })?;
        Ok(layout)
    }

    pub(super) fn end(self) -> Result<W::Ok, W::Error> {
        self.levels.end()
    }
}

struct Written<'a, L, C> {
    header: Told<L, C>,
    locals: record::Locals<'a, L, C>,
}

impl<L: SavedLocals<C>, C> Serialize for Written<'_, L, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        record::write(&self.header, &self.locals, serializer)
    }
}

/// What a level tells of its header.
enum Told<L, C> {
    New(HeaderOf<L, C>),
    Like(u32),
}

impl<L: SavedLocals<C>, C> Serialize for Told<L, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Told::New(header) => serializer.serialize_newtype_variant("Coroutine", 0, VARIANTS[0], header),
            Told::Like(number) => serializer.serialize_newtype_variant("Coroutine", 1, VARIANTS[1], number),
        }
    }
}

/// Where levels are read.
pub struct Reader<'r, A> {
    levels: A,
    headers: Vec<KnownHeader>,
    /// A `Levels<'static, Y, S>`: those that were read.
    read: &'r mut dyn Any,
}

struct KnownHeader {
    header: Header<Vec<u8>>,
    /// The type of frame that it was last found to fit, and where.
    fits: Option<(TypeId, Place)>,
}

impl<'r, 'de, A: SeqAccess<'de>> Reader<'r, A> {
    pub(super) fn new<Y: 'static, S: 'static>(levels: A, read: &'r mut Levels<'static, Y, S>) -> Self {
        Reader { levels, headers: Vec::new(), read }
    }

    /// Takes a level that was read.
    pub(crate) fn push<Y: 'static, R: 'static, S: 'static, F: LevelFrame<Y, R, S> + 'static>(&mut self, frame: F) {
        if let Some(read) = self.read.downcast_mut::<Levels<'static, Y, S>>() {
            read.turn().enter(frame);
        }
    }

    /// Reads a level. `frame` stands for `L` and `C`.
    pub(crate) fn read<L: SavedLocals<C>, C>(
        &mut self,
        frame: TypeId,
    ) -> Result<(L, Position, &'static Layout), A::Error> {
        let header = ToldSeed { headers: &mut self.headers, frame, types: PhantomData::<fn(C) -> L> };
        match self.levels.next_element_seed(RecordSeed::new(header))? {
            Some(Restored::<L, C> { locals, position, layout, .. }) => Ok((locals, position, layout)),
            None => Err(A::Error::custom(format_args!("a level of `{}` is missing", name_of::<L, C>()))),
        }
    }

    /// No more levels can follow.
    pub(super) fn end(mut self) -> Result<(), A::Error> {
        match self.levels.next_element_seed(NoLevel)? {
            Some(()) | None => Ok(()),
        }
    }
}

/// Reads nothing.
struct NoLevel;

impl<'de> DeserializeSeed<'de> for NoLevel {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(D::Error::custom("there is a level that none has called"))
    }
}

/// Reads what a level of `L` tells of its header.
struct ToldSeed<'r, L, C> {
    headers: &'r mut Vec<KnownHeader>,
    frame: TypeId,
    types: PhantomData<fn(C) -> L>,
}

impl<L: SavedLocals<C>, C> ToldSeed<'_, L, C> {
    fn place<E: serde_core::de::Error>(self, number: usize) -> Result<Place, E> {
        let Some(KnownHeader { header, fits }) = self.headers.get_mut(number) else {
            return Err(E::custom(format_args!("there is no level before that is of coroutine {number}")));
        };
        match fits {
            Some((frame, place)) if *frame == self.frame => Ok(*place),
            _ => {
                let place = header.place::<L, C>().map_err(E::custom)?;
                *fits = Some((self.frame, place));
                Ok(place)
            }
        }
    }
}

impl<'de, L: SavedLocals<C>, C> DeserializeSeed<'de> for ToldSeed<'_, L, C> {
    type Value = Place;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Place, D::Error> {
        deserializer.deserialize_enum("Coroutine", VARIANTS, self)
    }
}

impl<'de, L: SavedLocals<C>, C> Visitor<'de> for ToldSeed<'_, L, C> {
    type Value = Place;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what a level of `{}` is of", name_of::<L, C>())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, told: A) -> Result<Place, A::Error> {
        let (variant, told) = told.variant::<Variant>()?;
        let number = match variant {
            Variant::New => {
                self.headers.push(KnownHeader { header: told.newtype_variant_seed(Owned)?, fits: None });
                self.headers.len() - 1
            }
            Variant::Like => told.newtype_variant::<u32>()? as usize,
        };
        self.place(number)
    }
}

/// Reads a header and keeps it.
struct Owned;

impl<'de> DeserializeSeed<'de> for Owned {
    type Value = Header<Vec<u8>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        header::read(self, deserializer)
    }
}

impl Headed for Owned {
    type Value = Header<Vec<u8>>;

    fn at_once(&self, _: &[u8]) -> Option<Self::Value> {
        None
    }

    fn of<T: AsRef<[u8]>, E: serde_core::de::Error>(self, header: &Header<T>) -> Result<Self::Value, E> {
        Ok(header.to_owned())
    }
}

enum Variant {
    New,
    Like,
}

impl<'de> Deserialize<'de> for Variant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(VariantVisitor)
    }
}

struct VariantVisitor;

impl Visitor<'_> for VariantVisitor {
    type Value = Variant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`new` or `like`")
    }

    fn visit_u64<E: serde_core::de::Error>(self, number: u64) -> Result<Variant, E> {
        match number {
            0 => Ok(Variant::New),
            1 => Ok(Variant::Like),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_str<E: serde_core::de::Error>(self, name: &str) -> Result<Variant, E> {
        self.visit_bytes(name.as_bytes())
    }

    fn visit_bytes<E: serde_core::de::Error>(self, name: &[u8]) -> Result<Variant, E> {
        match name {
            b"new" => Ok(Variant::New),
            b"like" => Ok(Variant::Like),
            _ => Err(E::unknown_variant(&alloc::string::String::from_utf8_lossy(name), VARIANTS)),
        }
    }
}

impl<W> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}

impl<A> fmt::Debug for Reader<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}
