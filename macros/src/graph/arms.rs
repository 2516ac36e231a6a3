//! Which blocks start an arm of the expansion.
//!
//! An arm is the largest tree of blocks that is entered at one place only: at the entry, after a suspension, at the head
//! of a loop, or where paths meet. A path into such a block is a *boundary*: every local that is needed behind it must be
//! in its slot there, since any of several arms may have come from.

use std::collections::BTreeSet;

use super::{BlockId, End, Graph};

/// The blocks that start an arm, in order.
pub(crate) struct Starts(BTreeSet<BlockId>);

impl Starts {
    pub(crate) fn of(graph: &Graph) -> Self {
        let reachable = graph.reachable();
        let mut entries = vec![0_usize; graph.blocks.len()];
        let mut starts = BTreeSet::from([Graph::ENTRY]);
        for id in &reachable {
            let block = graph.block(*id);
            if block.resumes.is_some() {
                starts.insert(*id);
            }
            if let End::Jump { target, .. } = block.end {
                starts.insert(target);
            }
            for successor in block.end.successors() {
                entries[successor.0] += 1;
            }
        }
        starts.extend(reachable.into_iter().filter(|id| entries[id.0] > 1));
        Starts(starts)
    }

    pub(crate) fn contains(&self, block: BlockId) -> bool {
        self.0.contains(&block)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.0.iter().copied()
    }

    /// The blocks of the arm that starts at a block.
    pub(crate) fn blocks(&self, graph: &Graph, start: BlockId) -> Vec<BlockId> {
        let mut blocks = vec![start];
        let mut index = 0;
        while let Some(id) = blocks.get(index) {
            let inside: Vec<_> = graph.block(*id).end.successors();
            blocks.extend(inside.into_iter().filter(|successor| !self.contains(*successor)));
            index += 1;
        }
        blocks
    }
}
