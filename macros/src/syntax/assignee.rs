//! The left sides of destructuring assignments.
//!
//! `(a, list[i]) = value` stands for `{ let (x, y) = value; a = x; list[i] = y; }`.

use proc_macro2::{Ident, Span};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Expr, Pat, Token, parse_quote};

use crate::names::{Local, local_ident};

/// Whether an assignee expression is a pattern and no place.
pub(crate) fn is_taken_apart(left: &Expr) -> bool {
    match left {
        Expr::Paren(inner) => is_taken_apart(&inner.expr),
        Expr::Group(inner) => is_taken_apart(&inner.expr),
        left => matches!(left, Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) | Expr::Call(_)),
    }
}

/// Whether a place that is assigned to satisfies a test.
pub(crate) fn any_place(left: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    match left {
        Expr::Tuple(tuple) => tuple.elems.iter().any(|left| any_place(left, test)),
        Expr::Array(array) => array.elems.iter().any(|left| any_place(left, test)),
        Expr::Call(call) => call.args.iter().any(|left| any_place(left, test)),
        Expr::Struct(inner) => inner.fields.iter().any(|field| any_place(&field.expr, test)),
        Expr::Paren(inner) => any_place(&inner.expr, test),
        Expr::Group(inner) => any_place(&inner.expr, test),
        place => test(place),
    }
}

/// The pattern that an assignee expression stands for; `bind` names what is to be assigned to each place, in their order.
pub(crate) fn pattern(left: Expr, bind: &mut dyn FnMut(Expr) -> Ident) -> Pat {
    match left {
        Expr::Tuple(tuple) => {
            let parts = all(tuple.elems, bind);
            parse_quote!((#(#parts,)*))
        }
        Expr::Array(array) => {
            let parts = all(array.elems, bind);
            parse_quote!([#(#parts),*])
        }
        Expr::Call(call) => {
            let (path, parts) = (call.func, all(call.args, bind));
            parse_quote!(#path(#(#parts),*))
        }
        Expr::Struct(inner) => {
            let (path, rest) = (inner.path, inner.dot2_token);
            let fields = inner.fields.into_iter().map(|field| {
                let (attrs, member, part) = (field.attrs, field.member, pattern(field.expr, bind));
                quote!(#(#attrs)* #member: #part)
            });
            let fields: Vec<_> = fields.collect();
            parse_quote!(#path { #(#fields,)* #rest })
        }
        Expr::Paren(inner) => pattern(*inner.expr, bind),
        Expr::Group(inner) => pattern(*inner.expr, bind),
        Expr::Infer(_) => parse_quote!(_),
        Expr::Range(range) if range.start.is_none() && range.end.is_none() => parse_quote!(..),
        place => {
            let part = bind(place);
            parse_quote!(#part)
        }
    }
}

/// The pattern that an assignee expression stands for, to see what it takes. What it binds has no names of its own.
pub(crate) fn shape(left: &Expr) -> Pat {
    pattern(left.clone(), &mut |_| local_ident(Local(0), Span::mixed_site()))
}

fn all(all: Punctuated<Expr, Token![,]>, bind: &mut dyn FnMut(Expr) -> Ident) -> Vec<Pat> {
    all.into_iter().map(|left| pattern(left, bind)).collect()
}
