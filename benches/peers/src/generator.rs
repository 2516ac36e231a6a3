//! generator: a stack for each coroutine too, found by its body through a thread-local.

use std::hint::black_box;

use coframe_benches::data::{self, SEED, Tree};
use coframe_benches::{Run, drain};
use generator::{Gn, Scope, done};

use crate::bodies;
use crate::kernels::{kernels, walks};

/// A level is a call.
fn visit(scope: &mut Scope<'_, '_, (), u64>, tree: &'static Tree, node: u32) {
    if node != 0 {
        visit(scope, tree, tree.node(node).left);
        scope.yield_with(u64::from(node));
        visit(scope, tree, tree.node(node).right);
    }
}

macro_rules! make {
    ($made:ident: () = walk, $tree:expr, $root:expr) => {
        // In words; 1 KiB a level is plenty.
        let mut $made = Gn::<()>::new_scoped_opt_local($tree.depth() * 128 + 0x2000, move |mut scope| {
            visit(&mut scope, $tree, $root);
            done!()
        });
    };
    // A delegation is a call.
    ($made:ident: () = deep, $seed:expr) => {
        make!($made: () = fibonacci, $seed)
    };
    ($made:ident: () = $body:ident, $argument:expr) => {
        let mut $made = Gn::<()>::new_scoped_local(move |mut scope| {
            macro_rules! give {
                ($value:expr) => {
                    scope.yield_with($value)
                };
            }
            bodies::$body!(give, $argument);
            #[allow(unreachable_code, reason = "most bodies never end")]
            {
                done!()
            }
        });
    };
    ($made:ident: $sent:ty = $body:ident) => {
        let mut $made = Gn::<$sent>::new_scoped(move |mut scope| {
            macro_rules! give {
                ($value:expr) => {
                    match scope.yield_($value) {
                        Some(sent) => sent,
                        None => done!(),
                    }
                };
            }
            bodies::$body!(give)
        });
    };
}

macro_rules! resume {
    ($made:ident) => {
        $made.resume()
    };
    ($made:ident, $sent:expr) => {
        $made.raw_send(Some($sent))
    };
}

pub(crate) const KERNELS: &[(&str, Run)] =
    kernels!(make, resume, ("list6", |items| walks!(make, resume, data::list_1_000_000(), items)));
