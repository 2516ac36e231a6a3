//! What an item costs, as a coroutine and as the iterator that one would write by hand.
//!
//! ```sh
//! cargo bench -p coframe-benches                      # the default release profile
//! cargo bench -p coframe-benches --profile fat        # one codegen unit, fat LTO
//! cargo bench -p coframe-benches -- xorshift          # the kernels whose name has this in it
//! ```
//!
//! Both contestants of a kernel run in turn, many times, in one process, over the same items, and must come to the same
//! sum. The figure of each is its best round: what disturbs a round only ever makes it longer. The ratio is the median
//! over the rounds of the ratio of two neighbours, which a change of clock speed touches least.

use std::hint::black_box;
use std::time::{Duration, Instant};

use coframe::CoroutineExt;

mod bodies;
mod hand;
mod trees;

const ROUNDS: usize = 41;
/// A round takes at least this long, far more than reading the clock does.
const ROUND: Duration = Duration::from_millis(5);
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// Runs over that many items and gives their sum.
type Run = fn(u64) -> u64;

struct Kernel {
    name: &'static str,
    by_hand: Run,
    coroutine: Run,
    /// The sizes of the two, in bytes.
    sizes: (usize, usize),
    /// How many items a run has at least: a multiple of them is run.
    least: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` runs this too, without `--bench`: then it only checks that the sums agree.
    let measured = arguments.iter().any(|argument| argument == "--bench");
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let kernels = kernels();
    let chosen = kernels.iter().filter(|kernel| filter.is_none_or(|part| kernel.name.contains(part.as_str())));
    if measured {
        println!("| kernel | by hand, ns/item | coroutine, ns/item | ratio | by hand, bytes | coroutine, bytes |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    }
    for kernel in chosen {
        assert_eq!((kernel.by_hand)(10_000), (kernel.coroutine)(10_000), "{}: the items differ", kernel.name);
        if measured {
            let (by_hand, coroutine, ratio) = measure(kernel);
            let (small, large) = kernel.sizes;
            println!("| {} | {by_hand:.2} | {coroutine:.2} | {ratio:.2} | {small} | {large} |", kernel.name);
        }
    }
}

fn kernels() -> [Kernel; 11] {
    [
        Kernel {
            name: "xorshift, one yield in a loop",
            by_hand: |items| drain(hand::Xorshift::new(black_box(SEED)), items),
            coroutine: |items| drain(bodies::xorshift(black_box(SEED)), items),
            sizes: (size_of_val(&hand::Xorshift::new(1)), size_of_val(&bodies::xorshift(1))),
            least: 1 << 12,
        },
        Kernel {
            name: "three yields and a branch in a turn",
            by_hand: |items| drain(hand::ThreePoints::new(black_box(SEED)), items),
            coroutine: |items| drain(bodies::three_points(black_box(SEED)), items),
            sizes: (size_of_val(&hand::ThreePoints::new(1)), size_of_val(&bodies::three_points(1))),
            least: 1 << 12,
        },
        Kernel {
            name: "a 4 KiB array alive",
            by_hand: |items| drain(hand::Table::new(black_box(SEED)), items),
            coroutine: |items| drain(bodies::table(black_box(SEED)), items),
            sizes: (size_of_val(&hand::Table::new(1)), size_of_val(&bodies::table(1))),
            least: 1 << 12,
        },
        Kernel {
            name: "eight `Vec`s alive",
            by_hand: |items| drain(hand::EightVecs::new(black_box(SEED)), items),
            coroutine: |items| drain(bodies::eight_vecs(black_box(SEED)), items),
            sizes: (size_of_val(&hand::EightVecs::new(1)), size_of_val(&bodies::eight_vecs(1))),
            least: 1 << 12,
        },
        Kernel {
            name: "eight `Vec`s alive, `dyn Iterator`",
            by_hand: |items| drain(boxed(hand::EightVecs::new(black_box(SEED))), items),
            coroutine: |items| drain(boxed(bodies::eight_vecs(black_box(SEED))), items),
            sizes: (size_of_val(&hand::EightVecs::new(1)), size_of_val(&bodies::eight_vecs(1))),
            least: 1 << 12,
        },
        Kernel {
            name: "made, six items, dropped",
            by_hand: |items| drain_sixes(hand::Collatz::new, items),
            coroutine: |items| drain_sixes(bodies::collatz, items),
            sizes: (size_of_val(&hand::Collatz::new(1)), size_of_val(&bodies::collatz(1))),
            least: 1 << 12,
        },
        Kernel {
            name: "a value sent for each",
            by_hand: |items| {
                let mut average = hand::Average::new();
                (0..items).fold(0, |sum, item| sum.wrapping_add(average.send(black_box(item))))
            },
            coroutine: |items| {
                let mut average = bodies::average();
                average.start().expect("it can be started");
                let mut send = |item| average.send(item).ok().and_then(coframe::Step::yielded).unwrap_or_default();
                (0..items).fold(0, |sum, item| sum.wrapping_add(send(black_box(item))))
            },
            sizes: (size_of_val(&hand::Average::new()), size_of_val(&bodies::average())),
            least: 1 << 12,
        },
        Kernel {
            name: "delegation four deep",
            by_hand: |items| drain(hand::Xorshift::new(black_box(SEED)), items),
            coroutine: |items| drain(bodies::four_deep(black_box(SEED)), items),
            sizes: (size_of_val(&hand::Xorshift::new(1)), size_of_val(&bodies::four_deep(1))),
            least: 1 << 12,
        },
        Kernel {
            name: "a tree of 2^20 nodes, by recursion",
            by_hand: |items| walks(trees::Walk::new, trees::full(), items),
            coroutine: |items| walks(trees::walk, trees::full(), items),
            sizes: tree_sizes(),
            least: (1 << 20) - 1,
        },
        Kernel {
            name: "a list 10^4 deep, by recursion",
            by_hand: |items| walks(trees::Walk::new, trees::list_10_000(), items),
            coroutine: |items| walks(trees::walk, trees::list_10_000(), items),
            sizes: tree_sizes(),
            least: 10_000,
        },
        Kernel {
            name: "a list 10^6 deep, by recursion",
            by_hand: |items| walks(trees::Walk::new, trees::list_1_000_000(), items),
            coroutine: |items| walks(trees::walk, trees::list_1_000_000(), items),
            sizes: tree_sizes(),
            least: 1_000_000,
        },
    ]
}

fn tree_sizes() -> (usize, usize) {
    let tree = trees::list_10_000();
    (size_of_val(&trees::Walk::new(tree, 1)), size_of_val(&trees::walk(tree, 1)))
}

/// Whole walks, one after the other, for at least that many nodes.
#[inline(never)]
fn walks<I: Iterator<Item = u64>>(
    make: impl Fn(&'static trees::Tree, u32) -> I,
    tree: &'static trees::Tree,
    items: u64,
) -> u64 {
    let (mut sum, mut seen) = (0_u64, 0);
    while seen < items {
        for node in make(tree, black_box(1)) {
            sum = sum.wrapping_add(node);
            seen += 1;
        }
    }
    sum
}

/// A function of its own for each contestant, so that neither is optimised together with what stands around it.
#[inline(never)]
fn drain(mut source: impl Iterator<Item = u64>, items: u64) -> u64 {
    let mut sum = 0_u64;
    for _ in 0..items {
        let Some(item) = source.next() else { break };
        sum = sum.wrapping_add(item);
    }
    sum
}

#[inline(never)]
fn drain_sixes<I: Iterator<Item = u64>>(make: impl Fn(u64) -> I, items: u64) -> u64 {
    let mut sum = 0_u64;
    for start in 0..items / 6 {
        for item in make(black_box(start | 0x1_0000)).take(6) {
            sum = sum.wrapping_add(item);
        }
    }
    sum
}

/// Hidden, so that the calls stay virtual.
fn boxed<'a>(source: impl Iterator<Item = u64> + 'a) -> Box<dyn Iterator<Item = u64> + 'a> {
    black_box(Box::new(source))
}

/// The best time of each contestant for one item, in nanoseconds, and the median ratio.
fn measure(kernel: &Kernel) -> (f64, f64, f64) {
    let mut items = kernel.least;
    while time(kernel.by_hand, items) < ROUND {
        items *= 2;
    }
    let (mut by_hand, mut coroutine, mut ratios) = (f64::MAX, f64::MAX, Vec::with_capacity(ROUNDS));
    for round in 0..ROUNDS {
        // Each goes first in half of the rounds.
        let (first, second) =
            if round % 2 == 0 { (kernel.by_hand, kernel.coroutine) } else { (kernel.coroutine, kernel.by_hand) };
        let times = (time(first, items), time(second, items));
        let (hand, ours) = if round % 2 == 0 { times } else { (times.1, times.0) };
        let each = |time: Duration| time.as_secs_f64() * 1e9 / items as f64;
        by_hand = by_hand.min(each(hand));
        coroutine = coroutine.min(each(ours));
        ratios.push(each(ours) / each(hand));
    }
    ratios.sort_by(f64::total_cmp);
    (by_hand, coroutine, ratios[ROUNDS / 2])
}

fn time(run: Run, items: u64) -> Duration {
    let begin = Instant::now();
    black_box(run(black_box(items)));
    begin.elapsed()
}
