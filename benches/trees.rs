//! Trees to walk: by a recursive coroutine, and by an iterator with a stack of its own.

use std::sync::OnceLock;

/// A node of a binary tree in an array: its children by index, 0 for none.
#[derive(Clone, Copy)]
pub(crate) struct Node {
    left: u32,
    right: u32,
}

/// A tree; its nodes are numbered from 1.
pub(crate) struct Tree(Vec<Node>);

/// Full, with 2^20 - 1 nodes: twenty levels.
pub(crate) fn full() -> &'static Tree {
    static TREE: OnceLock<Tree> = OnceLock::new();
    TREE.get_or_init(|| {
        let child = |node: u32| if node < 1 << 20 { node } else { 0 };
        Tree((0..1 << 20).map(|node| Node { left: child(2 * node), right: child(2 * node + 1) }).collect())
    })
}

/// As deep as it has nodes.
fn list(depth: u32) -> Tree {
    Tree((0..=depth).map(|node| Node { left: if node == depth { 0 } else { node + 1 }, right: 0 }).collect())
}

pub(crate) fn list_10_000() -> &'static Tree {
    static TREE: OnceLock<Tree> = OnceLock::new();
    TREE.get_or_init(|| list(10_000))
}

pub(crate) fn list_1_000_000() -> &'static Tree {
    static TREE: OnceLock<Tree> = OnceLock::new();
    TREE.get_or_init(|| list(1_000_000))
}

/// In order, by recursion.
#[coframe::coroutine(recursive, yield = u64)]
pub(crate) fn walk(tree: &'static Tree, node: u32) {
    if node != 0 {
        let Node { left, right } = tree.0[node as usize];
        coframe::yield_from!(walk(tree, left));
        coframe::yield_!(u64::from(node));
        coframe::yield_from!(walk(tree, right));
    }
}

/// In order, with an explicit stack.
pub(crate) struct Walk {
    tree: &'static Tree,
    stack: Vec<u32>,
    next: u32,
}

impl Walk {
    pub(crate) fn new(tree: &'static Tree, root: u32) -> Self {
        Walk { tree, stack: Vec::new(), next: root }
    }
}

impl Iterator for Walk {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        while self.next != 0 {
            self.stack.push(self.next);
            self.next = self.tree.0[self.next as usize].left;
        }
        let node = self.stack.pop()?;
        self.next = self.tree.0[node as usize].right;
        Some(u64::from(node))
    }
}
