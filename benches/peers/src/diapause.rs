//! diapause: an attribute that builds an enum, as ours does. Its bodies need types where ours need none; its recursion
//! boxes each level.

use std::error::Error;
use std::hint::black_box;

use coframe_benches::Run;
use coframe_benches::data::{self, SEED, Tree};
use coframe_benches::drain::{self, Fault};
use diapause::{Coroutine, CoroutineState};

#[diapause::coroutine(yield = u64)]
fn count(seed: u64) {
    let mut n: u64 = seed;
    loop {
        n = n.wrapping_add(1);
        if !n.is_multiple_of(4) {
            yield_!(n);
        }
    }
}

#[diapause::coroutine(yield = u64)]
#[derive(Clone)]
fn points(seed: u64) {
    let mut x: u64 = seed;
    loop {
        yield_!(x);
        if x.is_multiple_of(2) {
            yield_!(x / 2);
        }
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        yield_!(x >> 7);
    }
}

#[diapause::coroutine(yield = u64)]
fn nested(seed: u64) {
    for a in seed..u64::MAX {
        for b in 0u64..16u64 {
            for c in 0u64..16u64 {
                yield_!(a ^ (b << 4) ^ c);
            }
        }
    }
}

#[diapause::coroutine(yield = u64)]
fn fibonacci(seed: u64) {
    let mut a: u64 = 0;
    let mut b: u64 = seed;
    loop {
        yield_!(a);
        let next: u64 = a.wrapping_add(b);
        a = b;
        b = next;
    }
}

#[diapause::coroutine(yield = u64, resume = u64)]
fn average() {
    let mut sum: u64 = yield_!(0);
    let mut weight: u64 = 1;
    loop {
        let item: u64 = yield_!(sum >> weight);
        sum += item;
        weight = (weight + 1) % 8;
    }
}

#[diapause::coroutine(yield = u64, resume = &'static [u8])]
fn tokens() {
    let mut piece: &'static [u8] = yield_!(0);
    let mut at: usize = 0;
    let mut ended: u64 = 0;
    loop {
        loop {
            while at == piece.len() {
                piece = yield_!(ended);
                at = 0;
                ended = 0;
            }
            if piece[at] != b' ' {
                break;
            }
            at += 1;
        }
        let mut word: u64 = 0;
        loop {
            while at == piece.len() {
                piece = yield_!(ended);
                at = 0;
                ended = 0;
            }
            if piece[at] == b' ' {
                break;
            }
            word = word.wrapping_mul(31).wrapping_add(u64::from(piece[at]));
            at += 1;
        }
        ended = ended.wrapping_add(word);
    }
}

#[diapause::coroutine(yield = u64)]
fn collatz(start: u64) {
    let mut x: u64 = start;
    while x != 1 {
        yield_!(x);
        x = if x.is_multiple_of(2) { x / 2 } else { 3 * x + 1 };
    }
}

#[diapause::coroutine(yield = u64)]
fn second(seed: u64) {
    yield_all!(fibonacci(seed));
}

#[diapause::coroutine(yield = u64)]
fn third(seed: u64) {
    yield_all!(second(seed));
}

#[diapause::coroutine(yield = u64)]
fn deep(seed: u64) {
    yield_all!(third(seed));
}

#[diapause::coroutine(yield = u64)]
fn walk(tree: &'static Tree, node: u32) {
    if node != 0 {
        yield_all!(box walk(tree, tree.node(node).left));
        yield_!(u64::from(node));
        yield_all!(box walk(tree, tree.node(node).right));
    }
}

#[diapause::coroutine(yield = u64)]
fn table(seed: u64) {
    let mut table: [u8; 4096] = [seed as u8; 4096];
    let mut at: usize = 0;
    loop {
        table[at] = table[at].wrapping_mul(5).wrapping_add(1);
        yield_!(u64::from(table[at]));
        at = (at + 97) % table.len();
    }
}

#[diapause::coroutine(yield = u64)]
fn vecs(seed: u64) -> u64 {
    let a: Vec<u64> = vec![seed; 64];
    let b: Vec<u64> = vec![1; 1];
    let c: Vec<u64> = vec![2; 2];
    let d: Vec<u64> = vec![3; 3];
    let e: Vec<u64> = vec![4; 4];
    let f: Vec<u64> = vec![5; 5];
    let g: Vec<u64> = vec![6; 6];
    let h: Vec<u64> = vec![7; 7];
    for at in 0u64..u64::MAX {
        yield_!(a[at as usize % 64].wrapping_add(at));
    }
    [a, b, c, d, e, f, g, h].iter().map(|v| v[0]).sum()
}

#[diapause::coroutine(yield = u64, resume = Result<(), Box<dyn Error + Send + Sync>>)]
fn catching() {
    let mut sum: u64 = 0;
    loop {
        let sent: Result<(), Box<dyn Error + Send + Sync>> = yield_!(sum);
        if let Err(error) = sent {
            sum = sum.wrapping_add(error.downcast_ref::<Fault>().map_or(0, |fault| fault.0));
        }
    }
}

fn walks(tree: &'static Tree, items: u64) -> u64 {
    drain::walks(tree, |root| drain::all(walk(tree, root).into_iter()), items)
}

pub(crate) const KERNELS: &[(&str, Run)] = &[
    ("count", |items| drain::items(count(black_box(SEED)).into_iter(), items)),
    ("points", |items| drain::items(points(black_box(SEED)).into_iter(), items)),
    ("nested", |items| drain::items(nested(black_box(SEED)).into_iter(), items)),
    ("fibonacci", |items| drain::items(fibonacci(black_box(SEED)).into_iter(), items)),
    ("average", |items| {
        let mut average = average();
        value(average.start());
        drain::sends(|item| value(average.resume(item)), items)
    }),
    ("tokens", |items| {
        let mut tokens = tokens();
        value(tokens.start());
        drain::pieces(|piece| value(tokens.resume(piece)), items)
    }),
    ("sixes", |items| drain::sixes(|start| drain::six(collatz(start).into_iter()), items)),
    ("deep", |items| drain::items(deep(black_box(SEED)).into_iter(), items)),
    ("tree", |items| walks(data::full(), items)),
    ("list4", |items| walks(data::list_10_000(), items)),
    ("table", |items| drain::items(table(black_box(SEED)).into_iter(), items)),
    ("vecs", |items| drain::items(vecs(black_box(SEED)).into_iter(), items)),
    ("boxed", |items| drain::items(drain::boxed(vecs(black_box(SEED)).into_iter()), items)),
    ("thrown", |items| {
        let mut catching = catching();
        value(catching.start());
        drain::throws(|fault| value(catching.resume(Err(fault.boxed()))), items)
    }),
    ("cloned", |items| {
        let mut original = points(black_box(SEED));
        let first = value(original.start());
        drain::clones(move || value(original.clone().resume(())), first, items)
    }),
];

fn value<R>(state: CoroutineState<u64, R>) -> u64 {
    match state {
        CoroutineState::Yielded(value) => value,
        CoroutineState::Complete(_) => 0,
    }
}
