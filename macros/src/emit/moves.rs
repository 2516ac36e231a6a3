//! Moves out of what may or may not hold a value.
//!
//! Such a local is a slot, and its mention a place, out of which nothing can be moved. Where every mention in a piece of
//! code moves all of it, it is taken. Any other move of such a local is left to rustc's error.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::Emit;
use super::rewrite::Bindings;
use crate::graph::{BlockId, End, Instr};
use crate::names::{Local, local_of, locals_in_text};
use crate::scope::flow::{Flow, Kind};

impl Emit<'_> {
    /// The bindings for one statement of a block.
    pub(super) fn moving_instr(&self, id: BlockId, index: usize, bindings: &Bindings) -> Bindings {
        let flow = self.facts.flow_of_instr(id, index);
        self.moving(bindings, std::iter::once(flow), || match &self.graph.block(id).instrs[index] {
            Instr::Stmt(stmt) => stmt.to_token_stream(),
            Instr::Spill { .. } | Instr::Enter(_) | Instr::Leave(_) => TokenStream::new(),
        })
    }

    /// The bindings for the end of a block.
    pub(super) fn moving_at_end(&self, id: BlockId, bindings: &Bindings) -> Bindings {
        let flows = self.facts.flows_at_end(self.graph, id);
        self.moving(bindings, flows, || match &self.graph.block(id).end {
            End::Suspend { value: expr, .. } | End::Branch { cond: expr, .. } | End::Return(expr) => {
                expr.to_token_stream()
            }
            End::Match { scrutinee, arms, .. } => {
                let guards = arms.iter().map(|arm| &arm.guard);
                quote!(#scrutinee #(#guards)*)
            }
            End::Goto(_) | End::Jump { .. } | End::Unreachable => TokenStream::new(),
        })
    }

    fn moving<'f>(
        &self,
        bindings: &Bindings,
        flows: impl Iterator<Item = &'f Flow>,
        code: impl Fn() -> TokenStream,
    ) -> Bindings {
        let mut all: HashMap<Local, Mentions> = HashMap::new();
        for flow in flows {
            flow.uses(&mut |local, kind, last| {
                let mentions = all.entry(local).or_default();
                match kind {
                    Kind::Value if last => mentions.moves += 1,
                    Kind::Place => mentions.places += 1,
                    _ => mentions.others += 1,
                }
            });
            flow.inits(&mut |local| all.entry(local).or_default().assigned += 1);
        }
        let mut moving = bindings.clone();
        for (local, mentions) in all {
            if let Some(binding) = bindings.get(&local)
                && binding.moved() != *binding
                && !self.layout.slot(local).is_some_and(|slot| slot.plain)
                && mentions.only_move(count(code(), local))
            {
                moving.insert(local, binding.moved());
            }
        }
        moving
    }
}

/// How a piece of code uses one local.
#[derive(Default)]
struct Mentions {
    moves: usize,
    places: usize,
    others: usize,
    assigned: usize,
}

impl Mentions {
    /// Whether each mention moves, where it is written down so often. One that is matched with a pattern is of a place too.
    fn only_move(&self, written: usize) -> bool {
        let matched = self.places > 0 && self.moves > 1;
        self.others == 0 && !matched && self.moves > 0 && self.moves + self.assigned == written
    }
}

/// How often a local is written down.
fn count(code: TokenStream, local: Local) -> usize {
    let of = |token: TokenTree| match token {
        TokenTree::Ident(ident) => usize::from(local_of(&ident) == Some(local)),
        TokenTree::Group(group) => count(group.stream(), local),
        TokenTree::Literal(literal) => {
            locals_in_text(&literal.to_string()).into_iter().filter(|other| *other == local).count()
        }
        TokenTree::Punct(_) => 0,
    };
    code.into_iter().map(of).sum()
}
