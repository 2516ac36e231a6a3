//! The check for borrows of the frame's own locals across a pause, where syntax is enough to see them.
//!
//! Input: the graph and its facts. rustc refuses every such borrow; this pass only says it in the user's words, at the
//! user's code. So it reports what is certain and leaves the rest to rustc.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Pat, Stmt};

use crate::analysis::Facts;
use crate::graph::{End, Graph, Instr};
use crate::names::{Local, bare_local};
use crate::report::Report;
use crate::scope::{Keep, Locals, knowledge, patterns};
use crate::syntax::calls::Calls;

/// Reports each local that borrows another and is used after a pause.
pub(crate) fn borrows(graph: &Graph, facts: &Facts, locals: &Locals, calls: &Calls) -> syn::Result<()> {
    let mut report = Report::default();
    let check = Check { graph, facts, locals, calls };
    let stmts = graph.reachable().into_iter().flat_map(|id| &graph.block(id).instrs);
    for instr in stmts {
        let Instr::Stmt(Stmt::Local(stmt)) = instr else { continue };
        let Some(init) = &stmt.init else { continue };
        let whole = is_name(&stmt.pat);
        if !whole && !takes_parts(&stmt.pat) {
            continue;
        }
        let Some((borrowed, place)) = check.borrowed(&init.expr, false, whole) else { continue };
        for local in patterns::bindings(&stmt.pat) {
            if let Some(pause) = check.pause_over(local, borrowed) {
                let name = &locals[borrowed].name;
                let user = if locals[local].name == "iter" {
                    "this loop".to_owned()
                } else {
                    format!("`{}`", locals[local].name)
                };
                let pause = line(pause);
                report.at_span(
                    place,
                    format!(
                        "{user} borrows `{name}`, a local of this coroutine, and is used after the yield{pause}: a paused \
                         frame may be moved, so nothing in it may point into it. Borrow `{name}` again after the yield, \
                         make it an argument that is a reference, or make the coroutine `pinned`"
                    ),
                );
                break;
            }
        }
    }
    report.finish()
}

/// The line of a suspension point, as far as the compiler tells it.
fn line(span: Span) -> String {
    if proc_macro::is_available() { format!(" on line {}", span.unwrap().line()) } else { String::new() }
}

struct Check<'a> {
    graph: &'a Graph,
    facts: &'a Facts,
    locals: &'a Locals,
    calls: &'a Calls,
}

impl Check<'_> {
    /// The own local that the value of an expression certainly points into, and where it is borrowed. What a pattern takes
    /// out of it, where not `whole`, may come from behind a reference that the local is.
    fn borrowed(&self, expr: &Expr, is_head: bool, whole: bool) -> Option<(Local, Span)> {
        match expr {
            Expr::Paren(inner) => self.borrowed(&inner.expr, is_head, whole),
            Expr::Group(inner) => self.borrowed(&inner.expr, is_head, whole),
            Expr::Reference(reference) => {
                let bare = bare_local(&reference.expr).filter(|_| whole);
                let own = bare.or_else(|| self.owned_root(&reference.expr, false));
                own.map(|local| (local, reference.span()))
            }
            // The iterator of a `for`.
            Expr::Call(call) if is_into_iter(&call.func) => self.borrowed(call.args.first()?, true, whole),
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                if knowledge::gives_view(&name) {
                    self.owned_root(&call.receiver, true).map(|local| (local, call.span()))
                } else if knowledge::keeps_borrow(&name, is_head) {
                    self.borrowed(&call.receiver, is_head, whole)
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    /// The local that a place is part of, if that is certain to be no reference; `known`: and of a type whose methods
    /// are known.
    fn owned_root(&self, place: &Expr, known: bool) -> Option<Local> {
        match place {
            Expr::Field(field) if !known => bare_local(&field.base).filter(|local| self.is_owned(*local, false)),
            // Indexing may go through a reference, unless what is indexed is known.
            Expr::Index(index) => self.owned_root(&index.expr, true),
            Expr::Paren(inner) => self.owned_root(&inner.expr, known),
            Expr::Group(inner) => self.owned_root(&inner.expr, known),
            place => bare_local(place).filter(|local| self.is_owned(*local, known)),
        }
    }

    /// Whether a local is declared with a value that is no reference.
    fn is_owned(&self, local: Local, known: bool) -> bool {
        if self.locals[local].keep == Keep::Scalar || self.locals[local].is_owner {
            return true;
        }
        let stmts = self.graph.blocks.iter().flat_map(|block| &block.instrs);
        let init = stmts.into_iter().find_map(|instr| match instr {
            Instr::Stmt(Stmt::Local(stmt)) if patterns::bindings(&stmt.pat) == [local] => stmt.init.as_ref(),
            _ => None,
        });
        init.is_some_and(|init| match &*init.expr {
            Expr::Array(_) | Expr::Repeat(_) => true,
            Expr::Struct(_) | Expr::Tuple(_) => !known,
            Expr::Call(call) if self.calls.get(&call.func).is_some() => true,
            Expr::Call(call) => makes_an_owner(&call.func, known),
            Expr::MethodCall(call) => ["to_string", "to_vec"].iter().any(|name| call.method == name),
            _ => false,
        })
    }

    /// A suspension point over which `local` is used later while `borrowed` is in scope.
    fn pause_over(&self, local: Local, borrowed: Local) -> Option<Span> {
        self.graph.reachable().into_iter().find_map(|id| match &self.graph.block(id).end {
            End::Suspend { resume, point, .. }
                if self.facts.is_live(*resume, local)
                    && self.facts.in_scope(self.graph, *resume).contains(&borrowed)
                    && self.facts.state_in(*resume).get(local).may_init =>
            {
                Some(self.graph.points[point - 1].span)
            }
            _ => None,
        })
    }
}

/// Whether a pattern binds all of what it matches.
fn is_name(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(binding) => binding.subpat.is_none(),
        Pat::Type(typed) => is_name(&typed.pat),
        Pat::Paren(inner) => is_name(&inner.pat),
        _ => false,
    }
}

/// Whether a pattern binds parts of what it matches, and nothing of what these may refer to.
fn takes_parts(pat: &Pat) -> bool {
    let is_part = |pat: &Pat| is_name(pat) || matches!(pat, Pat::Wild(_) | Pat::Rest(_));
    match pat {
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_part),
        Pat::TupleStruct(tuple) => tuple.elems.iter().all(is_part),
        Pat::Slice(slice) => slice.elems.iter().all(is_part),
        Pat::Struct(fields) => fields.fields.iter().all(|field| is_part(&field.pat)),
        _ => false,
    }
}

fn is_into_iter(func: &Expr) -> bool {
    matches!(func, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "into_iter"))
}

/// `Vec::new` and its like: a constructor, named as one, of a type that is not a reference.
fn makes_an_owner(func: &Expr, known: bool) -> bool {
    let Expr::Path(path) = func else { return false };
    let mut segments = path.path.segments.iter().rev();
    let (Some(last), Some(ty)) = (segments.next(), segments.next()) else { return false };
    let constructor = ["new", "with_capacity", "default"].iter().any(|name| last.ident == name);
    constructor
        && ty.ident.to_string().starts_with(char::is_uppercase)
        && (!known || knowledge::is_owner_name(&ty.ident))
}
