//! What is saved of a frame beside its locals, and whether it fits the source as it is.

use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_core::ser::SerializeStruct;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Code;
use crate::private::{CLOSED, CREATED, Layout, SavedLocals, Shape};

/// Where a frame stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// Before the start, which is 0, or at the suspension point of this number.
    At(u32),
    /// Its body is over.
    Closed,
}

impl Position {
    pub(crate) fn of(number: u32) -> Self {
        if number == CLOSED { Position::Closed } else { Position::At(number) }
    }

    pub(crate) fn number(self) -> u32 {
        match self {
            Position::At(number) => number,
            Position::Closed => CLOSED,
        }
    }

    /// What is saved there; `None` if there is no such point.
    pub(crate) fn layout<L: SavedLocals<C>, C>(self) -> Option<&'static Layout> {
        match self {
            Position::At(number) => L::layouts().get(number as usize)?.reachable(),
            Position::Closed => Some(Layout::closed()),
        }
    }
}

/// A hash. In a format for people it is written in hexadecimal digits, since not all of these have 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fingerprint(u64);

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&format_args!("{:016x}", self.0))
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Fingerprint);
        }
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Fingerprint).map_err(D::Error::custom)
    }
}

const FIELDS: &[&str] = &["name", "source", "point", "label", "shape"];

/// What is known of a saved frame before its locals are read.
pub(crate) struct Header<N = String> {
    /// The function's name.
    name: N,
    /// The fingerprint of its source.
    source: Fingerprint,
    /// The suspension point; `None` once the body is over.
    point: Option<u32>,
    /// The name of the suspension point.
    label: Option<N>,
    /// The fingerprint of the locals that are saved there, by name and type.
    shape: Fingerprint,
}

impl Header<&'static str> {
    pub(crate) fn new<L: SavedLocals<C>, C>(position: Position, layout: &'static Layout) -> Self {
        Header {
            name: L::CODE.name(),
            source: Fingerprint(L::SOURCE),
            point: match position {
                Position::At(number) => Some(number),
                Position::Closed => None,
            },
            label: layout.label,
            shape: Fingerprint(layout.shape::<L, C>()),
        }
    }
}

impl Serialize for Header<&'static str> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut header = serializer.serialize_struct("Coroutine", FIELDS.len())?;
        header.serialize_field("name", &self.name)?;
        header.serialize_field("source", &self.source)?;
        header.serialize_field("point", &self.point)?;
        header.serialize_field("label", &self.label)?;
        header.serialize_field("shape", &self.shape)?;
        header.end()
    }
}

/// Why a frame does not fit.
pub(crate) enum Misfit<'a, L, C> {
    Function(&'a str),
    Point(u32),
    Unlabelled,
    NoLabel(&'a str),
    Shape(&'static Layout, PhantomData<fn(L) -> C>),
}

impl<L: SavedLocals<C>, C> fmt::Display for Misfit<'_, L, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = L::CODE.name();
        match self {
            Misfit::Function(other) => {
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
                "the source of `{name}` has changed since its frame was saved, and has no suspension point `'{label}` any \
                 more"
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

impl Header {
    /// Where the frame goes on in the source as it is.
    ///
    /// # Errors
    ///
    /// Why it does not.
    pub(crate) fn position<L: SavedLocals<C>, C>(&self) -> Result<(Position, &'static Layout), Misfit<'_, L, C>> {
        if self.name != L::CODE.name() {
            return Err(Misfit::Function(&self.name));
        }
        let Some(number) = self.point else { return Ok((Position::Closed, Layout::closed())) };
        let position = match &self.label {
            _ if self.source.0 == L::SOURCE || number == CREATED => Position::At(number),
            None => return Err(Misfit::Unlabelled),
            Some(label) => {
                let found = L::layouts().iter().position(|layout| layout.label == Some(label));
                let found = found.and_then(|found| u32::try_from(found).ok());
                Position::At(found.ok_or(Misfit::NoLabel(label))?)
            }
        };
        let layout = position.layout::<L, C>().ok_or(Misfit::Point(number))?;
        if self.shape.0 != layout.shape::<L, C>() {
            return Err(Misfit::Shape(layout, PhantomData));
        }
        Ok((position, layout))
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Coroutine", FIELDS, HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what a frame is of")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Header, A::Error> {
        let missing = |index: usize| A::Error::missing_field(FIELDS[index]);
        Ok(Header {
            name: fields.next_element()?.ok_or_else(|| missing(0))?,
            source: fields.next_element()?.ok_or_else(|| missing(1))?,
            point: fields.next_element()?.ok_or_else(|| missing(2))?,
            label: fields.next_element()?.ok_or_else(|| missing(3))?,
            shape: fields.next_element()?.ok_or_else(|| missing(4))?,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Header, A::Error> {
        let (mut name, mut source, mut point, mut label, mut shape) = (None, None, None, None, None);
        while let Some(key) = fields.next_key::<String>()? {
            match key.as_str() {
                "name" => name = Some(fields.next_value()?),
                "source" => source = Some(fields.next_value()?),
                "point" => point = Some(fields.next_value()?),
                "label" => label = Some(fields.next_value()?),
                "shape" => shape = Some(fields.next_value()?),
                _ => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        let missing = |index: usize| A::Error::missing_field(FIELDS[index]);
        Ok(Header {
            name: name.ok_or_else(|| missing(0))?,
            source: source.ok_or_else(|| missing(1))?,
            // A format without a null leaves them out.
            point: point.ok_or_else(|| missing(2))?,
            label: label.flatten(),
            shape: shape.ok_or_else(|| missing(4))?,
        })
    }
}

/// The name of a frame's function, as far as a message needs it.
pub(crate) fn name_of<L: SavedLocals<C>, C>() -> &'static str {
    let code: &'static Code = L::CODE;
    code.name()
}
