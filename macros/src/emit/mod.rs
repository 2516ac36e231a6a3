//! From the graph to Rust. Emission cannot fail.

mod arm;
mod bind;
mod code;
mod demand;
mod frame;
mod inspect;
mod moves;
mod parted;
mod regions;
pub(crate) mod rename;
mod rewrite;
mod save;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Type;

use crate::analysis::Facts;
use crate::graph::{BlockId, End, Graph, Instr, ScopeId};
use crate::layout::Layout;
use crate::names::{Local, Used};
use crate::scope::Locals;
use crate::syntax::calls::Calls;

pub(crate) use self::code::CodeObject;
pub(crate) use self::frame::{Frame, named, probing};
pub(crate) use self::save::fingerprint;

/// All that emission reads.
pub(crate) struct Emit<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) facts: &'a Facts,
    pub(crate) locals: &'a Locals,
    pub(crate) layout: &'a Layout,
    pub(crate) calls: &'a Calls,
    /// The path of `coframe::private`.
    pub(crate) private: TokenStream,
    /// Whether what is yielded goes to a driver.
    pub(crate) recursive: bool,
    /// The fingerprint of the source, if the frame can be saved.
    pub(crate) saves: Option<u64>,
    /// Whether its activations are known while they run.
    pub(crate) tracked: bool,
    /// What is yielded, as the type of a `let`.
    pub(crate) yields: Option<Type>,
    /// What is returned, as the type of a `let`.
    pub(crate) returns: TokenStream,
    /// What is sent, with its lifetimes inferred.
    pub(crate) sends: Type,
    /// What a resume without a value sends.
    pub(crate) sent: Sent,
    pub(crate) names: Names,
}

/// What is sent, as far as a resume without a value is concerned: the `Sends` of the runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sent {
    Unit,
    Option,
    Value,
}

impl Sent {
    /// As the type that is written tells.
    pub(crate) fn of(sends: &Type) -> Self {
        match sends {
            Type::Tuple(tuple) if tuple.elems.is_empty() => Sent::Unit,
            Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option") => Sent::Option,
            Type::Paren(inner) => Sent::of(&inner.elem),
            Type::Group(inner) => Sent::of(&inner.elem),
            _ => Sent::Value,
        }
    }

    /// The type of the runtime that says so.
    pub(crate) fn marker(self) -> TokenStream {
        match self {
            Sent::Unit => quote!(SendsUnit),
            Sent::Option => quote!(SendsOption),
            Sent::Value => quote!(SendsValue),
        }
    }
}

/// The names of the expansion's own variables.
pub(crate) struct Names {
    pub(crate) locals: Ident,
    pub(crate) position: Ident,
    pub(crate) state: Ident,
    pub(crate) sent: Ident,
    pub(crate) raised: Ident,
    pub(crate) turn: Ident,
    pub(crate) value: Ident,
    pub(crate) frame: Ident,
    pub(crate) made: Ident,
    pub(crate) identity: Ident,
    pub(crate) entered: Ident,
    pub(crate) again: Ident,
    pub(crate) resumed: Ident,
}

impl Names {
    pub(crate) fn new(used: &mut Used) -> Self {
        let mut fresh = |name| used.fresh(name, Span::call_site());
        Names {
            locals: fresh("locals"),
            position: fresh("position"),
            state: fresh("state"),
            sent: fresh("sent"),
            raised: fresh("raised"),
            turn: fresh("turn"),
            value: fresh("value"),
            frame: fresh("Locals"),
            made: fresh("made"),
            identity: fresh("identity"),
            entered: fresh("entered"),
            again: fresh("again"),
            resumed: fresh("resumed"),
        }
    }
}

impl Emit<'_> {
    /// The position that an arm goes on from: 0 for the entry, or the number of its suspension point.
    pub(crate) fn position(&self, block: BlockId) -> Option<u32> {
        if block == Graph::ENTRY {
            return Some(0);
        }
        self.graph.block(block).resumes.map(|point| u32::try_from(point).unwrap_or(u32::MAX))
    }

    /// Where a jump to an arm comes to in the end: past those that only enter and leave scopes without locals.
    fn passed(&self, mut target: BlockId) -> BlockId {
        let is_empty = |scope: &ScopeId| self.graph.scope(*scope).locals.is_empty();
        // An empty loop goes round for ever.
        for _ in 0..self.graph.blocks.len() {
            let block = self.graph.block(target);
            let next = match &block.end {
                End::Goto(next) => *next,
                End::Jump { leaving, target: next } if leaving.iter().all(is_empty) => *next,
                _ => break,
            };
            let passes = block.instrs.iter().all(|instr| match instr {
                Instr::Enter(_) => true,
                Instr::Leave(scope) => is_empty(scope),
                Instr::Stmt(_) | Instr::Spill { .. } => false,
            });
            if !passes || self.position(target).is_some() || !self.facts.starts.contains(next) {
                break;
            }
            target = next;
        }
        target
    }

    /// What is raised, as a value.
    pub(crate) fn pending(&self) -> TokenStream {
        let Names { raised, turn, .. } = &self.names;
        if self.recursive { quote!(#turn.pending()) } else { quote!(#raised) }
    }

    /// The slot of a local, as a place.
    pub(crate) fn slot(&self, local: Local) -> TokenStream {
        match self.layout.slot(local) {
            Some(slot) if slot.place == crate::layout::Place::Frame => {
                let (locals, name) = (&self.names.locals, &slot.name);
                quote!(#locals.#name)
            }
            Some(slot) => {
                let name = &slot.name;
                quote!(#name)
            }
            None => {
                let name = self.layout.name(local);
                quote!(#name)
            }
        }
    }
}
