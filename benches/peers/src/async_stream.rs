//! async-stream: an `async` block and a macro with the keyword `yield`, which passes values by a thread-local. Nothing can
//! be sent to it. It is polled with a waker that does nothing.

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use async_stream::stream;
use coframe_benches::data::{self, SEED, Tree};
use coframe_benches::{Run, drain};
use futures::Stream;

fn count(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        let mut n = seed;
        loop {
            n = n.wrapping_add(1);
            if !n.is_multiple_of(4) {
                yield n;
            }
        }
    }
}

fn points(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        let mut x = seed;
        loop {
            yield x;
            if x.is_multiple_of(2) {
                yield x / 2;
            }
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            yield x >> 7;
        }
    }
}

fn nested(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        for a in seed..u64::MAX {
            for b in 0..16 {
                for c in 0..16 {
                    yield a ^ (b << 4) ^ c;
                }
            }
        }
    }
}

fn fibonacci(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        let (mut a, mut b) = (0_u64, seed);
        loop {
            yield a;
            (a, b) = (b, a.wrapping_add(b));
        }
    }
}

fn collatz(start: u64) -> impl Stream<Item = u64> {
    stream! {
        let mut x = start;
        while x != 1 {
            yield x;
            x = if x.is_multiple_of(2) { x / 2 } else { 3 * x + 1 };
        }
    }
}

fn third(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        for await item in fibonacci(seed) {
            yield item;
        }
    }
}

fn second(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        for await item in third(seed) {
            yield item;
        }
    }
}

fn deep(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        for await item in second(seed) {
            yield item;
        }
    }
}

/// A level is a stream on the heap, and hands on each node.
fn walk(tree: &'static Tree, node: u32) -> Pin<Box<dyn Stream<Item = u64>>> {
    Box::pin(stream! {
        if node != 0 {
            for await item in walk(tree, tree.node(node).left) {
                yield item;
            }
            yield u64::from(node);
            for await item in walk(tree, tree.node(node).right) {
                yield item;
            }
        }
    })
}

fn table(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        let mut table = [seed as u8; 4096];
        let mut at = 0_usize;
        loop {
            table[at] = table[at].wrapping_mul(5).wrapping_add(1);
            yield u64::from(table[at]);
            at = (at + 97) % table.len();
        }
    }
}

fn vecs(seed: u64) -> impl Stream<Item = u64> {
    stream! {
        let (a, b, c, d) = (vec![seed; 64], vec![1_u64; 1], vec![2_u64; 2], vec![3_u64; 3]);
        let (e, f, g, h) = (vec![4_u64; 4], vec![5_u64; 5], vec![6_u64; 6], vec![7_u64; 7]);
        for at in 0..u64::MAX {
            yield a[at as usize % 64].wrapping_add(at);
        }
        let all = [a, b, c, d, e, f, g, h];
        black_box(all.iter().map(|v| v[0]).sum::<u64>());
    }
}

/// All items are there at once: nothing is waited for.
fn iterator<S: Stream<Item = u64>>(mut stream: Pin<&mut S>) -> impl Iterator<Item = u64> {
    let mut context = Context::from_waker(Waker::noop());
    std::iter::from_fn(move || match stream.as_mut().poll_next(&mut context) {
        Poll::Ready(item) => item,
        Poll::Pending => None,
    })
}

fn walks(tree: &'static Tree, items: u64) -> u64 {
    drain::walks(tree, |root| drain::all(iterator(pin!(walk(tree, root)))), items)
}

pub(crate) const KERNELS: &[(&str, Run)] = &[
    ("count", |items| drain::items(iterator(pin!(count(black_box(SEED)))), items)),
    ("points", |items| drain::items(iterator(pin!(points(black_box(SEED)))), items)),
    ("nested", |items| drain::items(iterator(pin!(nested(black_box(SEED)))), items)),
    ("fibonacci", |items| drain::items(iterator(pin!(fibonacci(black_box(SEED)))), items)),
    ("sixes", |items| drain::sixes(|start| drain::six(iterator(pin!(collatz(start)))), items)),
    ("deep", |items| drain::items(iterator(pin!(deep(black_box(SEED)))), items)),
    ("tree", |items| walks(data::full(), items)),
    ("list4", |items| walks(data::list_10_000(), items)),
    ("table", |items| drain::items(iterator(pin!(table(black_box(SEED)))), items)),
    ("vecs", |items| drain::items(iterator(pin!(vecs(black_box(SEED)))), items)),
    ("boxed", |items| drain::items(drain::boxed(iterator(pin!(vecs(black_box(SEED))))), items)),
];
