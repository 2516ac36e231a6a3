//! The kernels as rustc's own coroutines, which need a nightly compiler: `../run` builds this, and `coframe-peers` asks it
//! for its rounds.

#![feature(coroutines, coroutine_trait, coroutine_clone)]

use std::error::Error;
use std::hint::black_box;
use std::io;
use std::ops::{Coroutine, CoroutineState};
use std::pin::{Pin, pin};

use coframe_benches::allocations::Counting;
use coframe_benches::data::{self, SEED, Tree};
use coframe_benches::drain::{self, Fault};
use coframe_benches::{Run, serve};

#[global_allocator]
static COUNTING: Counting = Counting;

fn main() -> io::Result<()> {
    serve(KERNELS)
}

fn count(seed: u64) -> impl Coroutine<Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    move || {
        let mut n = seed;
        loop {
            n = n.wrapping_add(1);
            if !n.is_multiple_of(4) {
                yield n;
            }
        }
    }
}

fn points(seed: u64) -> impl Coroutine<Yield = u64, Return = ()> + Unpin + Clone {
    #[coroutine]
    move || {
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

fn nested(seed: u64) -> impl Coroutine<Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    move || {
        for a in seed..u64::MAX {
            for b in 0..16 {
                for c in 0..16 {
                    yield a ^ (b << 4) ^ c;
                }
            }
        }
    }
}

fn fibonacci(seed: u64) -> impl Coroutine<Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    move || {
        let (mut a, mut b) = (0_u64, seed);
        loop {
            yield a;
            (a, b) = (b, a.wrapping_add(b));
        }
    }
}

fn average() -> impl Coroutine<u64, Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    |_: u64| {
        let mut sum = yield 0_u64;
        let mut weight = 1_u32;
        loop {
            sum += yield sum >> weight;
            weight = (weight + 1) % 8;
        }
    }
}

fn tokens() -> impl Coroutine<&'static [u8], Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    |_: &'static [u8]| {
        let mut piece = yield 0;
        let (mut at, mut ended) = (0_usize, 0_u64);
        loop {
            loop {
                while at == piece.len() {
                    piece = yield ended;
                    (at, ended) = (0, 0);
                }
                if piece[at] != b' ' {
                    break;
                }
                at += 1;
            }
            let mut word = 0_u64;
            loop {
                while at == piece.len() {
                    piece = yield ended;
                    (at, ended) = (0, 0);
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
}

fn collatz(start: u64) -> impl Coroutine<Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    move || {
        let mut x = start;
        while x != 1 {
            yield x;
            x = if x.is_multiple_of(2) { x / 2 } else { 3 * x + 1 };
        }
    }
}

/// There is no delegation: each level hands on the items of the next.
macro_rules! delegating {
    ($($name:ident to $next:ident)*) => {
        $(fn $name(seed: u64) -> impl Coroutine<Yield = u64, Return = ()> + Unpin {
            #[coroutine]
            move || {
                let mut inner = $next(seed);
                while let CoroutineState::Yielded(item) = Pin::new(&mut inner).resume(()) {
                    yield item;
                }
            }
        })*
    };
}

delegating!(third to fibonacci second to third deep to second);

fn walk(tree: &'static Tree, node: u32) -> Pin<Box<dyn Coroutine<Yield = u64, Return = ()>>> {
    Box::pin(
        #[coroutine]
        move || {
            if node != 0 {
                let mut left = walk(tree, tree.node(node).left);
                while let CoroutineState::Yielded(item) = left.as_mut().resume(()) {
                    yield item;
                }
                yield u64::from(node);
                let mut right = walk(tree, tree.node(node).right);
                while let CoroutineState::Yielded(item) = right.as_mut().resume(()) {
                    yield item;
                }
            }
        },
    )
}

fn table(seed: u64) -> impl Coroutine<Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    move || {
        let mut table = [seed as u8; 4096];
        let mut at = 0_usize;
        loop {
            table[at] = table[at].wrapping_mul(5).wrapping_add(1);
            yield u64::from(table[at]);
            at = (at + 97) % table.len();
        }
    }
}

fn vecs(seed: u64) -> impl Coroutine<Yield = u64, Return = u64> + Unpin {
    #[coroutine]
    move || {
        let (a, b, c, d) = (vec![seed; 64], vec![1_u64; 1], vec![2_u64; 2], vec![3_u64; 3]);
        let (e, f, g, h) = (vec![4_u64; 4], vec![5_u64; 5], vec![6_u64; 6], vec![7_u64; 7]);
        for at in 0..u64::MAX {
            yield a[at as usize % 64].wrapping_add(at);
        }
        [a, b, c, d, e, f, g, h].iter().map(|v| v[0]).sum()
    }
}

fn catching() -> impl Coroutine<Result<(), Box<dyn Error + Send + Sync>>, Yield = u64, Return = ()> + Unpin {
    #[coroutine]
    |_: Result<(), Box<dyn Error + Send + Sync>>| {
        let mut sum = 0_u64;
        loop {
            if let Err(error) = (yield sum) {
                sum = sum.wrapping_add(error.downcast_ref::<Fault>().map_or(0, |fault| fault.0));
            }
        }
    }
}

fn value<S, R>(coroutine: Pin<&mut impl Coroutine<S, Yield = u64, Return = R>>, sent: S) -> Option<u64> {
    match coroutine.resume(sent) {
        CoroutineState::Yielded(value) => Some(value),
        CoroutineState::Complete(_) => None,
    }
}

fn iterator<R>(mut coroutine: impl Coroutine<Yield = u64, Return = R> + Unpin) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || value(Pin::new(&mut coroutine), ()))
}

