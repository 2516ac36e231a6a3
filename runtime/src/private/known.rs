//! The fingerprint of the locals that a frame saves, worked out once.

#[cfg(feature = "std")]
use std::sync::OnceLock;

/// A fingerprint beside the types that it is of. Instances of one generic function share it: the first one that asks has
/// it, others work theirs out each time.
#[derive(Debug)]
pub(super) struct KnownShape(#[cfg(feature = "std")] OnceLock<(&'static str, u64)>);

impl KnownShape {
    pub(super) const fn new() -> Self {
        KnownShape(
            #[cfg(feature = "std")]
            OnceLock::new(),
        )
    }

    /// That of `types`, by their name.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) fn get(&self, types: &'static str, work_out: impl Fn() -> u64) -> u64 {
        let (known, shape) = self.0.get_or_init(|| (types, work_out()));
        // Where the same name is in memory twice, the second comparison tells.
        if core::ptr::eq(*known, types) || *known == types { *shape } else { work_out() }
    }

    /// There is nothing to wait with while another thread works it out.
    #[cfg(not(feature = "std"))]
    pub(super) fn get(&self, _: &'static str, work_out: impl Fn() -> u64) -> u64 {
        work_out()
    }
}
