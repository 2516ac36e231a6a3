//! Where the outcome of an `attempt!` or of a `try_…!` marker is looked at in a way that drops an exit unseen.
//!
//! An `Exception::Exit` that is not passed on keeps a coroutine alive that is being closed, so what drops it along with
//! everything else is warned about: `let _ = …`, `.ok()`, an `Err(_)` arm. Naming `Exit` in any arm shows that it was
//! thought of.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Arm, Expr, Macro, Pat};

use super::suspends::Marker;

/// The marker with an outcome that an expression consists of.
pub(crate) fn outcome(expr: &Expr) -> Option<&Macro> {
    match expr {
        Expr::Macro(inner) => {
            let marker = Marker::of(&inner.mac)?;
            matches!(marker, Marker::Attempt | Marker::TryYield | Marker::TryYieldFrom).then_some(&inner.mac)
        }
        Expr::Paren(inner) => outcome(&inner.expr),
        Expr::Group(inner) => outcome(&inner.expr),
        _ => None,
    }
}

/// Whether a method of an outcome drops its exception.
pub(crate) fn is_dropping_method(name: &syn::Ident) -> bool {
    ["ok", "is_ok", "is_err", "unwrap_or", "unwrap_or_default"].iter().any(|dropping| name == dropping)
}

/// Whether the arms of a `match` on an outcome drop its exception: one takes any, and none names the exit.
pub(crate) fn is_dropping_match(arms: &[Arm]) -> bool {
    let names_exit = arms.iter().any(|arm| {
        let guard = arm.guard.as_ref().map(|(_, guard)| guard.to_token_stream());
        [Some(arm.pat.to_token_stream()), guard].into_iter().flatten().any(mentions_exit)
    });
    !names_exit && arms.iter().any(|arm| arm.guard.is_none() && takes_any(&arm.pat))
}

/// Whether a pattern matches every exception and binds none.
fn takes_any(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) => true,
        Pat::Or(or) => or.cases.iter().any(takes_any),
        Pat::Paren(inner) => takes_any(&inner.pat),
        Pat::TupleStruct(inner) => {
            inner.path.segments.last().is_some_and(|last| last.ident == "Err")
                && matches!(inner.elems.first(), Some(Pat::Wild(_) | Pat::Rest(_)))
        }
        _ => false,
    }
}

fn mentions_exit(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "Exit" || ident == "is_exit",
        TokenTree::Group(group) => mentions_exit(group.stream()),
        _ => false,
    })
}
