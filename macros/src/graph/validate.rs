//! What must hold of every graph. Debug builds of the macro check it before anything is emitted.

use super::{BlockId, End, Graph, Instr, ScopeId};

/// Panics with the number of the block that is not as it must be.
pub(crate) fn graph(graph: &Graph) {
    for id in graph.reachable() {
        let block = graph.block(id);
        let mut scope = block.scope;
        for instr in &block.instrs {
            match instr {
                Instr::Enter(inner) => {
                    assert_eq!(graph.scope(*inner).parent, Some(scope), "block {}: enters a scope from outside", id.0);
                    scope = *inner;
                }
                Instr::Leave(inner) => {
                    assert_eq!(*inner, scope, "block {}: leaves a scope that is not the innermost", id.0);
                    scope = graph.scope(*inner).parent.unwrap_or(Graph::ROOT);
                }
                Instr::Spill { .. } => panic!("block {}: a spill is left", id.0),
                Instr::Stmt(_) => {}
            }
        }
        end(graph, id, scope);
    }
}

fn end(graph: &Graph, id: BlockId, scope: ScopeId) {
    let same = |target: BlockId| {
        assert_eq!(graph.block(target).scope, scope, "block {} goes to {} in another scope", id.0, target.0);
    };
    let same_or_inner = |target: BlockId| {
        let inner = graph.block(target).scope;
        let ok = inner == scope || graph.scope(inner).parent == Some(scope);
        assert!(ok, "block {} branches to {} in another scope", id.0, target.0);
    };
    let left = |leaving: &[ScopeId], target: BlockId| {
        let mut scope = scope;
        for left in leaving {
            assert_eq!(*left, scope, "block {}: goes out of a scope that is not the innermost", id.0);
            scope = graph.scope(*left).parent.unwrap_or(Graph::ROOT);
        }
        assert_eq!(graph.block(target).scope, scope, "block {} goes to {} in another scope", id.0, target.0);
    };
    match &graph.block(id).end {
        End::Goto(target) => same(*target),
        End::Suspend { resume, point, leaving, .. } => {
            left(leaving, *resume);
            assert_eq!(graph.block(*resume).resumes, Some(*point), "block {}: resumes at another point", id.0);
        }
        End::Jump { leaving, target } => left(leaving, *target),
        End::Branch { then, otherwise, .. } => {
            same_or_inner(*then);
            same_or_inner(*otherwise);
        }
        End::Match { arms, .. } => arms.iter().for_each(|arm| same_or_inner(arm.block)),
        End::Return(_) | End::Unreachable => {}
    }
}
