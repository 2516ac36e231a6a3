//! What a frame costs: its size beside a struct written by hand, and no allocation at all.

#![allow(dead_code, reason = "the handwritten structs are only measured")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::mem::{size_of, size_of_val};

use coframe::{CoroutineExt, Signal, Step};

/// Counts the allocations of the current thread.
struct Counting;

thread_local!(static ALLOCATIONS: Cell<usize> = const { Cell::new(0) });

// SAFETY: every method forwards to `System`, whose contract is the same; the counter neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps `GlobalAlloc::alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `GlobalAlloc::dealloc`'s contract, and the block came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps `GlobalAlloc::realloc`'s contract, and the block came from `System`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(body: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    body();
    ALLOCATIONS.get() - before
}

#[coframe::coroutine]
fn empty() {}

#[coframe::coroutine(yield = u32)]
fn one_yield() {
    yield_!(1);
}

#[coframe::coroutine(yield = u32)]
fn range(from: u32, to: u32) {
    let mut n = from;
    while n < to {
        yield_!(n);
        n += 1;
    }
}

#[coframe::coroutine(yield = u64)]
fn fibonacci() {
    let (mut a, mut b) = (0u64, 1u64);
    loop {
        yield_!(a);
        (a, b) = (b, a + b);
    }
}

#[coframe::coroutine(yield = u64)]
fn xorshift(seed: u64) {
    let mut x = seed;
    loop {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        yield_!(x);
    }
}

#[coframe::coroutine(yield = f64, send = f64)]
fn averager() {
    let (mut sum, mut count) = (0.0, 0.0);
    loop {
        sum += yield_!(if count == 0.0 { 0.0 } else { sum / count });
        count += 1.0;
    }
}

#[coframe::coroutine(yield = &T)]
fn over_slice<T>(all: &[T]) {
    for item in all.iter() {
        yield_!(item);
    }
}

#[coframe::coroutine(yield = u8)]
fn buffer() {
    let bytes = [0u8; 4096];
    let mut i = 0;
    while i < bytes.len() {
        yield_!(bytes[i]);
        i += 1;
    }
}

#[coframe::coroutine(yield = usize)]
fn two_scopes(a: [u64; 8]) {
    {
        let b = [1u64; 8];
        yield_!(b.len());
        black_box(b);
    }
    {
        let c = [2u64; 8];
        yield_!(c.len());
        black_box(c);
    }
    yield_!(a.len());
    black_box(a);
}

struct RangeByHand {
    position: u32,
    from: Option<u32>,
    to: Option<u32>,
    n: Option<u32>,
}

struct FibonacciByHand {
    position: u32,
    a: Option<u64>,
    b: Option<u64>,
}

struct XorshiftByHand {
    position: u32,
    seed: Option<u64>,
    x: Option<u64>,
}

struct AveragerByHand {
    position: u32,
    sum: Option<f64>,
    count: Option<f64>,
}

struct OverSliceByHand<'a, T> {
    position: u32,
    all: Option<&'a [T]>,
    iter: Option<std::slice::Iter<'a, T>>,
}

struct BufferByHand {
    position: u32,
    locals: BufferLocals,
}

struct BufferLocals {
    bytes: Option<[u8; 4096]>,
    i: Option<usize>,
}

struct TwoScopesByHand {
    position: u32,
    a: Option<[u64; 8]>,
    b: Option<[u64; 8]>,
    c: Option<[u64; 8]>,
}

/// The bound is a struct with the position and a slot for every argument and every local that lives across a yield.
#[test]
fn frames_are_no_bigger_than_their_slots() {
    let table = [
        ("empty", size_of_val(&empty()), size_of::<u32>()),
        ("one_yield", size_of_val(&one_yield()), size_of::<u32>()),
        ("range", size_of_val(&range(0, 3)), size_of::<RangeByHand>()),
        ("fibonacci", size_of_val(&fibonacci()), size_of::<FibonacciByHand>()),
        ("xorshift", size_of_val(&xorshift(1)), size_of::<XorshiftByHand>()),
        ("averager", size_of_val(&averager()), size_of::<AveragerByHand>()),
        ("over_slice", size_of_val(&over_slice(&[1u8])), size_of::<OverSliceByHand<'_, u8>>()),
        ("buffer", size_of_val(&buffer()), size_of::<BufferByHand>()),
        ("two_scopes", size_of_val(&two_scopes([0; 8])), size_of::<TwoScopesByHand>()),
    ];
    println!("{:<12} {:>6} {:>6}", "frame", "bytes", "bound");
    for (name, size, bound) in table {
        println!("{name:<12} {size:>6} {bound:>6}");
    }
    for (name, size, bound) in table {
        assert!(size <= bound, "{name}: {size} bytes, more than {bound}");
    }
}

#[test]
fn no_allocation_to_create_resume_and_drop() {
    let mut last = 0;
    let count = allocations(|| {
        let mut numbers = range(0, 4);
        while let Ok(Step::Yielded(n)) = numbers.start() {
            last = n;
        }
        let mut shift = xorshift(1);
        assert!(shift.next().is_some());
        drop(shift);
        assert_eq!(fibonacci().take(10).last(), Some(34));
        assert_eq!(over_slice(&[1, 2, 3]).count(), 3);
        assert_eq!(buffer().next(), Some(0));
    });
    assert_eq!((count, last), (0, 3));
}

#[test]
fn no_allocation_to_send_close_and_misuse() {
    let count = allocations(|| {
        let mut average = averager();
        assert!(average.send(1.0).is_err());
        assert!(average.start().is_ok());
        assert!(average.start().is_err());
        assert!(matches!(average.send(4.0), Ok(Step::Yielded(4.0))));
        assert!(matches!(average.close(), Ok(None)));
        assert!(average.send(1.0).is_err());
        let mut unstarted = range(0, 3);
        assert!(matches!(unstarted.close(), Ok(None)));
        assert!(CoroutineExt::<()>::start(&mut unstarted).is_err());
    });
    assert_eq!(count, 0);
}

#[test]
fn the_counter_counts() {
    assert_ne!(allocations(|| drop(black_box(Box::new([0u8; 64])))), 0);
}

#[test]
fn protocol_types_are_small() {
    assert!(size_of::<coframe::Exception>() <= 2 * size_of::<usize>());
    assert!(size_of::<Signal<()>>() <= 2 * size_of::<usize>());
}
