//! What is saved of a frame beside its locals, and whether it fits the source as it is.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_core::ser::SerializeStruct;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::compact;
use crate::Code;
use crate::private::{CLOSED, CREATED, Layout, SavedLocals, Shape};

/// Where a frame stands: the number of a suspension point, which for one before the start is 0, or [`CLOSED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) u32);

impl Position {
    pub(crate) const CLOSED: Self = Position(CLOSED);

    /// What is saved there; `None` if there is no such point.
    #[inline]
    pub(crate) fn layout<L: SavedLocals<C>, C>(self) -> Option<&'static Layout> {
        match self {
            Position::CLOSED => Some(Layout::closed()),
            Position(number) => L::layouts().get(number as usize)?.reachable(),
        }
    }

    fn point(self) -> Option<u32> {
        (self != Position::CLOSED).then_some(self.0)
    }
}

/// A hash, as it is written in a format for people: in hexadecimal digits, since not all of these have 64 bits.
struct Digits(u64);

impl Serialize for Digits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Digits).map_err(D::Error::custom)
    }
}

const FIELDS: &[&str] = &["name", "source", "point", "label", "shape"];

/// What is known of a saved frame before its locals are read. Texts are those that were read, or are written: `T`.
pub(crate) struct Header<T> {
    /// The function's name.
    pub(super) name: T,
    /// The fingerprint of its source.
    pub(super) source: u64,
    /// The suspension point; `None` once the body is over.
    pub(super) point: Option<u32>,
    /// The name of the suspension point.
    pub(super) label: Option<T>,
    /// The fingerprint of the locals that are saved there, by name and type.
    pub(super) shape: u64,
}

impl Header<&'static str> {
    pub(crate) fn new<L: SavedLocals<C>, C>(position: Position, layout: &'static Layout) -> Self {
        Header {
            name: L::CODE.name(),
            source: L::SOURCE,
            point: position.point(),
            label: layout.label,
            shape: Shape::of::<L, C>(layout),
        }
    }

    fn serialize_fields<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut header = serializer.serialize_struct("Coroutine", FIELDS.len())?;
        header.serialize_field("name", &self.name)?;
        header.serialize_field("source", &Digits(self.source))?;
        header.serialize_field("point", &self.point)?;
        header.serialize_field("label", &self.label)?;
        header.serialize_field("shape", &Digits(self.shape))?;
        header.end()
    }
}

/// The header of a frame of `L`, to be written.
pub(crate) struct HeaderOf<L, C> {
    position: Position,
    layout: &'static Layout,
    locals: PhantomData<fn(C) -> L>,
}

impl<L, C> HeaderOf<L, C> {
    pub(crate) fn new(position: Position, layout: &'static Layout) -> Self {
        HeaderOf { position, layout, locals: PhantomData }
    }
}

impl<L: SavedLocals<C>, C> HeaderOf<L, C> {
    #[cold]
    fn serialize_unknown<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&compact::worked_out::<L, C>(self.position, self.layout))
    }
}

impl<L: SavedLocals<C>, C> Serialize for HeaderOf<L, C> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Header::new::<L, C>(self.position, self.layout).serialize_fields(serializer)
        } else {
            match compact::known::<L, C>(self.layout) {
                Some(bytes) => serializer.serialize_bytes(bytes),
                None => self.serialize_unknown(serializer),
            }
        }
    }
}

/// Where a frame goes on that has been read up to its locals.
pub(super) type Place = (Position, &'static Layout);

/// Why a frame does not fit.
pub(crate) enum Misfit<'a, L, C> {
    Function(&'a [u8]),
    Point(u32),
    Unlabelled,
    NoLabel(&'a [u8]),
    Shape(&'static Layout, PhantomData<fn(L) -> C>),
}

impl<L: SavedLocals<C>, C> fmt::Display for Misfit<'_, L, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = L::CODE.name();
        match self {
            Misfit::Function(other) => {
                let other = String::from_utf8_lossy(other);
                write!(f, "a frame of `{other}` was saved, which cannot be restored into `{name}`")
            }
            Misfit::Point(number) => write!(f, "`{name}` has no suspension point {number}"),
            Misfit::Unlabelled => write!(
                f,
                "the source of `{name}` has changed since its frame was saved, and the suspension point has no label by \
                 which it could be found again"
            ),
            Misfit::NoLabel(label) => write!(
                f,
                "the source of `{name}` has changed since its frame was saved, and has no suspension point `'{}` any more",
                String::from_utf8_lossy(label)
            ),
            Misfit::Shape(layout, _) => {
                write!(f, "other locals of `{name}` were saved than there are now")?;
                if let Some(label) = layout.label {
                    write!(f, " at `'{label}`")?;
                }
                f.write_str(":")?;
                for (index, (slot, _)) in layout.slots.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma} {}: ", layout.names[index])?;
                    let mut result = Ok(());
                    L::describe(*slot, &mut Shape::new(&mut |text| result = result.and(f.write_str(text))));
                    result?;
                }
                if layout.slots.is_empty() {
                    f.write_str(" none")?;
                }
                Ok(())
            }
        }
    }
}

