//! Indexed places over a suspension, in a body that rustc compiles.
//!
//! rustc (1.95 stable and 1.97 nightly, seen in plain `async fn`s) does not keep the index of an array or a slice over an
//! await that comes between the evaluation of a place and its use: in a guard, `match v[i] { n if future.await => n, … }`,
//! and in a further index, `v[i][future.await] = n`. It looks at the place again with an index that is not initialised. A
//! reference to the place is kept, so there one is put between: `*&v[i]`. Nothing is lost by it, since what is indexed
//! cannot be moved out of.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Token, UnOp};

use super::is_touched;
use crate::scope::mentions::is_compound;
use crate::scope::patterns::has_ref_mut;

/// Puts references where an expression needs them, its operands aside.
pub(super) fn keep_references(expr: &mut Expr) {
    match expr {
        Expr::Assign(assign) => assigned(&mut assign.left),
        Expr::Binary(binary) if is_compound(binary.op) => assigned(&mut binary.left),
        Expr::Reference(borrow) => further_indices(&mut borrow.expr, borrow.mutability.is_some()),
        Expr::RawAddr(borrow) => {
            further_indices(&mut borrow.expr, matches!(borrow.mutability, syn::PointerMutability::Mut(_)));
        }
        Expr::Let(inner) => matched(&mut inner.expr, has_ref_mut(&inner.pat)),
        Expr::Match(inner) => {
            let exclusive = inner.arms.iter().any(|arm| has_ref_mut(&arm.pat));
            let mut guards = inner.arms.iter().filter_map(|arm| arm.guard.as_ref());
            if is_indexed(&inner.expr) && guards.any(|(_, guard)| is_touched(&guard.to_token_stream())) {
                *inner.expr = through_reference(&inner.expr, exclusive);
            }
            matched(&mut inner.expr, exclusive);
        }
        // What becomes of it is not known: as a receiver that is borrowed exclusively it is refused by rustc.
        Expr::Index(_) => further_indices(expr, false),
        _ => {}
    }
}

/// What is bound by a pattern, which may borrow parts of it exclusively.
pub(super) fn bound(local: &mut syn::Local) {
    let exclusive = has_ref_mut(&local.pat);
    if let Some(init) = &mut local.init {
        matched(&mut init.expr, exclusive);
    }
}

fn matched(place: &mut Expr, exclusive: bool) {
    if exclusive {
        further_indices(place, true);
    }
}

fn assigned(place: &mut Expr) {
    match place {
        Expr::Tuple(tuple) => tuple.elems.iter_mut().for_each(assigned),
        Expr::Array(array) => array.elems.iter_mut().for_each(assigned),
        Expr::Call(call) => call.args.iter_mut().for_each(assigned),
        Expr::Struct(inner) => inner.fields.iter_mut().for_each(|field| assigned(&mut field.expr)),
        place => further_indices(place, true),
    }
}

/// Where an index suspends, of something that is in an indexed place itself.
fn further_indices(place: &mut Expr, exclusive: bool) {
    match place {
        Expr::Paren(inner) => further_indices(&mut inner.expr, exclusive),
        Expr::Group(inner) => further_indices(&mut inner.expr, exclusive),
        Expr::Field(inner) => further_indices(&mut inner.base, exclusive),
        Expr::Unary(inner) if matches!(inner.op, UnOp::Deref(_)) => further_indices(&mut inner.expr, exclusive),
        Expr::Index(inner) => {
            further_indices(&mut inner.expr, exclusive);
            if is_indexed(&inner.expr) && is_touched(&inner.index.to_token_stream()) {
                *inner.expr = through_reference(&inner.expr, exclusive);
            }
        }
        _ => {}
    }
}

/// `(*&place)`, in tokens of the expansion's own, which no lint looks at.
fn through_reference(place: &Expr, exclusive: bool) -> Expr {
    let span = Span::mixed_site().located_at(place.span());
    let borrow = Expr::Reference(syn::ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](span),
        mutability: exclusive.then(|| Token![mut](span)),
        expr: Box::new(place.clone()),
    });
    let deref = syn::ExprUnary { attrs: Vec::new(), op: UnOp::Deref(Token![*](span)), expr: Box::new(borrow) };
    let paren_token = syn::token::Paren(span);
    Expr::Paren(syn::ExprParen { attrs: Vec::new(), paren_token, expr: Box::new(Expr::Unary(deref)) })
}

/// Whether a place is one in something that is indexed.
fn is_indexed(expr: &Expr) -> bool {
    match expr {
        Expr::Index(_) => true,
        Expr::Paren(inner) => is_indexed(&inner.expr),
        Expr::Group(inner) => is_indexed(&inner.expr),
        Expr::Field(field) => is_indexed(&field.base),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => is_indexed(&unary.expr),
        _ => false,
    }
}
