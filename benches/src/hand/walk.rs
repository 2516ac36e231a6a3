//! The walk of a tree, with an explicit stack.

use crate::data::Tree;

/// In order.
pub(super) struct Walk {
    tree: &'static Tree,
    stack: Vec<u32>,
    next: u32,
}

impl Walk {
    pub(super) fn new(tree: &'static Tree, root: u32) -> Self {
        Walk { tree, stack: Vec::new(), next: root }
    }
}

impl Iterator for Walk {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        while self.next != 0 {
            self.stack.push(self.next);
            self.next = self.tree.node(self.next).left;
        }
        let node = self.stack.pop()?;
        self.next = self.tree.node(node).right;
        Some(u64::from(node))
    }
}
