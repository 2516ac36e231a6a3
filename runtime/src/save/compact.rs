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

use alloc::vec;

use super::{Header, Position};

const FIXED: usize = 24;

impl Header<&'static str> {
    /// Hands over its bytes.
    pub(super) fn with_bytes<R>(&self, write: impl FnOnce(&[u8]) -> R) -> R {
        let label = self.label.unwrap_or_default();
        let length = FIXED + self.name.len() + label.len();
        let (mut short, mut long) = ([0; 64], vec![]);
        let bytes = match short.get_mut(..length) {
            Some(bytes) => bytes,
            None => {
                long.resize(length, 0);
                &mut long[..]
            }
        };
        bytes[..8].copy_from_slice(&self.source.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.shape.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.position.number().to_le_bytes());
        bytes[20..FIXED].copy_from_slice(&(self.name.len() as u32).to_le_bytes());
        let (name, rest) = bytes[FIXED..].split_at_mut(self.name.len());
        name.copy_from_slice(self.name.as_bytes());
        rest.copy_from_slice(label.as_bytes());
        write(bytes)
    }
}

impl<'a> Header<&'a [u8]> {
    /// That of which these are the bytes; `None` if there are too few.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        let (source, rest) = bytes.split_first_chunk()?;
        let (shape, rest) = rest.split_first_chunk()?;
        let (position, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (name, label) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        Some(Header {
            name,
            source: u64::from_le_bytes(*source),
            position: Position::of(u32::from_le_bytes(*position)),
            label: (!label.is_empty()).then_some(label),
            shape: u64::from_le_bytes(*shape),
        })
    }
}
