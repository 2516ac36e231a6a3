//! An allocator that counts: the system's, and two counters of the thread.
//!
//! Thread-local counters cost an instruction each; atomic ones would cost those contestants that allocate dearly.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static MADE: Cell<u64> = const { Cell::new(0) };
    static ALIVE: Cell<i64> = const { Cell::new(0) };
}

/// How many allocations this thread has made. It needs [`Counting`] as the global allocator.
#[must_use]
pub fn made() -> u64 {
    MADE.get()
}

/// How many bytes this thread has allocated more than it has freed. It needs [`Counting`] as the global allocator.
#[must_use]
pub fn alive() -> i64 {
    ALIVE.get()
}

/// The allocator: `#[global_allocator] static COUNTING: Counting = Counting;`.
#[derive(Debug)]
pub struct Counting;

// SAFETY: all is done by `System`, with the arguments that came in. The counters are constants at first and have no
// destructor, so that reaching them neither allocates nor fails when a thread ends.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MADE.set(MADE.get() + 1);
        ALIVE.set(ALIVE.get() + layout.size() as i64);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        MADE.set(MADE.get() + 1);
        ALIVE.set(ALIVE.get() + layout.size() as i64);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALIVE.set(ALIVE.get() - layout.size() as i64);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        MADE.set(MADE.get() + 1);
        ALIVE.set(ALIVE.get() + size as i64 - layout.size() as i64);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
