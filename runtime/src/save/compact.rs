//! A header as it is written where people need not read it: as one string of bytes.
//!
//! ```text
//! source    u64, least byte first, as all numbers here
//! shape     u64
//! position  u32, of a frame that is over the greatest
//! length    u32, of the name
//! name      UTF-8
//! label     UTF-8, to the end; nothing if there is none
//! ```
//!
//! To write the fields one by one takes three times as long: serde is asked for each, and most formats write a hash of 64
//! bits in ten pieces.

use alloc::vec::Vec;
use core::any;

use super::header::Place;
use super::{Header, Position};
use crate::private::{CLOSED, Layout, SavedLocals};

/// A function of its own, so that the name is at one place in memory, which is compared first.
#[inline(never)]
fn types<L, C>() -> &'static str {
    any::type_name::<(L, C)>()
}

/// The header of a frame of `L`, if it was worked out before.
#[inline]
pub(super) fn known<L, C>(layout: &Layout) -> Option<&[u8]> {
    layout.header.get(types::<L, C>())
}

/// The header of a frame of `L` that stands at a position.
#[cold]
#[inline(never)]
pub(super) fn worked_out<L: SavedLocals<C>, C>(position: Position, layout: &'static Layout) -> Vec<u8> {
    let header = Header::new::<L, C>(position, layout).to_bytes();
    // The layout of those that are over is one for all functions.
    if position != Position::CLOSED {
        layout.header.keep(types::<L, C>(), &header);
    }
    header
}

/// Where a frame goes on, if its header is the same as if it were saved there now.
#[inline]
pub(super) fn known_place<L: SavedLocals<C>, C>(header: &[u8]) -> Option<Place> {
    let position = Position(u32::from_le_bytes(*header.get(16..)?.first_chunk()?));
    let layout = position.layout::<L, C>()?;
    let is_same = match known::<L, C>(layout) {
        Some(known) => *known == *header,
        None => worked_out::<L, C>(position, layout) == header,
    };
    is_same.then_some((position, layout))
}

impl Header<&'static str> {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.source.to_le_bytes());
        bytes.extend(self.shape.to_le_bytes());
        bytes.extend(self.point.unwrap_or(CLOSED).to_le_bytes());
        bytes.extend((self.name.len() as u32).to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes.extend(self.label.unwrap_or_default().as_bytes());
        bytes
    }
}

impl<'a> Header<&'a [u8]> {
    /// That of which these are the bytes; `None` if there are too few.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        let (source, rest) = bytes.split_first_chunk()?;
        let (shape, rest) = rest.split_first_chunk()?;
        let (point, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (name, label) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        let point = u32::from_le_bytes(*point);
        Some(Header {
            name,
            source: u64::from_le_bytes(*source),
            point: (point != CLOSED).then_some(point),
            label: (!label.is_empty()).then_some(label),
            shape: u64::from_le_bytes(*shape),
        })
    }
}
