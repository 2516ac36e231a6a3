//! The header of a saved frame as bytes, worked out once for a suspension point.

#[cfg(feature = "std")]
use alloc::boxed::Box;
#[cfg(feature = "std")]
use std::sync::OnceLock;

/// A header, and of which types. Instances of one generic function share it: the first one that is saved or restored has
/// it, others work theirs out each time.
#[derive(Debug)]
pub(crate) struct KnownHeader(#[cfg(feature = "std")] OnceLock<(&'static str, Box<[u8]>)>);

impl KnownHeader {
    pub(super) const fn new() -> Self {
        KnownHeader(
            #[cfg(feature = "std")]
            OnceLock::new(),
        )
    }
}

#[cfg(feature = "std")]
impl KnownHeader {
    /// That of `types`, which are told by their name.
    #[inline]
    pub(crate) fn get(&self, types: &'static str) -> Option<&[u8]> {
        let (known, header) = self.0.get()?;
        // The same name may be in memory twice, which the second comparison is for.
        (core::ptr::eq(*known, types) || *known == types).then_some(header)
    }

    /// Takes that of `types`, unless it has one.
    pub(crate) fn keep(&self, types: &'static str, header: &[u8]) {
        // Another thread may have been faster.
        _ = self.0.set((types, header.into()));
    }
}

/// There is nothing to wait with while another thread sets it.
#[cfg(not(feature = "std"))]
impl KnownHeader {
    pub(crate) fn get(&self, _: &'static str) -> Option<&[u8]> {
        None
    }

    pub(crate) fn keep(&self, _: &'static str, _: &[u8]) {}
}
