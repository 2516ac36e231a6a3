//! genawaiter, in its three forms: `async` blocks that exchange values with the resumer through a cell, which stands in
//! the resumer's frame, behind an `Rc`, or behind an `Arc` with a lock.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;

use coframe_benches::data::{self, SEED, Tree};
use coframe_benches::{Run, drain};
use genawaiter::GeneratorState;

use crate::bodies;
use crate::kernels::kernels;

/// An `async` closure with one of the bodies, or one of the two below that take the whole controller.
macro_rules! producer {
    (deep, $seed:expr) => {
        |co| async move { first(&co, $seed).await }
    };
    (walk, $tree:expr, $root:expr) => {
        |co| async move { visit(&co, $tree, $root).await }
    };
    ($body:ident $(, $argument:expr)?) => {
        |co| async move {
            macro_rules! give {
                ($value:expr) => {
                    co.yield_($value).await
                };
            }
            bodies::$body!(give $(, $argument)?)
        }
    };
}

macro_rules! resume {
    ($made:ident) => {
        resume!($made, ())
    };
    ($made:ident, $sent:expr) => {
        match $made.resume_with($sent) {
            GeneratorState::Yielded(value) => Some(value),
            GeneratorState::Complete(_) => None,
        }
    };
}

/// What delegates hands its controller on.
macro_rules! delegating {
    ($Co:ty) => {
        async fn first(co: &$Co, seed: u64) {
            second(co, seed).await;
        }

        async fn second(co: &$Co, seed: u64) {
            third(co, seed).await;
        }

        async fn third(co: &$Co, seed: u64) {
            macro_rules! give {
                ($value:expr) => {
                    co.yield_($value).await
                };
            }
            bodies::fibonacci!(give, seed)
        }

        /// A level is a future on the heap, and all are polled for each node.
        fn visit<'a>(co: &'a $Co, tree: &'static Tree, node: u32) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
            Box::pin(async move {
                if node != 0 {
                    visit(co, tree, tree.node(node).left).await;
                    co.yield_(u64::from(node)).await;
                    visit(co, tree, tree.node(node).right).await;
                }
            })
        }
    };
}

pub(crate) mod stack {
    use genawaiter::stack::{Co, let_gen_using};

    use super::*;

    delegating!(Co<'_, u64>);

    macro_rules! make {
        ($made:ident: $sent:ty = $body:ident $(, $argument:expr)*) => {
            let_gen_using!($made, producer!($body $(, $argument)*));
        };
    }

    pub(crate) const KERNELS: &[(&str, Run)] = kernels!(make, resume);
}

pub(crate) mod rc {
    use genawaiter::rc::{Co, Gen};

    use super::*;

    delegating!(Co<u64>);

    macro_rules! make {
        ($made:ident: $sent:ty = $body:ident $(, $argument:expr)*) => {
            let mut $made = Gen::<u64, $sent, _>::new(producer!($body $(, $argument)*));
        };
    }

    pub(crate) const KERNELS: &[(&str, Run)] = kernels!(make, resume);
}

pub(crate) mod sync {
    use genawaiter::sync::{Co, Gen};

    use super::*;

    delegating!(Co<u64>);

    macro_rules! make {
        ($made:ident: $sent:ty = $body:ident $(, $argument:expr)*) => {
            let mut $made = Gen::<u64, $sent, _>::new(producer!($body $(, $argument)*));
        };
    }

    pub(crate) const KERNELS: &[(&str, Run)] = kernels!(make, resume);
}
