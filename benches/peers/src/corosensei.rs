//! corosensei: a stack for each coroutine, switched to by a few instructions of assembly.

use std::hint::black_box;

use coframe_benches::data::{self, SEED, Tree};
use coframe_benches::{Run, drain};
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, Yielder};

use crate::bodies;
use crate::kernels::{kernels, walks};

/// A level is a call.
fn visit(yielder: &Yielder<(), u64>, tree: &'static Tree, node: u32) {
    if node != 0 {
        visit(yielder, tree, tree.node(node).left);
        yielder.suspend(u64::from(node));
        visit(yielder, tree, tree.node(node).right);
    }
}

/// Those that recurse have a stack of the size that they need: 1 KiB a level is plenty.
fn stack(tree: &Tree) -> DefaultStack {
    DefaultStack::new(tree.depth() * 1024 + (1 << 16)).expect("there is room for a stack")
}

macro_rules! make {
    ($made:ident: $sent:ty = walk, $tree:expr, $root:expr) => {
        let mut $made = Coroutine::with_stack(stack($tree), move |yielder, ()| visit(yielder, $tree, $root));
    };
    // A delegation is a call.
    ($made:ident: $sent:ty = deep, $seed:expr) => {
        make!($made: $sent = fibonacci, $seed)
    };
    ($made:ident: $sent:ty = $body:ident $(, $argument:expr)?) => {
        let mut $made = Coroutine::new(move |yielder: &Yielder<$sent, u64>, _first: $sent| {
            macro_rules! suspend {
                ($value:expr) => {
                    yielder.suspend($value)
                };
            }
            bodies::$body!(suspend $(, $argument)?)
        });
    };
}

macro_rules! resume {
    ($made:ident) => {
        $made.resume(()).as_yield()
    };
    ($made:ident, $sent:expr) => {
        $made.resume($sent).as_yield()
    };
}

pub(crate) const KERNELS: &[(&str, Run)] =
    kernels!(make, resume, ("list6", |items| walks!(make, resume, data::list_1_000_000(), items)));
