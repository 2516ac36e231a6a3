//! Where the levels of recursive coroutines are: blocks of memory that a thread takes again and again.
//!
//! Blocks are cut from slabs of one size each. What is given back goes into a list of its size, from which the next is
//! taken; if there is enough in the lists, it goes back to its slab, which is freed with the last of its blocks.
//!
//! The invariant: a block has a [`Header`] right before what it is for. What is in a list is a block of the size of that
//! list, and nobody else's. A slab lives as long as one of its blocks has not gone back to it.

#![allow(unsafe_code)]

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::cell::Cell;
use core::ptr::NonNull;

/// What stands before a value.
pub(super) struct Header {
    /// How many handles to the value there are.
    pub(super) handles: Cell<u32>,
    /// What its user knows of it.
    pub(super) marks: Cell<u8>,
    size: Size,
    /// Which block of its slab it is.
    #[cfg_attr(not(feature = "std"), expect(dead_code, reason = "without threads there are no slabs"))]
    index: u16,
}

/// A size of blocks in [`UNIT`]s, or that of a block which is alone in its memory.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Size(u8);

/// What sizes are multiples of, and blocks aligned to.
const UNIT: usize = 16;
/// How many sizes there are.
const SIZES: usize = 32;
const ALONE: Size = Size(SIZES as u8);

/// The memory for a value with its header, where in it the value is, and its size.
#[inline(always)]
const fn block(value: Layout) -> (Layout, usize, Size) {
    let Ok((block, offset)) = Layout::new::<Header>().extend(value) else { panic!("coframe: a frame is too large") };
    let block = block.pad_to_align();
    let units = block.size().div_ceil(UNIT);
    let small = cfg!(feature = "std") && offset == size_of::<Header>() && units < SIZES;
    (block, offset, if small { Size(units as u8) } else { ALONE })
}

/// Memory for a value, whose header says that it has one handle and no marks.
#[inline(always)]
pub(super) fn take<T>() -> NonNull<T> {
    let size = const { block(Layout::new::<T>()).2 };
    let value = if size == ALONE {
        let (layout, offset, size) = const { block(Layout::new::<T>()) };
        let memory = allocate(layout.size(), layout.align());
        // SAFETY: the layout has room for a header before the value.
        unsafe {
            let value = memory.add(offset).cast::<T>();
            value.cast::<Header>().sub(1).write(Header { handles: Cell::new(1), marks: Cell::new(0), size, index: 0 });
            value
        }
    } else {
        kept::take(size).cast()
    };
    // SAFETY: a header stands before the value.
    unsafe {
        let header = value.cast::<Header>().sub(1).as_ref();
        header.handles.set(1);
        header.marks.set(0);
    }
    value
}

/// Takes the memory of a value back.
///
/// # Safety
///
/// It came from [`take`] for a value of this type, and is not used again.
#[inline(always)]
pub(super) unsafe fn give<T: ?Sized>(value: NonNull<T>) {
    // SAFETY: as the caller says.
    unsafe {
        let size = value.cast::<Header>().sub(1).as_ref().size;
        if size == ALONE {
            free_alone(value);
        } else {
            kept::give(value.cast(), size);
        }
    }
}

/// # Safety
///
/// As for [`give`], of what is alone.
#[cold]
#[inline(never)]
unsafe fn free_alone<T: ?Sized>(value: NonNull<T>) {
    // SAFETY: this is the layout that it was taken by.
    unsafe {
        let (layout, offset, _) = block(Layout::for_value(value.as_ref()));
        dealloc(value.cast::<u8>().sub(offset).as_ptr(), layout);
    }
}

/// Memory of a layout that is not empty. If there is none, that is an abort: nothing unwinds out of an `extern "C"` function,
/// so that a value which waits for memory need not be where it could be dropped.
#[cold]
#[inline(never)]
extern "C" fn allocate(size: usize, align: usize) -> NonNull<u8> {
    let Ok(layout) = Layout::from_size_align(size, align) else { panic!("coframe: no layout") };
    // SAFETY: what is allocated has room for a header.
    NonNull::new(unsafe { alloc(layout) }).unwrap_or_else(|| handle_alloc_error(layout))
}

#[cfg(feature = "std")]
mod kept {
    use core::alloc::Layout;
    use core::cell::Cell;
    use core::ptr::NonNull;

    use super::{Header, SIZES, Size, UNIT, allocate, dealloc};

    /// How many bytes of blocks a thread keeps beyond what is in use.
    const MOST: isize = 1 << 20;
    /// How large a slab is, about.
    const SLAB: usize = 4000;

    std::thread_local! {
        // Without a destructor, so that there is nothing to look at before it can be used.
        static LISTS: Lists = const { Lists { first: [const { Cell::new(None) }; SIZES], room: Cell::new(0) } };
        static OPEN: Open = const { Open(Cell::new(false)) };
    }

    struct Lists {
        first: [Cell<Option<NonNull<Free>>>; SIZES],
        /// How many more bytes are kept, which is less than none if a slab was cut while there was little room. There is
        /// none unless the end of the thread will free what is kept.
        room: Cell<isize>,
    }

