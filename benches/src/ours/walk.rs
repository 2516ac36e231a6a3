//! The walk of a tree, as a coroutine that delegates to itself.

use crate::data::{Node, Tree};

/// In order, by recursion.
#[coframe::coroutine(recursive, yield = u64)]
pub(super) fn walk(tree: &'static Tree, node: u32) {
    if node != 0 {
        let Node { left, right } = tree.node(node);
        coframe::yield_from!(walk(tree, left));
        coframe::yield_!(u64::from(node));
        coframe::yield_from!(walk(tree, right));
    }
}
