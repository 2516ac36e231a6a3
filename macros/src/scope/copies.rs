//! Closures that only read locals which are `Copy`.
//!
//! Such a closure is compiled as a `move` closure: it then has copies, and borrows nothing of the frame. Invariant: nobody
//! can tell. Nothing that is captured is changed while the closure lives, neither by it nor, as it borrows, by others; and
//! nothing that it gives points to what it captured.

use syn::visit::{self, Visit};
use syn::{Expr, ExprClosure, Pat};

use super::{Keep, Locals, closures};
use crate::names::{Local, local_of};
use crate::scope::mentions::is_compound;

/// Whether all that a closure captures is `Copy` and only read. Its own locals are marked as such.
pub(super) fn are_all(closure: &ExprClosure, locals: &Locals) -> bool {
    let mut reads = Reads { locals, some: false, all: true };
    reads.visit_expr(&closure.body);
    reads.some && reads.all
}

struct Reads<'a> {
    locals: &'a Locals,
    some: bool,
    all: bool,
}

impl Reads<'_> {
    fn captured(&self, ident: Option<&syn::Ident>) -> Option<Local> {
        ident.and_then(local_of).filter(|local| !self.locals[*local].is_anothers)
    }

    /// The captured local that a place is part of, unless it is reached through `*`.
    fn root(&self, place: &Expr) -> Option<Local> {
        match place {
            Expr::Path(path) => self.captured(path.path.get_ident()),
            Expr::Field(field) => self.root(&field.base),
            Expr::Index(index) => self.root(&index.expr),
            Expr::Paren(inner) => self.root(&inner.expr),
            Expr::Group(inner) => self.root(&inner.expr),
            _ => None,
        }
    }

    /// A place that is borrowed: what points to it could be given away, or the place be changed through it.
    fn borrowed(&mut self, place: &Expr) {
        if let Some(local) = self.root(place) {
            self.all &= self.locals[local].is_shared && !matches!(place, Expr::Path(_));
        }
    }
}

impl<'ast> Visit<'ast> for Reads<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Path(path) => {
                if let Some(local) = self.captured(path.path.get_ident()) {
                    self.some = true;
                    self.all &= self.locals[local].keep >= Keep::Copy;
                }
            }
            Expr::Reference(inner) => self.borrowed(&inner.expr),
            Expr::RawAddr(_) | Expr::Async(_) | Expr::Verbatim(_) => self.all = false,
            Expr::Assign(assign) => self.all &= self.root(&assign.left).is_none(),
            Expr::Binary(binary) if is_compound(binary.op) => self.all &= self.root(&binary.left).is_none(),
            Expr::MethodCall(call) => {
                if let Some(local) = self.root(&call.receiver) {
                    let info = &self.locals[local];
                    // A method of a number gives no reference to it; one of a reference gives what lives as long.
                    self.all &= !info.is_mut && (info.keep == Keep::Scalar || info.is_shared);
                }
            }
            // One that borrows could be given away.
            Expr::Closure(inner) if inner.capture.is_none() => {
                let mut captures = Reads { locals: self.locals, some: false, all: true };
                captures.visit_expr(&inner.body);
                self.all &= !captures.some;
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_pat(&mut self, pat: &'ast Pat) {
        if let Pat::Ident(binding) = pat {
            self.all &= binding.by_ref.is_none();
        }
        visit::visit_pat(self, pat);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        // What a macro makes of its tokens is known where these are expressions.
        let arguments = closures::arguments(mac);
        let printed = mac.path.segments.last().is_some_and(|last| PRINTING.iter().any(|name| last.ident == name));
        if printed && !arguments.is_empty() {
            arguments.iter().for_each(|(arg, _)| self.visit_expr(arg));
        } else {
            self.all &= closures::mentioned(mac.tokens.clone()).iter().all(|local| self.locals[*local].is_anothers);
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// Macros that read their arguments and give nothing that points to them.
const PRINTING: [&str; 10] =
    ["print", "println", "eprint", "eprintln", "format", "panic", "assert", "assert_eq", "assert_ne", "vec"];
