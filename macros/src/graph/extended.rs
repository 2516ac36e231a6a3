//! Temporaries whose lifetime a `let` extends to that of its binding.
//!
//! `let x = &make();` keeps what `make` gave for as long as `x`; so do a tuple, an array, a struct or a constructor around
//! the reference, a field of the temporary, and a pattern with `ref`. Where the body pauses in between, the temporary must
//! be a local. Evaluation stays in order: what stands before it in the initialiser becomes a local as well.

use syn::spanned::Spanned;
use syn::{Expr, Pat, parse_quote};

use super::build::Builder;
use super::operands::is_stable;
use crate::message;
use crate::scope::Keep;
use crate::scope::mentions::is_place;
use crate::scope::patterns::each_binding;

impl Builder<'_> {
    /// Makes locals of the temporaries that live as long as what `pat` binds.
    pub(super) fn extend_temporaries(&mut self, pat: &Pat, init: &mut Expr) {
        if borrows_temporary(pat, init) {
            let value = std::mem::replace(init, parse_quote!(()));
            *init = self.extended(value);
        } else if has_extended(init) {
            self.extend(init);
        }
    }

    /// A `let … else` ends them before its `else` begins.
    pub(super) fn refuse_extended(&mut self, pat: &Pat, init: &Expr) {
        if borrows_temporary(pat, init) || has_extended(init) {
            self.report.at(init, message::EXTENDED);
        }
    }

    fn extended(&mut self, value: Expr) -> Expr {
        let local = self.temp("operand", value.span(), Keep::Unknown);
        let ident = self.locals.ident(local);
        let pat: syn::PatIdent = syn::PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: Some(Default::default()),
            ident,
            subpat: None,
        };
        self.stmt(&super::make::binding(Pat::Ident(pat), value));
        self.path(local)
    }

    fn extend(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Reference(reference) => self.extend_operand(&mut reference.expr),
            Expr::Paren(inner) => self.extend(&mut inner.expr),
            Expr::Group(inner) => self.extend(&mut inner.expr),
            Expr::Cast(inner) => self.extend(&mut inner.expr),
            Expr::Tuple(tuple) => self.extend_all(tuple.elems.iter_mut().collect()),
            Expr::Array(array) => self.extend_all(array.elems.iter_mut().collect()),
            Expr::Call(call) => self.extend_all(call.args.iter_mut().collect()),
            Expr::Struct(inner) => self.extend_all(inner.fields.iter_mut().map(|field| &mut field.expr).collect()),
            Expr::If(inner) => self.report.at(&inner.if_token, message::EXTENDED),
            Expr::Match(inner) => self.report.at(&inner.match_token, message::EXTENDED),
            other => self.report.at(other, message::EXTENDED),
        }
    }

    /// The operand of an extending `&`: the value it borrows, or is a part of.
    fn extend_operand(&mut self, operand: &mut Expr) {
        match operand {
            Expr::Paren(inner) => self.extend_operand(&mut inner.expr),
            Expr::Field(field) if !is_place(&field.base) => self.extend_operand(&mut field.base),
            Expr::Index(index) if !is_place(&index.expr) => self.extend_operand(&mut index.expr),
            operand if is_place(operand) => {}
            operand => {
                if has_extended(operand) {
                    self.extend(operand);
                }
                let value = std::mem::replace(operand, parse_quote!(()));
                *operand = self.extended(value);
            }
        }
    }

    fn extend_all(&mut self, parts: Vec<&mut Expr>) {
        let Some(last) = parts.iter().rposition(|part| has_extended(part)) else { return };
        for (index, part) in parts.into_iter().enumerate().take(last + 1) {
            if has_extended(part) {
                self.extend(part);
            } else if index < last && !is_stable(part) {
                let value = std::mem::replace(part, parse_quote!(()));
                *part = self.extended(value);
            }
        }
    }
}

/// Whether a pattern borrows of the value it matches, and that is a temporary.
fn borrows_temporary(pat: &Pat, init: &Expr) -> bool {
    let mut by_ref = false;
    each_binding(pat, &mut |binding| by_ref |= binding.by_ref.is_some());
    by_ref && !is_place(init) && !is_constant(init)
}

/// Whether an initialiser borrows a temporary in an extending position.
fn has_extended(expr: &Expr) -> bool {
    match expr {
        Expr::Reference(reference) => makes_temporary(&reference.expr) || has_extended(&reference.expr),
        Expr::Paren(inner) => has_extended(&inner.expr),
        Expr::Group(inner) => has_extended(&inner.expr),
        Expr::Cast(inner) => has_extended(&inner.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().any(has_extended),
        Expr::Array(array) => array.elems.iter().any(has_extended),
        Expr::Struct(inner) => inner.fields.iter().any(|field| has_extended(&field.expr)),
        Expr::Call(call) => is_constructor(&call.func) && call.args.iter().any(has_extended),
        Expr::Block(inner) => tail(&inner.block).is_some_and(has_extended),
        Expr::If(inner) => {
            tail(&inner.then_branch).is_some_and(has_extended)
                || inner.else_branch.as_ref().is_some_and(|(_, otherwise)| has_extended(otherwise))
        }
        Expr::Match(inner) => inner.arms.iter().any(|arm| has_extended(&arm.body)),
        _ => false,
    }
}

/// Whether borrowing an expression makes a temporary that is not a constant.
fn makes_temporary(value: &Expr) -> bool {
    match value {
        Expr::Paren(inner) => makes_temporary(&inner.expr),
        Expr::Field(field) => makes_temporary(&field.base),
        Expr::Index(index) => makes_temporary(&index.expr),
        Expr::Macro(_) => false,
        value => !is_place(value) && !is_constant(value),
    }
}

/// `Some`, `Wrapper::Variant`: a constructor, named as one.
fn is_constructor(func: &Expr) -> bool {
    matches!(func, Expr::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase)))
}

fn tail(block: &syn::Block) -> Option<&Expr> {
    match block.stmts.last() {
        Some(syn::Stmt::Expr(tail, None)) => Some(tail),
        _ => None,
    }
}

/// Whether an expression is promoted to a static.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Closure(_) => true,
        Expr::Array(array) => array.elems.iter().all(is_constant),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_constant),
        Expr::Repeat(repeat) => is_constant(&repeat.expr),
        Expr::Unary(unary) => is_constant(&unary.expr),
        Expr::Reference(reference) => is_constant(&reference.expr),
        Expr::Paren(inner) => is_constant(&inner.expr),
        Expr::Struct(inner) => inner.rest.is_none() && inner.fields.iter().all(|field| is_constant(&field.expr)),
        _ => false,
    }
}