    /// A block in a list: what stands behind its header.
    struct Free {
        next: Option<NonNull<Free>>,
    }

    /// What stands at the start of a slab.
    #[repr(align(16))]
    struct Slab {
        /// How many of its blocks have not gone back to it.
        out: usize,
        layout: Layout,
    }

    /// Frees what is kept at the end of the thread, after which nothing is kept.
    struct Open(Cell<bool>);

    impl Size {
        fn bytes(self) -> usize {
            usize::from(self.0) * UNIT
        }
    }

    impl Drop for Open {
        fn drop(&mut self) {
            LISTS.with(|lists| {
                lists.room.set(isize::MIN / 2);
                for list in &lists.first {
                    while let Some(first) = list.get() {
                        // SAFETY: what is in a list is nobody else's.
                        unsafe {
                            list.set(first.as_ref().next);
                            put_back(first.cast());
                        }
                    }
                }
            });
        }
    }

    /// What stands behind the header of a block.
    #[inline(always)]
    pub(super) fn take(size: Size) -> NonNull<u8> {
        LISTS.with(|lists| {
            let list = &lists.first[size.0 as usize];
            let Some(first) = list.get() else { return cut(size.0) };
            // SAFETY: what is in a list is nobody else's.
            list.set(unsafe { first.as_ref() }.next);
            lists.room.set(lists.room.get() + size.bytes() as isize);
            first.cast()
        })
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// It came from [`take`] by this size, and is not used again.
    #[inline(always)]
    pub(super) unsafe fn give(block: NonNull<u8>, size: Size) {
        LISTS.with(|lists| {
            let room = lists.room.get() - size.bytes() as isize;
            // SAFETY: as the caller says.
            unsafe {
                if room < 0 {
                    put_back(block);
                } else {
                    lists.room.set(room);
                    keep(lists, block, size);
                }
            }
        });
    }

    /// Puts a block into its list.
    ///
    /// # Safety
    ///
    /// As for [`give`].
    #[inline(always)]
    unsafe fn keep(lists: &Lists, block: NonNull<u8>, size: Size) {
        let (list, first) = (&lists.first[size.0 as usize], block.cast::<Free>());
        // SAFETY: as the caller says; a block is large enough and aligned for this.
        unsafe { first.write(Free { next: list.get() }) };
        list.set(Some(first));
    }

    /// Cuts a new slab into blocks of so many units, of which all but one go into their list. It is `extern "C"` for the
    /// reason that [`allocate`] is.
    #[cold]
    #[inline(never)]
    extern "C" fn cut(units: u8) -> NonNull<u8> {
        LISTS.with(|lists| cut_into(lists, Size(units)))
    }

    fn cut_into(lists: &Lists, size: Size) -> NonNull<u8> {
        // A thread that is about to end keeps nothing.
        let open = OPEN.try_with(|open| {
            if !open.0.replace(true) {
                lists.room.set(lists.room.get() + MOST);
            }
        });
        let blocks = if open.is_ok() { SLAB / size.bytes() } else { 1 };
        lists.room.set(lists.room.get() - ((blocks - 1) * size.bytes()) as isize);
        let bytes = size_of::<Slab>() + blocks * size.bytes();
        let Ok(layout) = Layout::from_size_align(bytes, align_of::<Slab>()) else {
            unreachable!("coframe: slabs are small")
        };
        let slab = allocate(layout.size(), layout.align()).cast::<Slab>();
        // SAFETY: the memory has room for the start of a slab and so many blocks behind it.
        unsafe {
            slab.write(Slab { out: blocks, layout });
            for index in (0..blocks as u16).rev() {
                let header = slab.add(1).cast::<u8>().add(usize::from(index) * size.bytes()).cast::<Header>();
                header.write(Header { handles: Cell::new(0), marks: Cell::new(0), size, index });
                let block = header.add(1).cast();
                if index == 0 {
                    return block;
                }
                keep(lists, block, size);
            }
        }
        unreachable!("coframe: a slab has a first block")
    }

    /// Puts a block back into its slab.
    ///
    /// # Safety
    ///
    /// As for [`give`].
    #[cold]
    #[inline(never)]
    unsafe fn put_back(block: NonNull<u8>) {
        // SAFETY: as the caller says; a slab lives as long as a block has not gone back.
        unsafe {
            let header = block.cast::<Header>().sub(1);
            let Header { size, index, .. } = *header.as_ref();
            let mut slab = header.cast::<u8>().sub(usize::from(index) * size.bytes()).cast::<Slab>().sub(1);
            let Slab { out, layout } = slab.as_mut();
            *out -= 1;
            if *out == 0 {
                dealloc(slab.as_ptr().cast(), *layout);
            }
        }
    }
}

/// Where there are no threads to keep something, each block is alone.
#[cfg(not(feature = "std"))]
mod kept {
    use core::ptr::NonNull;

    use super::Size;

    pub(super) fn take(_: Size) -> NonNull<u8> {
        unreachable!("coframe: no block has a size")
    }

    pub(super) unsafe fn give(_: NonNull<u8>, _: Size) {
        unreachable!("coframe: no block has a size")
    }
}
