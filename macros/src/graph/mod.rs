//! The control-flow graph of a body.
//!
//! A block is straight code that does not pause. Blocks are numbered in the order of the text, so that the expansion
//! declares what it uses before it uses it, which type inference needs. A scope is a region at whose end its locals are
//! dropped; `Enter` and `Leave` of one scope stand on the same level of branching.

pub(crate) mod arms;
mod assign;
mod build;
mod conditions;
mod control;
mod extended;
pub(crate) mod make;
mod matches;
mod operands;
pub(crate) mod pauses;
pub(crate) mod print;
pub(crate) mod spills;
mod temporaries;
pub(crate) mod validate;

use std::collections::HashSet;

use proc_macro2::Span;
use syn::{Attribute, Expr, Pat, Stmt};

pub(crate) use self::build::{Built, Context, build};
use crate::names::Local;
use crate::scope::patterns::bindings;

/// The number of a block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct BlockId(pub(crate) usize);

/// The number of a scope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ScopeId(pub(crate) usize);

/// One step of a block. A graph is small and does not live long, so a step is as large as its statement.
#[allow(clippy::large_enum_variant)]
#[derive(Clone)]
pub(crate) enum Instr {
    /// A statement of the user's, or one made of parts of one.
    Stmt(Stmt),
    /// `let temp = source;`, or nothing if the source is mentioned again (see `spills`).
    Spill {
        temp: Local,
        source: Local,
    },
    Enter(ScopeId),
    Leave(ScopeId),
}

/// How a block ends.
#[derive(Clone)]
pub(crate) enum End {
    /// On to a block in the same scope.
    Goto(BlockId),
    /// Out of scopes, innermost first, to a block that can be reached in other ways too.
    Jump { leaving: Vec<ScopeId>, target: BlockId },
    /// `if`; what a `let` in the condition binds belongs to the scope of `then`.
    /// Where the two meet again is `join`.
    Branch { cond: Expr, then: BlockId, otherwise: BlockId, join: Option<BlockId> },
    /// `match`; what a pattern binds belongs to the scope of its block.
    Match { scrutinee: Expr, arms: Vec<Arm>, join: Option<BlockId> },
    /// The coroutine pauses, out of scopes, innermost first; at `resume` the value that was sent is the first thing
    /// evaluated.
    Suspend { point: usize, value: Expr, leaving: Vec<ScopeId>, resume: BlockId },
    /// The body returns.
    Return(Expr),
    /// Control does not come here.
    Unreachable,
}

/// One arm of a `match`.
#[derive(Clone)]
pub(crate) struct Arm {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pat: Pat,
    pub(crate) guard: Option<Expr>,
    pub(crate) block: BlockId,
}

/// A block.
#[derive(Clone)]
pub(crate) struct Block {
    /// The scope at its start.
    pub(crate) scope: ScopeId,
    pub(crate) instrs: Vec<Instr>,
    pub(crate) end: End,
    /// The suspension point that it goes on from.
    pub(crate) resumes: Option<usize>,
}

/// A scope.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    pub(crate) parent: Option<ScopeId>,
    /// In order of declaration.
    pub(crate) locals: Vec<Local>,
    /// Whether it is that of an `unsafe` block.
    pub(crate) is_unsafe: bool,
}

/// An argument, and the statements that take its pattern apart. They stand first in the entry.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) local: Local,
    pub(crate) patterns: Vec<Stmt>,
}

/// The graph.
#[derive(Clone, Default)]
pub(crate) struct Graph {
    pub(crate) arguments: Vec<Argument>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) points: Vec<Point>,
    /// Whether what is raised at some suspension point does not simply leave the body.
    pub(crate) catches: bool,
}

/// A suspension point.
#[derive(Clone)]
pub(crate) struct Point {
    /// Where its marker stands.
    pub(crate) span: Span,
    /// Whether it hands on what a delegate yields.
    pub(crate) delegates: bool,
    /// The name that its marker gives it.
    pub(crate) label: Option<String>,
}

impl Graph {
    pub(crate) const ENTRY: BlockId = BlockId(0);
    pub(crate) const ROOT: ScopeId = ScopeId(0);

    pub(crate) fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0]
    }

    pub(crate) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0]
    }

    /// The scope and those around it, outermost first.
    pub(crate) fn path(&self, scope: ScopeId) -> Vec<ScopeId> {
        let mut path: Vec<_> = std::iter::successors(Some(scope), |scope| self.scope(*scope).parent).collect();
        path.reverse();
        path
    }

    /// The statements that take an argument apart, in the arm that does.
    pub(crate) fn patterns(&self, start: BlockId, local: Local) -> &[Stmt] {
        let argument = self.arguments.iter().find(|argument| start == Graph::ENTRY && argument.local == local);
        argument.map_or(&[], |argument| &argument.patterns)
    }

    /// How many statements at the entry take arguments apart.
    pub(crate) fn pattern_count(&self) -> usize {
        self.arguments.iter().map(|argument| argument.patterns.len()).sum()
    }

    /// The type with which a local is declared without a value.
    pub(crate) fn declared_type(&self, local: Local) -> Option<&syn::Type> {
        let instrs = self.blocks.iter().flat_map(|block| &block.instrs);
        instrs.into_iter().find_map(|instr| match instr {
            Instr::Stmt(Stmt::Local(stmt)) if stmt.init.is_none() => match &stmt.pat {
                Pat::Type(typed) if bindings(&typed.pat) == [local] => Some(&*typed.ty),
                _ => None,
            },
            _ => None,
        })
    }

    /// The locals that are declared without a value.
    pub(crate) fn declared_late(&self) -> HashSet<Local> {
        let instrs = self.blocks.iter().flat_map(|block| &block.instrs);
        let late = instrs.filter_map(|instr| match instr {
            Instr::Stmt(Stmt::Local(stmt)) if stmt.init.is_none() => Some(bindings(&stmt.pat)),
            _ => None,
        });
        late.flatten().collect()
    }

    /// The blocks that can be reached, in order.
    pub(crate) fn reachable(&self) -> Vec<BlockId> {
        let mut seen = vec![false; self.blocks.len()];
        let mut todo = vec![Graph::ENTRY];
        while let Some(id) = todo.pop() {
            if !std::mem::replace(&mut seen[id.0], true) {
                todo.extend(self.block(id).end.successors());
            }
        }
        (0..self.blocks.len()).filter(|index| seen[*index]).map(BlockId).collect()
    }
}

impl Block {
    /// The locals that its statements declare.
    pub(crate) fn declares(&self) -> Vec<Local> {
        let stmts = self.instrs.iter().filter_map(|instr| match instr {
            Instr::Stmt(Stmt::Local(stmt)) => Some(bindings(&stmt.pat)),
            _ => None,
        });
        stmts.flatten().collect()
    }
}

impl End {
    /// Where control goes on, in the order of the text.
    pub(crate) fn successors(&self) -> Vec<BlockId> {
        match self {
            End::Goto(target) | End::Jump { target, .. } | End::Suspend { resume: target, .. } => vec![*target],
            End::Branch { then, otherwise, .. } => vec![*then, *otherwise],
            End::Match { arms, .. } => arms.iter().map(|arm| arm.block).collect(),
            End::Return(_) | End::Unreachable => Vec::new(),
        }
    }
}
