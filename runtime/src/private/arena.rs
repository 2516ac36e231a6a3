//! Where the levels of a recursive coroutine are: a stack of bytes, in chunks that stay where they are.
//!
//! A level is only ever put on the others and only ever taken from the top. So to put one is to move a pointer, and so is to
//! take it. A chunk that gets empty is kept until another one does, so that calls at the border of two do not allocate. A
//! thread keeps some chunks for the next arena.
//!
//! The invariant: `cursor` is in the last chunk, or all of it is null, and what lies between a place that was given and the
//! cursor's top is nobody else's.

#![allow(unsafe_code)]

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use alloc::vec::Vec;
use core::alloc::Layout;
use core::cell::Cell;
use core::mem;
use core::ptr::{self, NonNull};

/// What sizes are multiples of, and places aligned to.
const UNIT: usize = 16;
/// The size of the first chunk. Each is twice as large as the one before, up to [`LARGEST`].
const SMALLEST: usize = 1 << 11;
const LARGEST: usize = 1 << 16;

/// Memory for values, of which the one that was put there last is the first to go.
pub(super) struct Arena {
    top: Cell<*mut u8>,
    end: Cell<*mut u8>,
    /// The first place in the chunk.
    first: Cell<*mut u8>,
    chunks: Cell<Vec<Chunk>>,
    /// A chunk that is empty.
    spare: Cell<Option<Memory>>,
}

struct Chunk {
    memory: Memory,
    /// Where the cursor was before this chunk was there.
    below: [*mut u8; 3],
}

/// What was allocated, and is freed when this is dropped.
struct Memory {
    start: NonNull<u8>,
    layout: Layout,
}

impl Arena {
    pub(super) const fn new() -> Self {
        Arena {
            top: Cell::new(ptr::null_mut()),
            end: Cell::new(ptr::null_mut()),
            first: Cell::new(ptr::null_mut()),
            chunks: Cell::new(Vec::new()),
            spare: Cell::new(None),
        }
    }

    /// A place for a value on top of the others.
    #[inline(always)]
    pub(super) fn push<T>(&self) -> NonNull<T> {
        let layout = const { Layout::new::<T>() };
        let size = const { size_of::<T>().next_multiple_of(UNIT) };
        let top = self.top.get();
        let room = self.end.get().addr() - top.addr();
        // More than the unit's alignment is rare, and is had by chunks.
        if room < size || layout.align() > UNIT {
            return self.push_chunk(size, layout.align()).cast();
        }
        self.top.set(top.wrapping_add(size));
        // SAFETY: the place is in a chunk, which is not at null.
        unsafe { NonNull::new_unchecked(top.cast()) }
    }

    /// Takes the place back that was given last. What was there is gone.
    #[inline(always)]
    pub(super) fn pop(&self, place: NonNull<u8>) {
        if place.as_ptr() == self.first.get() {
            self.pop_chunk();
        } else {
            self.top.set(place.as_ptr());
        }
    }

    /// The first place of another chunk.
    // `extern "C"`, so that it is known not to unwind: a value that waits for its place need not be where it could be dropped.
    #[cold]
    #[inline(never)]
    extern "C" fn push_chunk(&self, size: usize, align: usize) -> NonNull<u8> {
        let mut chunks = self.chunks.take();
        let last = chunks.last().map_or(SMALLEST / 2, |chunk| chunk.memory.layout.size());
        let memory = self.spare.take().or_else(kept::take).filter(|memory| memory.fits(size, align));
        let memory = memory.unwrap_or_else(|| Memory::new((2 * last).min(LARGEST).max(size), align.max(UNIT)));
        let (start, bytes) = (memory.start, memory.layout.size());
        chunks.push(Chunk { memory, below: [self.top.get(), self.end.get(), self.first.get()] });
        self.chunks.set(chunks);
        self.first.set(start.as_ptr());
        self.end.set(start.as_ptr().wrapping_add(bytes));
        self.top.set(start.as_ptr().wrapping_add(size));
        start
    }

    /// Leaves the last chunk, of which the first place is taken back.
    #[cold]
    #[inline(never)]
    fn pop_chunk(&self) {
        let mut chunks = self.chunks.take();
        if let Some(Chunk { memory, below: [top, end, first] }) = chunks.pop() {
            self.top.set(top);
            self.end.set(end);
            self.first.set(first);
            if let Some(spare) = self.spare.replace(Some(memory)) {
                kept::give(spare);
            }
        }
        self.chunks.set(chunks);
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // The last first: they lie where an allocator would give memory back to the system, which is slow.
        let chunks = mem::take(self.chunks.get_mut()).into_iter().rev();
        self.spare.take().into_iter().chain(chunks.map(|chunk| chunk.memory)).for_each(kept::give);
    }
}

impl Memory {
    fn new(size: usize, align: usize) -> Self {
        let Ok(layout) = Layout::from_size_align(size, align) else { panic!("coframe: a frame is too large") };
        // SAFETY: the size is not 0: `Arena::push_chunk` asks for `SMALLEST` at least.
        let Some(start) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        Memory { start, layout }
    }

    fn fits(&self, size: usize, align: usize) -> bool {
        self.layout.size() >= size && self.layout.align() >= align
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it was allocated by this layout.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}

/// What a thread keeps for the next arena.
#[cfg(feature = "std")]
mod kept {
    use alloc::vec::Vec;
    use core::cell::RefCell;

    use super::Memory;

    /// How many bytes at most.
    const MOST: usize = 1 << 20;

    std::thread_local! {
        static KEPT: RefCell<(Vec<Memory>, usize)> = const { RefCell::new((Vec::new(), 0)) };
    }

    pub(super) fn take() -> Option<Memory> {
        let take = |kept: &RefCell<(Vec<Memory>, usize)>| {
            let (chunks, bytes) = &mut *kept.borrow_mut();
            let memory = chunks.pop()?;
            *bytes -= memory.layout.size();
            Some(memory)
        };
        KEPT.try_with(take).ok().flatten()
    }

    pub(super) fn give(memory: Memory) {
        let size = memory.layout.size();
        // At the end of the thread it is dropped.
        _ = KEPT.try_with(|kept| {
            let (chunks, bytes) = &mut *kept.borrow_mut();
            if *bytes + size <= MOST {
                *bytes += size;
                chunks.push(memory);
            }
        });
    }
}

/// Where there are no threads nothing is kept.
#[cfg(not(feature = "std"))]
mod kept {
    use super::Memory;

    pub(super) const fn take() -> Option<Memory> {
        None
    }

    pub(super) fn give(memory: Memory) {
        drop(memory);
    }
}