impl<T: AsRef<[u8]>> Header<T> {
    /// Where the frame goes on in the source as it is.
    ///
    /// # Errors
    ///
    /// Why it does not.
    pub(crate) fn place<L: SavedLocals<C>, C>(&self) -> Result<Place, Misfit<'_, L, C>> {
        if self.name.as_ref() != L::CODE.name().as_bytes() {
            return Err(Misfit::Function(self.name.as_ref()));
        }
        let Some(number) = self.point else { return Ok((Position::CLOSED, Layout::closed())) };
        let number = match &self.label {
            _ if self.source == L::SOURCE || number == CREATED => number,
            None => return Err(Misfit::Unlabelled),
            Some(label) => {
                let label = label.as_ref();
                let found = L::layouts().iter().position(|layout| layout.label.map(str::as_bytes) == Some(label));
                let found = found.and_then(|found| u32::try_from(found).ok());
                found.ok_or(Misfit::NoLabel(label))?
            }
        };
        let layout = L::layouts().get(number as usize).and_then(Layout::reachable).ok_or(Misfit::Point(number))?;
        if self.shape != Shape::of::<L, C>(layout) {
            return Err(Misfit::Shape(layout, PhantomData));
        }
        Ok((Position(number), layout))
    }
}

impl<T: AsRef<[u8]>> Header<T> {
    pub(super) fn to_owned(&self) -> Header<Vec<u8>> {
        Header {
            name: self.name.as_ref().to_vec(),
            source: self.source,
            point: self.point,
            label: self.label.as_ref().map(|label| label.as_ref().to_vec()),
            shape: self.shape,
        }
    }
}

/// Reads a header of any kind, for what makes something of it.
#[inline]
pub(super) fn read<'de, H: Headed, D: Deserializer<'de>>(headed: H, deserializer: D) -> Result<H::Value, D::Error> {
    if deserializer.is_human_readable() {
        deserializer.deserialize_struct("Coroutine", FIELDS, HeaderVisitor(headed))
    } else {
        deserializer.deserialize_bytes(HeaderVisitor(headed))
    }
}

/// What makes something of a header.
pub(super) trait Headed {
    type Value;

    /// Of the bytes of a header, if they say it as they are.
    fn at_once(&self, bytes: &[u8]) -> Option<Self::Value>;

    /// Of a header, which may be gone afterwards.
    fn of<T: AsRef<[u8]>, E: serde_core::de::Error>(self, header: &Header<T>) -> Result<Self::Value, E>;
}

struct HeaderVisitor<H>(H);

impl<H: Headed> HeaderVisitor<H> {
    #[cold]
    fn taken_apart<E: serde_core::de::Error>(self, bytes: &[u8]) -> Result<H::Value, E> {
        match Header::from_bytes(bytes) {
            Some(header) => self.0.of(&header),
            None => Err(E::invalid_length(bytes.len(), &self)),
        }
    }
}

impl<'de, H: Headed> Visitor<'de> for HeaderVisitor<H> {
    type Value = H::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what a frame is of")
    }

    #[inline]
    fn visit_bytes<E: serde_core::de::Error>(self, bytes: &[u8]) -> Result<H::Value, E> {
        match self.0.at_once(bytes) {
            Some(value) => Ok(value),
            None => self.taken_apart(bytes),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<H::Value, A::Error> {
        let missing = |index: usize| A::Error::missing_field(FIELDS[index]);
        let name: String = fields.next_element()?.ok_or_else(|| missing(0))?;
        let Digits(source) = fields.next_element()?.ok_or_else(|| missing(1))?;
        let point: Option<u32> = fields.next_element()?.ok_or_else(|| missing(2))?;
        let label: Option<String> = fields.next_element()?.ok_or_else(|| missing(3))?;
        let Digits(shape) = fields.next_element()?.ok_or_else(|| missing(4))?;
        self.0.of(&Header { name, source, point, label, shape })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<H::Value, A::Error> {
        let (mut name, mut source, mut point, mut label, mut shape) = (None, None, None, None, None);
        while let Some(key) = fields.next_key::<String>()? {
            match key.as_str() {
                "name" => name = Some(fields.next_value::<String>()?),
                "source" => source = Some(fields.next_value::<Digits>()?),
                "point" => point = Some(fields.next_value()?),
                "label" => label = Some(fields.next_value::<Option<String>>()?),
                "shape" => shape = Some(fields.next_value::<Digits>()?),
                _ => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        let missing = |index: usize| A::Error::missing_field(FIELDS[index]);
        self.0.of(&Header {
            name: name.ok_or_else(|| missing(0))?,
            source: source.ok_or_else(|| missing(1))?.0,
            // A format without a null leaves them out.
            point: point.ok_or_else(|| missing(2))?,
            label: label.flatten(),
            shape: shape.ok_or_else(|| missing(4))?.0,
        })
    }
}

/// The name of a frame's function, as far as a message needs it.
pub(crate) fn name_of<L: SavedLocals<C>, C>() -> &'static str {
    let code: &'static Code = L::CODE;
    code.name()
}
