//! Memory that a thread has freed, kept for the next who takes as much.
//!
//! The invariant: what is in a list is memory from the allocator, of the layout that its size stands for, and nobody else's.

#![allow(unsafe_code)]

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::ptr::NonNull;

/// Memory is of sizes that are multiples of this, so that few sizes are needed.
const UNIT: usize = 16;
/// How many sizes are kept.
const SIZES: usize = 32;

/// The number of a list, or [`SIZES`] for what is not kept.
#[derive(Clone, Copy)]
pub(super) struct Size(u32);

impl Size {
    /// Of what is not kept.
    pub(super) const NONE: Size = Size(SIZES as u32);

    /// Of a [`rounded`] layout.
    pub(super) const fn of(layout: Layout) -> Size {
        let units = layout.size() / UNIT;
        if layout.align() == UNIT && units < SIZES { Size(units as u32) } else { Size::NONE }
    }
}

/// The layout of memory for that much.
#[inline(always)]
pub(super) const fn rounded(layout: Layout) -> Layout {
    match layout.align_to(UNIT) {
        Ok(layout) => layout.pad_to_align(),
        Err(_) => panic!("coframe: a frame is too large"),
    }
}

/// Memory of this [`rounded`] layout, which is not empty, and has this size.
#[inline(always)]
pub(super) fn take(size: Size, layout: Layout) -> NonNull<u8> {
    match kept::take(size) {
        Some(memory) => memory,
        None => allocate(layout.size(), layout.align()),
    }
}

/// Keeps memory for the next [`take`], if there is room.
///
/// # Safety
///
/// It came from [`take`] by this size, and is not used again if it is kept.
#[inline(always)]
pub(super) unsafe fn keep(memory: NonNull<u8>, size: Size) -> bool {
    // SAFETY: as the caller says.
    unsafe { kept::keep(memory, size) }
}

/// What is not there is an abort, as it is where nothing has a say in it: unwinding cannot leave an `extern "C"` function.
/// So a value that waits for memory need not be where it could be dropped.
#[cold]
#[inline(never)]
extern "C" fn allocate(size: usize, align: usize) -> NonNull<u8> {
    kept::open();
    // SAFETY: these come from a layout, which is not empty, as the caller of `take` says.
    unsafe {
        let layout = Layout::from_size_align_unchecked(size, align);
        NonNull::new(alloc(layout)).unwrap_or_else(|| handle_alloc_error(layout))
    }
}

/// Gives memory back to the allocator.
///
/// # Safety
///
/// It came from [`take`] by this layout, and is not used again.
pub(super) unsafe fn free(memory: NonNull<u8>, layout: Layout) {
    // SAFETY: as the caller says.
    unsafe { dealloc(memory.as_ptr(), layout) };
}

#[cfg(feature = "std")]
mod kept {
    use core::alloc::Layout;
    use core::cell::Cell;
    use core::ptr::NonNull;

    use super::{SIZES, Size, UNIT};

    /// How many bytes of each size are kept.
    const MOST: usize = 1 << 16;

    std::thread_local! {
        // Without a destructor, so that there is nothing to look at before it can be used.
        static KEPT: Kept = const { Kept { lists: [const { Cell::new(None) }; SIZES], most: Cell::new(0) } };
        static OPEN: Open = const { Open };
    }

    struct Kept {
        lists: [Cell<Option<NonNull<Piece>>>; SIZES],
        /// How many bytes of each size are kept. None, unless the end of the thread will free them.
        most: Cell<usize>,
    }

    /// What stands in memory that is kept.
    struct Piece {
        next: Option<NonNull<Piece>>,
        /// How many bytes there are from here on.
        bytes: usize,
    }

    const _: () = assert!(size_of::<Piece>() <= UNIT && align_of::<Piece>() <= UNIT);

    #[inline(always)]
    pub(super) fn take(size: Size) -> Option<NonNull<u8>> {
        KEPT.with(|kept| {
            let list = kept.lists.get(size.0 as usize)?;
            let first = list.get()?;
            // SAFETY: what is in a list is nobody else's.
            list.set(unsafe { first.as_ref() }.next);
            Some(first.cast())
        })
    }

    /// Keeps memory, if there is room.
    ///
    /// # Safety
    ///
    /// The memory is from the allocator, of the layout that the size stands for, and not used again if it is kept.
    #[inline(always)]
    pub(super) unsafe fn keep(memory: NonNull<u8>, size: Size) -> bool {
        KEPT.with(|kept| {
            let Some(list) = kept.lists.get(size.0 as usize) else { return false };
            let next = list.get();
            // SAFETY: what is in a list is nobody else's.
            let bytes = size.0 as usize * UNIT + next.map_or(0, |next| unsafe { next.as_ref() }.bytes);
            let room = bytes <= kept.most.get();
            if room {
                let first = memory.cast::<Piece>();
                // SAFETY: the memory is large enough and aligned for a piece.
                unsafe { first.write(Piece { next, bytes }) };
                list.set(Some(first));
            }
            room
        })
    }

    /// Frees what is kept at the end of the thread, after which nothing is kept.
    struct Open;

    /// Begins to keep memory, unless the thread is about to end.
    pub(super) fn open() {
        _ = OPEN.try_with(|_| KEPT.with(|kept| kept.most.set(MOST)));
    }

    impl Drop for Open {
        fn drop(&mut self) {
            KEPT.with(|kept| {
                kept.most.set(0);
                for (units, list) in kept.lists.iter().enumerate() {
                    let Ok(layout) = Layout::from_size_align(units * UNIT, UNIT) else { continue };
                    while let Some(first) = list.get() {
                        // SAFETY: what is in a list is nobody else's.
                        unsafe {
                            list.set(first.as_ref().next);
                            super::free(first.cast(), layout);
                        }
                    }
                }
            });
        }
    }
}

/// Where there are no threads to keep something, nothing is kept.
#[cfg(not(feature = "std"))]
mod kept {
    use core::ptr::NonNull;

    use super::Size;

    pub(super) fn take(_: Size) -> Option<NonNull<u8>> {
        None
    }

    pub(super) unsafe fn keep(_: NonNull<u8>, _: Size) -> bool {
        false
    }

    pub(super) fn open() {}
}
