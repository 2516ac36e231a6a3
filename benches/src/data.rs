//! What the kernels work on.

use std::sync::OnceLock;

/// Where sequences of numbers begin; to be hidden from the optimiser.
pub const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// 16 KiB of words and blanks, of lengths that no predictor knows.
pub fn text() -> &'static [u8] {
    static TEXT: OnceLock<Vec<u8>> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut state = SEED;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut text = Vec::with_capacity(1 << 14);
        while text.len() < 1 << 14 {
            text.extend((0..3 + next() % 8).map(|_| b'a' + (next() % 26) as u8));
            text.extend((0..1 + next() % 2).map(|_| b' '));
        }
        text.truncate(1 << 14);
        text
    })
}

/// A node of a binary tree in an array: its children by index, 0 for none.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// The child that comes before it.
    pub left: u32,
    /// The child that comes after it.
    pub right: u32,
}

/// A tree; its nodes are numbered from 1.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    depth: usize,
}

impl Tree {
    /// The node of that number.
    #[inline]
    #[must_use]
    pub fn node(&self, node: u32) -> Node {
        self.nodes[node as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        self.nodes.len() as u64 - 1
    }

    /// How many levels it has.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// As deep as it has nodes.
    fn list(depth: u32) -> Tree {
        let node = |node| Node { left: if node == depth { 0 } else { node + 1 }, right: 0 };
        Tree { nodes: (0..=depth).map(node).collect(), depth: depth as usize }
    }
}

/// Full, with 2^20 - 1 nodes: twenty levels.
pub fn full() -> &'static Tree {
    static TREE: OnceLock<Tree> = OnceLock::new();
    TREE.get_or_init(|| {
        let child = |node: u32| if node < 1 << 20 { node } else { 0 };
        let node = |node: u32| Node { left: child(2 * node), right: child(2 * node + 1) };
        Tree { nodes: (0..1 << 20).map(node).collect(), depth: 20 }
    })
}

/// 10^4 deep.
pub fn list_10_000() -> &'static Tree {
    static TREE: OnceLock<Tree> = OnceLock::new();
    TREE.get_or_init(|| Tree::list(10_000))
}

/// 10^6 deep.
pub fn list_1_000_000() -> &'static Tree {
    static TREE: OnceLock<Tree> = OnceLock::new();
    TREE.get_or_init(|| Tree::list(1_000_000))
}