fn walks(tree: &'static Tree, items: u64) -> u64 {
    drain::walks(tree, |root| drain::all(iterator(walk(tree, root))), items)
}

const KERNELS: &[(&str, Run)] = &[
    ("count", |items| drain::items(iterator(count(black_box(SEED))), items)),
    ("points", |items| drain::items(iterator(points(black_box(SEED))), items)),
    ("nested", |items| drain::items(iterator(nested(black_box(SEED))), items)),
    ("fibonacci", |items| drain::items(iterator(fibonacci(black_box(SEED))), items)),
    ("average", |items| {
        let mut average = pin!(average());
        value(average.as_mut(), 0);
        drain::sends(|item| value(average.as_mut(), item).unwrap_or_default(), items)
    }),
    ("tokens", |items| {
        let mut tokens = pin!(tokens());
        value(tokens.as_mut(), &[]);
        drain::pieces(|piece| value(tokens.as_mut(), piece).unwrap_or_default(), items)
    }),
    ("sixes", |items| drain::sixes(|start| drain::six(iterator(collatz(start))), items)),
    ("deep", |items| drain::items(iterator(deep(black_box(SEED))), items)),
    ("tree", |items| walks(data::full(), items)),
    ("list4", |items| walks(data::list_10_000(), items)),
    ("table", |items| drain::items(iterator(table(black_box(SEED))), items)),
    ("vecs", |items| drain::items(iterator(vecs(black_box(SEED))), items)),
    ("boxed", |items| drain::items(drain::boxed(iterator(vecs(black_box(SEED)))), items)),
    ("thrown", |items| {
        let mut catching = pin!(catching());
        value(catching.as_mut(), Ok(()));
        drain::throws(|fault| value(catching.as_mut(), Err(fault.boxed())).unwrap_or_default(), items)
    }),
    ("cloned", |items| {
        let mut original = points(black_box(SEED));
        let first = value(Pin::new(&mut original), ()).unwrap_or_default();
        drain::clones(move || value(Pin::new(&mut original.clone()), ()).unwrap_or_default(), first, items)
    }),
];
