//! The list of kernels.

/// Runs a kernel over that many items and gives their sum.
pub type Run = fn(u64) -> u64;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Time.
    Nanoseconds,
    /// What the kernel gives instead of a sum is a number of bytes.
    Bytes,
}

/// One row of a table.
#[derive(Debug)]
pub struct Kernel {
    /// What contestants and command lines call it.
    pub name: &'static str,
    /// What the table calls it, with what an item is where that is not clear.
    pub title: &'static str,
    /// A run has at least so many items. A kernel of time has a multiple of them, so that a run takes some milliseconds.
    pub least: u64,
    /// What is measured.
    pub unit: Unit,
}

const fn time(name: &'static str, title: &'static str, least: u64) -> Kernel {
    Kernel { name, title, least, unit: Unit::Nanoseconds }
}

/// The kernels of coroutines.
pub const COROUTINES: &[Kernel] = &[
    time("count", "counting with a filter", 6144),
    time("points", "three yields and a branch in a turn", 6144),
    time("nested", "nested loops", 6144),
    time("fibonacci", "Fibonacci", 6144),
    time("average", "a value sent for each", 6144),
    time("tokens", "bytes to tokens, sent in pieces of 16; per byte", 1 << 14),
    time("sixes", "made, six items, dropped; per item", 6144),
    time("deep", "delegation four deep", 6144),
    time("tree", "recursive walk of a tree of 2^20 nodes", (1 << 20) - 1),
    time("list4", "recursive walk of a list 10^4 deep", 10_000),
    time("list6", "recursive walk of a list 10^6 deep", 1_000_000),
    time("table", "a 4 KiB array alive", 6144),
    time("vecs", "eight `Vec`s alive", 6144),
    time("boxed", "the same through `Box<dyn …>`", 6144),
    time("thrown", "thrown in, caught, and on to the next yield", 1 << 10),
    time("cloned", "cloned while suspended, one item, dropped", 1 << 10),
    time("saved", "saved (postcard) while suspended, restored, one item, dropped", 1 << 10),
];

/// The kernels of event loops.
pub const LOOPS: &[Kernel] = &[
    time("switch1", "switch, 1 task", 10_000),
    time("switch100", "switch, 100 tasks", 10_000),
    time("switch10000", "switch, 10,000 tasks", 100_000),
    time("spawn", "spawn and join, a million", 1_000_000),
    time("hops", "promise hop between two tasks", 10_000),
    time("timers", "timers, 100,000 pending, set and run out", 100_000),
    time("cancelled_timers", "timers, a million, set and cancelled", 1_000_000),
    time("threads", "wake-up from another thread", 10_000),
    time("callbacks", "plain callback", 100_000),
    time("cancel", "cancellation, 100,000 tasks", 100_000),
    Kernel { name: "idle", title: "an idle task", least: 10_000, unit: Unit::Bytes },
];
