//! A `match` on an indexed place with a guard that suspends, in a body that rustc compiles.
//!
//! rustc (1.95 stable and 1.97 nightly, seen in plain `async fn`s) does not keep the index over the await in a guard:
//! `match v[i] { n if future.await => n, … }` looks at the place again with an index that is not initialised. A reference
//! to the place is kept, so that one is matched through here. Nothing that such a pattern binds is lost by it: what is
//! indexed cannot be moved out of, and `ref mut` gets an exclusive one.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprMatch, UnOp};

use super::is_touched;

/// Whether that is what this is.
pub(super) fn suspends_over_index(expr: &Expr) -> bool {
    let Expr::Match(inner) = expr else { return false };
    let mut guards = inner.arms.iter().filter_map(|arm| arm.guard.as_ref());
    is_indexed(&inner.expr) && guards.any(|(_, guard)| is_touched(&guard.to_token_stream()))
}

/// Puts a reference between the `match` and the place.
pub(super) fn keep_reference(inner: &mut ExprMatch) {
    let place = bare(&inner.expr);
    // Tokens of the expansion's own, which no lint looks at.
    let exclusive = inner.arms.iter().any(|arm| has_ref_mut(arm.pat.to_token_stream()));
    let borrowed = if exclusive {
        quote_spanned!(Span::mixed_site()=> *&mut #place)
    } else {
        quote_spanned!(Span::mixed_site()=> *&#place)
    };
    *inner.expr = Expr::Verbatim(borrowed);
}

fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => bare(&inner.expr),
        Expr::Group(inner) => bare(&inner.expr),
        other => other,
    }
}

/// Whether a place is one in something that is indexed.
fn is_indexed(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Index(_) => true,
        Expr::Field(field) => is_indexed(&field.base),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => is_indexed(&unary.expr),
        _ => false,
    }
}

fn has_ref_mut(pattern: TokenStream) -> bool {
    let mut after_ref = false;
    pattern.into_iter().any(|token| match token {
        TokenTree::Ident(ident) if after_ref && ident == "mut" => true,
        TokenTree::Group(group) => {
            after_ref = false;
            has_ref_mut(group.stream())
        }
        token => {
            after_ref = matches!(token, TokenTree::Ident(ident) if ident == "ref");
            false
        }
    })
}
