//! fauxgen: an attribute that makes an `async` block, which finds its resumer through the waker.

use std::hint::black_box;
use std::pin::{Pin, pin};

use coframe_benches::data::{self, SEED, Tree};
use coframe_benches::{Run, drain};
use fauxgen::{Generator, GeneratorState};

use crate::bodies;
use crate::kernels::kernels;

type Caught = Result<(), Box<dyn std::error::Error + Send + Sync>>;

macro_rules! resume {
    ($made:ident) => {
        resume!($made, ())
    };
    ($made:ident, $sent:expr) => {
        match $made.as_mut().resume($sent) {
            GeneratorState::Yielded(value) => Some(value),
            GeneratorState::Complete(_) => None,
        }
    };
}

macro_rules! generators {
    ($($body:ident)*) => {
        $(#[fauxgen::generator(yield = u64)]
        fn $body(seed: u64) {
            bodies::$body!(r#yield, seed)
        })*
    };
}

generators!(count points nested fibonacci collatz table vecs);

#[fauxgen::generator(yield = u64, arg = u64)]
fn average() {
    bodies::average!(r#yield)
}

#[fauxgen::generator(yield = u64, arg = &'static [u8])]
fn tokens() {
    bodies::tokens!(r#yield)
}

#[fauxgen::generator(yield = u64, arg = Caught)]
fn catching() {
    bodies::catching!(r#yield)
}

macro_rules! delegating {
    ($($name:ident to $next:ident)*) => {
        $(#[fauxgen::generator(yield = u64)]
        fn $name(seed: u64) {
            for item in pin!($next(seed)) {
                r#yield!(item);
            }
        })*
    };
}

delegating!(deep to second second to third third to fibonacci);

/// A level is a generator of its own, and hands on each node.
#[fauxgen::generator(yield = u64)]
fn walk(tree: &'static Tree, node: u32) {
    if node != 0 {
        let left: Pin<Box<dyn Generator<Yield = u64, Return = ()>>> = Box::pin(walk(tree, tree.node(node).left));
        for item in iterator(left) {
            r#yield!(item);
        }
        r#yield!(u64::from(node));
        let right: Pin<Box<dyn Generator<Yield = u64, Return = ()>>> = Box::pin(walk(tree, tree.node(node).right));
        for item in iterator(right) {
            r#yield!(item);
        }
    }
}

fn iterator(mut boxed: Pin<Box<dyn Generator<Yield = u64, Return = ()>>>) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || resume!(boxed))
}

macro_rules! make {
    ($made:ident: $sent:ty = $body:ident $(, $argument:expr)*) => {
        let mut $made = pin!($body($($argument),*));
    };
}

pub(crate) const KERNELS: &[(&str, Run)] = kernels!(make, resume);
